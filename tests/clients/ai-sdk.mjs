import { createOpenAI } from '@ai-sdk/openai';
import { embedMany, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { key, models, run, sunny, v1, weather } from './cases.mjs';

const client = (apiKey = key) => createOpenAI({ baseURL: v1, apiKey });
const ask = (prompt, model = models.plain, apiKey = key) => generateText({ model: client(apiKey).chat(model), prompt, maxRetries: 0 });
const tools = {
  [weather.name]: tool({ description: weather.description, inputSchema: jsonSchema(weather.parameters), execute: async (args) => sunny(args) }),
};

async function read(result) {
  let text = '';
  let finish = null;
  for await (const part of result.fullStream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'finish') finish = part.finishReason;
  }
  return { text, finish, completionTokens: (await result.usage).outputTokens ?? null };
}

const stream = (prompt, model) => read(streamText({ model: client().chat(model), prompt, maxRetries: 0, onError: () => {} }));

await run({
  plain: async () => {
    const answer = await ask('hello');
    return { text: answer.text, finish: answer.finishReason, completionTokens: answer.usage.outputTokens };
  },
  streamed: () => stream('one two three', models.plain),
  tools: async () => {
    const answer = await generateText({ model: client().chat(models.plain), prompt: 'the weather?', tools, stopWhen: stepCountIs(3), maxRetries: 0 });
    return { text: answer.text, finish: answer.steps[0].finishReason };
  },
  toolsStreamed: () => read(streamText({ model: client().chat(models.plain), prompt: 'the weather?', tools, stopWhen: stepCountIs(3), maxRetries: 0, onError: () => {} })),
  embeddings: async () => {
    const answer = await embedMany({ model: client().embedding(models.plain), values: ['a', 'b'], maxRetries: 0 });
    return { sizes: answer.embeddings.map((e) => e.length) };
  },
  limited: async () => ({ text: (await ask('hello', models.limited)).text }),
  cut: () => stream('one two three', models.cut),
  blocked: async () => ({ text: (await ask('hello', models.blocked)).text }),
  wrongKey: async () => ({ text: (await ask('hello', models.plain, 'sk-wrong')).text }),
});
