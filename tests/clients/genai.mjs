import { GoogleGenAI } from '@google/genai';
import { key, models, root, run, sunny, weather } from './cases.mjs';

// The schema as Google's own type wants it: no additionalProperties.
const { additionalProperties, ...parameters } = weather.parameters;
const tools = [{ functionDeclarations: [{ name: weather.name, description: weather.description, parameters }] }];
const make = (apiKey = key) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: root } });
const ask = (contents, model = models.plain, config = {}, apiKey = key) => make(apiKey).models.generateContent({ model, contents, config });
const seen = (answer) => ({
  text: answer.text ?? '',
  finish: answer.candidates?.[0]?.finishReason ?? null,
  promptTokens: answer.usageMetadata?.promptTokenCount ?? null,
  completionTokens: answer.usageMetadata?.candidatesTokenCount ?? null,
  blocked: answer.promptFeedback?.blockReason ?? null,
});

async function read(stream) {
  let text = '';
  let finish = null;
  let tokens = null;
  let calls = [];
  for await (const chunk of stream) {
    text += chunk.text ?? '';
    calls = calls.concat(chunk.functionCalls ?? []);
    finish = chunk.candidates?.[0]?.finishReason ?? finish;
    tokens = chunk.usageMetadata?.candidatesTokenCount ?? tokens;
  }
  return { text, finish, completionTokens: tokens, calls: calls.map((c) => c.args) };
}

// The chat keeps the history, the signatures of the calls included.
async function loop(streamed) {
  const chat = make().chats.create({ model: models.plain, config: { tools } });
  const say = (message) => (streamed ? chat.sendMessageStream({ message }) : chat.sendMessage({ message }));
  let calls = [];
  let finish = null;
  if (streamed) {
    const first = await read(await say('the weather?'));
    calls = first.calls.map((args) => ({ name: weather.name, args }));
    finish = first.finish;
  } else {
    const first = await say('the weather?');
    calls = first.functionCalls;
    finish = first.candidates[0].finishReason;
  }
  const answers = calls.map((c) => ({ functionResponse: { name: c.name, id: c.id, response: { result: sunny(c.args) } } }));
  const second = streamed ? await read(await say(answers)) : seen(await say(answers));
  return { text: second.text, finish, calls: calls.map((c) => c.args) };
}

await run({
  plain: async () => seen(await ask('hello')),
  streamed: async () => read(await make().models.generateContentStream({ model: models.plain, contents: 'one two three' })),
  system: async () => seen(await ask('hello', models.plain, { systemInstruction: 'Be brief.', temperature: 0.5, maxOutputTokens: 100 })),
  json: async () => seen(await ask('hello', models.plain, { responseMimeType: 'application/json', responseSchema: parameters })),
  tools: () => loop(false),
  toolsStreamed: () => loop(true),
  count: async () => ({ tokens: (await make().models.countTokens({ model: models.plain, contents: 'one two' })).totalTokens }),
  limited: () => ask('hello', models.limited).then(seen),
  cut: async () => read(await make().models.generateContentStream({ model: models.cut, contents: 'one two three' })),
  blocked: async () => seen(await ask('hello', models.blocked)),
  wrongKey: () => ask('hello', models.plain, {}, 'sk-wrong').then(seen),
});
