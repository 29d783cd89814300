import { GoogleGenAI } from '@google/genai';
import { key, models, picture, root, run, sunny, unique, weather } from './cases.mjs';

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
async function loop(streamed, question = 'the weather?', config = {}) {
  const chat = make().chats.create({ model: models.plain, config: { tools, ...config } });
  const say = (message) => (streamed ? chat.sendMessageStream({ message }) : chat.sendMessage({ message }));
  let calls = [];
  let finish = null;
  if (streamed) {
    const first = await read(await say(unique(question)));
    calls = first.calls.map((args) => ({ name: weather.name, args }));
    finish = first.finish;
  } else {
    const first = await say(unique(question));
    calls = first.functionCalls;
    finish = first.candidates[0].finishReason;
  }
  const answers = calls.map((c) => ({ functionResponse: { name: c.name, id: c.id, response: { result: sunny(c.args) } } }));
  const second = streamed ? await read(await say(answers)) : seen(await say(answers));
  const thought = chat.getHistory().flatMap((c) => c.parts ?? []).filter((p) => p.thought).map((p) => p.text).join('');
  return { text: second.text, finish, calls: calls.map((c) => c.args), thought };
}

await run({
  plain: async () => seen(await ask('hello')),
  streamed: async () => read(await make().models.generateContentStream({ model: models.plain, contents: 'one two three' })),
  system: async () => seen(await ask(unique('hello'), models.plain, { systemInstruction: 'Be brief.', temperature: 0.5, maxOutputTokens: 100 })),
  json: async () => seen(await ask('hello', models.plain, { responseMimeType: 'application/json', responseSchema: parameters })),
  tools: () => loop(false),
  toolsStreamed: () => loop(true),
  parallel: () => loop(false, 'the weather of two cities?'),
  parallelStreamed: () => loop(true, 'the weather of two cities?'),
  thinking: () => loop(false, 'the weather, after some thought?', { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } }),
  thinkingStreamed: () => loop(true, 'the weather, after some streamed thought?', { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } }),
  image: async () => seen(await ask([{ role: 'user', parts: [{ inlineData: { mimeType: picture.type, data: picture.base64 } }, { text: unique('what is in the picture?') }] }])),
  count: async () => ({ tokens: (await make().models.countTokens({ model: models.plain, contents: 'one two' })).totalTokens }),
  limited: () => ask('hello', models.limited).then(seen),
  cut: async () => read(await make().models.generateContentStream({ model: models.cut, contents: 'one two three' })),
  blocked: async () => seen(await ask('hello', models.blocked)),
  wrongKey: () => ask('hello', models.plain, {}, 'sk-wrong').then(seen),
});
