import OpenAI from 'openai';
import { key, models, option, picture, run, sunny, unique, v1, weather } from './cases.mjs';

// A server that keeps nothing can be asked all the same, but what needs a stored response is left out then.
const keeps = option('keeps') !== 'nothing';
const make = (apiKey = key) => new OpenAI({ baseURL: v1, apiKey, maxRetries: 0 });
const tools = [{ type: 'function', ...weather, strict: true }];
const ask = (input, model = models.plain, extra = {}, apiKey = key) => make(apiKey).responses.create({ model, input, ...extra });
const seen = (response) => ({
  text: response.output_text,
  finish: response.status,
  promptTokens: response.usage?.input_tokens ?? null,
  completionTokens: response.usage?.output_tokens ?? null,
});
const callsOf = (response) => response.output.filter((o) => o.type === 'function_call');
const outputs = (calls) => calls.map((c) => ({ type: 'function_call_output', call_id: c.call_id, output: sunny(JSON.parse(c.arguments)) }));

async function read(stream) {
  const names = [];
  const numbers = [];
  let text = '';
  let last = null;
  for await (const event of stream) {
    if (names.at(-1) !== event.type) names.push(event.type);
    numbers.push(event.sequence_number);
    if (event.type === 'response.output_text.delta') text += event.delta;
    if (event.response) last = event.response;
    if (event.type === 'error') throw Object.assign(new Error(event.message), { code: event.code });
  }
  return {
    text,
    finish: last?.status ?? null,
    completionTokens: last?.usage?.output_tokens ?? null,
    events: names,
    ordered: numbers.every((n, i) => n === i),
    same: last?.output_text === undefined ? null : last.output_text === text,
  };
}

// The client brings the whole conversation each time, reasoning included.
async function loop(say, question = 'the weather?') {
  const input = [{ role: 'user', content: unique(question) }];
  const first = await say(input);
  const calls = callsOf(first);
  input.push(...first.output, ...outputs(calls));
  const second = await say(input);
  return { text: second.output_text, finish: first.status, calls: calls.map((c) => JSON.parse(c.arguments)), items: first.output.map((o) => o.type) };
}

const stateless = { store: false, include: ['reasoning.encrypted_content'], reasoning: { effort: 'low', summary: 'auto' } };
const helper = (extra) => (input) => make().responses.stream({ model: models.plain, input, ...extra }).finalResponse();

const cases = {
  plain: async () => seen(await ask('hello')),
  streamed: async () => read(await ask('one two three', models.plain, { stream: true })),
  helper: async () => seen(await helper({})('one two three')),
  instructions: async () => seen(await ask(unique('hello'), models.plain, { instructions: 'Be brief.', max_output_tokens: 100 })),
  json: async () => seen(await ask('hello', models.plain, { text: { format: { type: 'json_schema', name: 'place', schema: weather.parameters, strict: true } } })),
  tools: () => loop((input) => ask(input, models.plain, { tools })),
  toolsStreamed: () => loop(helper({ tools })),
  reasoning: () => loop((input) => ask(input, models.plain, { tools, ...stateless }), 'the weather, after some thought?'),
  reasoningStreamed: () => loop(helper({ tools, ...stateless }), 'the weather, after some streamed thought?'),
  parallel: () => loop((input) => ask(input, models.plain, { tools }), 'the weather of two cities?'),
  parallelStreamed: () => loop(helper({ tools }), 'the weather of two cities?'),
  image: async () => seen(await ask([{
    role: 'user',
    content: [
      { type: 'input_image', image_url: `data:${picture.type};base64,${picture.base64}`, detail: 'auto' },
      { type: 'input_text', text: unique('what is in the picture?') },
    ],
  }])),
  limited: () => ask('hello', models.limited).then(seen),
  cut: async () => read(await ask('one two three', models.cut, { stream: true })),
  cutHelper: async () => seen(await make().responses.stream({ model: models.cut, input: 'one two three' }).finalResponse()),
  blocked: () => ask('hello', models.blocked).then(seen),
  wrongKey: () => ask('hello', models.plain, {}, 'sk-wrong').then(seen),
};

if (keeps) {
  cases.previous = async () => {
    const first = await ask('the weather?', models.plain, { tools });
    const second = await ask(outputs(callsOf(first)), models.plain, { tools, previous_response_id: first.id });
    return { text: second.output_text, finish: first.status };
  };
  cases.stored = async () => {
    const client = make();
    const made = await ask('hello');
    const again = await client.responses.retrieve(made.id);
    const items = [];
    for await (const item of client.responses.inputItems.list(made.id)) items.push(item.content[0].text);
    await client.responses.delete(made.id);
    const gone = await client.responses.retrieve(made.id).then(() => 200, (e) => e.status);
    return { text: again.output_text, items, gone };
  };
}

await run(cases);
