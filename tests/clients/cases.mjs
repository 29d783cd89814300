// Runs the cases of one client and prints one line of JSON for each, which the C# tests read.
// Only the address, the key and the names of the models differ between the bare model and the gateway:
//   node anthropic.mjs --root http://127.0.0.1:4000 --key sk-1 --model gpt [--limited M] [--cut M] [--blocked M] [--label L]
// The address and the key may come from WEIR_ROOT and WEIR_KEY instead. Several models (--model gpt,claude) are asked one after
// the other. With a label every request carries an id, LABEL.MODEL.CASE.NUMBER, and a line tells what came back with each.

export const root = need('root', 'WEIR_ROOT');
export const v1 = `${root}/v1`;
export const key = need('key', 'WEIR_KEY');

const asked = (option('model') ?? 'gpt').split(',');
const label = option('label');
let now = { name: '', exchanges: [] };

// The models that are asked now.
export const models = {};

// The scripted model reads a fault from the name of the model.
function turnTo(model) {
  Object.assign(models, {
    plain: model,
    limited: option('limited') ?? `${model}~429:1`,
    cut: option('cut') ?? `${model}~cut:5`,
    blocked: option('blocked') ?? `${model}~filter`,
  });
}

// A red dot.
export const picture = {
  type: 'image/png',
  base64: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
};

// A question that only this run asks of this model, so that the model's side can tell it from others.
export const unique = (words) => `${words} (${label ?? 'nobody'}.${models.plain})`;

export const weather = {
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
};

export const sunny = (args) => `sunny in ${args.city}`;

export function option(name) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

function need(name, variable) {
  const value = option(name) ?? process.env[variable];
  if (!value) throw new Error(`--${name} is missing and ${variable} is not set`);
  return value;
}

const describe = (error) => ({
  name: error?.constructor?.name ?? typeof error,
  status: error?.status ?? error?.statusCode ?? null,
  message: String(error?.message ?? error).slice(0, 300),
});

// A case returns what it saw; what it throws is printed as its error.
export async function run(cases) {
  for (const model of asked) {
    turnTo(model);
    for (const [name, action] of Object.entries(cases)) {
      now = { name, exchanges: [] };
      let seen;
      try {
        seen = await action();
      } catch (error) {
        seen = { error: describe(error) };
      }
      // An answer may be all that a case saw, and has a model of its own.
      console.log(JSON.stringify({ ...seen, model, case: name, exchanges: now.exchanges }));
    }
  }
}

// Every client here sends through this function, which it looks up when it is made.
if (label !== undefined) {
  const send = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const { name, exchanges } = now;
    const exchange = { id: `${label}.${models.plain}.${name}.${exchanges.length}`, status: null, dropped: null, retryAfter: null };
    exchanges.push(exchange);
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set('x-litellm-call-id', exchange.id);
    const response = await send(input, { ...init, headers });
    exchange.status = response.status;
    exchange.dropped = response.headers.get('x-weir-dropped-params');
    exchange.retryAfter = response.headers.get('retry-after');
    return response;
  };
}

export { describe };
