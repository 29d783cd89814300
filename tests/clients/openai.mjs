import OpenAI, { AzureOpenAI } from 'openai';
import { key, models, root, run, sunny, v1, weather } from './cases.mjs';

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

await run({
  plain: async () => {
    const answer = await ask('hello');
    return { text: answer.choices[0].message.content, finish: answer.choices[0].finish_reason, completionTokens: answer.usage.completion_tokens };
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
  embeddings: async () => {
    const answer = await make(key, models.plain).embeddings.create({ model: models.plain, input: ['a', 'b'] });
    return { sizes: answer.data.map((d) => d.embedding.length) };
  },
  limited: () => ask('hello', models.limited),
  cut: async () => read(await ask('one two three', models.cut, { stream: true })),
  blocked: () => ask('hello', models.blocked),
  wrongKey: () => ask('hello', models.plain, {}, 'sk-wrong'),
});
