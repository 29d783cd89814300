import OpenAI, { AzureOpenAI } from 'openai';
import { key, models, picture, root, run, sunny, unique, v1, weather } from './cases.mjs';

const azure = process.argv.includes('--azure');
const make = (apiKey, model) => azure
  ? new AzureOpenAI({ endpoint: root, apiKey, apiVersion: '2024-10-21', deployment: model, maxRetries: 0 })
  : new OpenAI({ baseURL: v1, apiKey, maxRetries: 0 });
const ask = (text, model = models.plain, extra = {}, apiKey = key) =>
  make(apiKey, model).chat.completions.create({ model, messages: [{ role: 'user', content: text }], ...extra });

async function read(stream) {
  let text = '';
  let finish = null;
  let usage = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  return { text, finish, completionTokens: usage?.completion_tokens ?? null };
}

const say = (client, messages, extra) => client.chat.completions.create({ model: models.plain, messages, tools: [{ type: 'function', function: weather }], ...extra });
const saidStreamed = (client, messages, extra) =>
  client.chat.completions.stream({ model: models.plain, messages, tools: [{ type: 'function', function: weather }], ...extra }).finalChatCompletion();

// The assistant's message goes back as it came, with what a gateway added to it.
async function loop(speak, question, extra) {
  const client = make(key, models.plain);
  const messages = [{ role: 'user', content: unique(question) }];
  const first = await speak(client, messages, extra);
  const message = first.choices[0].message;
  messages.push(message, ...message.tool_calls.map((c) => ({ role: 'tool', tool_call_id: c.id, content: sunny(JSON.parse(c.function.arguments)) })));
  const second = await speak(client, messages, extra);
  return {
    text: second.choices[0].message.content,
    finish: first.choices[0].finish_reason,
    calls: message.tool_calls.map((c) => JSON.parse(c.function.arguments)),
    thought: message.reasoning_content ?? null,
  };
}

await run({
  plain: async () => {
    const answer = await ask('hello');
    return { text: answer.choices[0].message.content, finish: answer.choices[0].finish_reason, promptTokens: answer.usage.prompt_tokens, completionTokens: answer.usage.completion_tokens };
  },
  streamed: async () => read(await ask('one two three', models.plain, { stream: true, stream_options: { include_usage: true } })),
  tools: async () => {
    const tools = [{ type: 'function', function: weather }];
    const messages = [{ role: 'user', content: 'the weather?' }];
    const client = make(key, models.plain);
    const first = await client.chat.completions.create({ model: models.plain, messages, tools });
    const call = first.choices[0].message.tool_calls[0];
    messages.push(first.choices[0].message, { role: 'tool', tool_call_id: call.id, content: sunny(JSON.parse(call.function.arguments)) });
    const second = await client.chat.completions.create({ model: models.plain, messages, tools });
    return { text: second.choices[0].message.content, finish: first.choices[0].finish_reason };
  },
  toolsStreamed: async () => {
    const tools = [{ type: 'function', function: weather }];
    const runner = make(key, models.plain).chat.completions.stream({ model: models.plain, messages: [{ role: 'user', content: 'the weather?' }], tools });
    const final = await runner.finalChatCompletion();
    return { text: final.choices[0].message.tool_calls[0].function.arguments, finish: final.choices[0].finish_reason };
  },
  parallel: () => loop(say, 'the weather of two cities?'),
  parallelStreamed: () => loop(saidStreamed, 'the weather of two cities?'),
  system: async () => {
    const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: unique('hello') }];
    const answer = await make(key, models.plain).chat.completions.create({ model: models.plain, messages, temperature: 0.5, max_tokens: 100 });
    return { text: answer.choices[0].message.content };
  },
  json: async () => {
    const answer = await ask('hello', models.plain, { response_format: { type: 'json_schema', json_schema: { name: 'place', schema: weather.parameters, strict: true } } });
    return { text: answer.choices[0].message.content };
  },
  image: async () => {
    const content = [{ type: 'image_url', image_url: { url: `data:${picture.type};base64,${picture.base64}` } }, { type: 'text', text: unique('what is in the picture?') }];
    const answer = await make(key, models.plain).chat.completions.create({ model: models.plain, messages: [{ role: 'user', content }] });
    return { text: answer.choices[0].message.content };
  },
  reasoning: () => loop(say, 'the weather, after some thought?', { reasoning_effort: 'low' }),
  reasoningStreamed: () => loop(saidStreamed, 'the weather, after some streamed thought?', { reasoning_effort: 'low' }),
  embeddings: async () => {
    const answer = await make(key, models.plain).embeddings.create({ model: models.plain, input: ['a', 'b'] });
    return { sizes: answer.data.map((d) => d.embedding.length) };
  },
  limited: () => ask('hello', models.limited),
  cut: async () => read(await ask('one two three', models.cut, { stream: true })),
  blocked: () => ask('hello', models.blocked),
  wrongKey: () => ask('hello', models.plain, {}, 'sk-wrong'),
});
