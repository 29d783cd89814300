// Runs the cases of one client and prints one line of JSON for each, which the C# tests read.
// Only the address (WEIR_ROOT) and the key (WEIR_KEY) differ between the bare model and the gateway.

export const root = need('WEIR_ROOT');
export const v1 = `${root}/v1`;
export const key = need('WEIR_KEY');

// The scripted model reads a fault from the name of the model.
export const models = {
  plain: 'gpt',
  limited: 'gpt~429:1',
  cut: 'gpt~cut:3',
  blocked: 'gpt~filter',
};

export const weather = {
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
};

export const sunny = (args) => `sunny in ${args.city}`;

function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
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
