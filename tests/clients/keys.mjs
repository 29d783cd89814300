import OpenAI from 'openai';
import { key, option, run, v1 } from './cases.mjs';

// What the client makes of each refusal of a key.
const told = async (apiKey, model = 'gpt') => {
  try {
    await new OpenAI({ baseURL: v1, apiKey, maxRetries: 0 }).chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] });
    return { status: 200 };
  } catch (error) {
    return { status: error.status, type: error.type, param: error.param, code: error.code, text: error.message };
  }
};

await run({
  model: () => told(option('narrow'), 'pro'),
  blocked: () => told(option('blockedKey')),
  routes: () => told(option('routes')),
  unknown: () => told('sk-nobody-knows-this-one'),
  models: async () => ({ ids: (await new OpenAI({ baseURL: v1, apiKey: key, maxRetries: 0 }).models.list()).data.map((model) => model.id).join(' ') }),
});
