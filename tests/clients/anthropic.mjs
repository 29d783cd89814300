import Anthropic from '@anthropic-ai/sdk';
import { key, models, picture, root, run, sunny, unique, weather } from './cases.mjs';

const make = (apiKey = key) => new Anthropic({ baseURL: root, apiKey, authToken: null, maxRetries: 0 });
const tools = [{ name: weather.name, description: weather.description, input_schema: weather.parameters }];
const ask = (text, model = models.plain, extra = {}, apiKey = key) =>
  make(apiKey).messages.create({ model, max_tokens: 4000, messages: [{ role: 'user', content: text }], ...extra });
const textOf = (message) => message.content.filter((b) => b.type === 'text').map((b) => b.text).join('');
const seen = (message) => ({
  text: textOf(message),
  finish: message.stop_reason,
  promptTokens: message.usage.input_tokens,
  completionTokens: message.usage.output_tokens,
});

// The raw events, as a client without the helper reads them.
async function read(stream) {
  const names = [];
  let text = '';
  let finish = null;
  let tokens = null;
  for await (const event of stream) {
    if (names.at(-1) !== event.type) names.push(event.type);
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    if (event.type === 'message_delta') {
      finish = event.delta.stop_reason;
      tokens = event.usage.output_tokens;
    }
  }
  return { text, finish, completionTokens: tokens, events: names };
}

async function loop(say, question = 'the weather?') {
  const messages = [{ role: 'user', content: unique(question) }];
  const first = await say(messages);
  const calls = first.content.filter((b) => b.type === 'tool_use');
  messages.push(
    { role: 'assistant', content: first.content },
    { role: 'user', content: calls.map((c) => ({ type: 'tool_result', tool_use_id: c.id, content: sunny(c.input) })) },
  );
  const second = await say(messages);
  return { text: textOf(second), finish: first.stop_reason, calls: calls.map((c) => c.input), blocks: first.content.map((b) => b.type) };
}

await run({
  plain: async () => seen(await ask('hello')),
  streamed: async () => read(await ask('one two three', models.plain, { stream: true })),
  helper: async () => seen(await make().messages.stream({ model: models.plain, max_tokens: 4000, messages: [{ role: 'user', content: 'one two three' }] }).finalMessage()),
  system: async () => seen(await ask(unique('hello'), models.plain, { system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }] })),
  tools: () => loop((messages) => make().messages.create({ model: models.plain, max_tokens: 4000, messages, tools })),
  toolsStreamed: () => loop((messages) => make().messages.stream({ model: models.plain, max_tokens: 4000, messages, tools }).finalMessage()),
  thinking: () => loop((messages) =>
    make().messages.create({ model: models.plain, max_tokens: 4000, messages, tools, thinking: { type: 'enabled', budget_tokens: 1024 } }), 'the weather, after some thought?'),
  thinkingStreamed: () => loop((messages) =>
    make().messages.stream({ model: models.plain, max_tokens: 4000, messages, tools, thinking: { type: 'enabled', budget_tokens: 1024 } }).finalMessage(), 'the weather, after some streamed thought?'),
  parallel: () => loop((messages) => make().messages.create({ model: models.plain, max_tokens: 4000, messages, tools }), 'the weather of two cities?'),
  parallelStreamed: () => loop((messages) => make().messages.stream({ model: models.plain, max_tokens: 4000, messages, tools }).finalMessage(), 'the weather of two cities?'),
  json: async () => seen(await ask('hello', models.plain, { output_config: { format: { type: 'json_schema', schema: weather.parameters } } })),
  image: async () => seen(await make().messages.create({
    model: models.plain,
    max_tokens: 4000,
    messages: [{
      role: 'user',
      content: [
        { type: 'image', source: { type: 'base64', media_type: picture.type, data: picture.base64 } },
        { type: 'text', text: unique('what is in the picture?') },
      ],
    }],
  })),
  count: async () => ({ tokens: (await make().messages.countTokens({ model: models.plain, messages: [{ role: 'user', content: 'one two' }] })).input_tokens }),
  limited: () => ask('hello', models.limited),
  cut: async () => read(await ask('one two three', models.cut, { stream: true })),
  cutHelper: async () => seen(await make().messages.stream({ model: models.cut, max_tokens: 4000, messages: [{ role: 'user', content: 'one two three' }] }).finalMessage()),
  blocked: () => ask('hello', models.blocked),
  wrongKey: () => ask('hello', models.plain, {}, 'sk-wrong'),
});
