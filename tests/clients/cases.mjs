// Runs the cases of one client and prints one line of JSON for each, which the C# tests read.
// Only the address, the key and the names of the models differ between the bare model and the gateway:
//   node anthropic.mjs --root http://127.0.0.1:4000 --key sk-1 --model gpt [--limited M] [--cut M] [--blocked M]
// The address and the key may come from WEIR_ROOT and WEIR_KEY instead.

export const root = need('root', 'WEIR_ROOT');
export const v1 = `${root}/v1`;
export const key = need('key', 'WEIR_KEY');

// The scripted model reads a fault from the name of the model.
const model = option('model') ?? 'gpt';
export const models = {
  plain: model,
  limited: option('limited') ?? `${model}~429:1`,
  cut: option('cut') ?? `${model}~cut:5`,
  blocked: option('blocked') ?? `${model}~filter`,
};

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
  for (const [name, action] of Object.entries(cases)) {
    let line;
    try {
      line = { case: name, ...(await action()) };
    } catch (error) {
      line = { case: name, error: describe(error) };
    }
    console.log(JSON.stringify(line));
  }
}

export { describe };
