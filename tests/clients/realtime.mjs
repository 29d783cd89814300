import OpenAI, { AzureOpenAI } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { key, models, root, run, v1, weather } from './cases.mjs';

// OpenAI's own client speaks to wss alone; the certificate is the test's.
const options = { rejectUnauthorized: false };
const azure = process.argv.includes('--azure');

const open = (model, apiKey = key) => azure
  ? OpenAIRealtimeWS.azure(new AzureOpenAI({ endpoint: root, apiKey, apiVersion: '2025-04-01-preview', deployment: model }), { options })
  : new OpenAIRealtimeWS({ model, options }, new OpenAI({ baseURL: v1, apiKey }));

// Speaks until `last` says that it has all; what it returns is what was seen.
async function talk(model, begin, last, apiKey) {
  const session = await open(model, apiKey);
  return new Promise((resolve) => {
    const events = [];
    session.on('event', (event) => {
      events.push(event);
      if (last(event, session)) session.close({ code: 1000, reason: 'done' });
    });
    session.on('error', (error) => events.push({ type: 'client.error', message: error.message }));
    session.socket.on('close', (code, reason) => resolve({ events, code, reason: reason.toString() }));
    session.socket.on('open', () => begin(session));
  });
}

const say = (session, text) => {
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } });
  session.send({ type: 'response.create' });
};
const text = (events) => events.filter((e) => e.type === 'response.output_text.delta').map((e) => e.delta).join('');
const done = (event) => event.type === 'response.done';

await run({
  conversation: async () => {
    const seen = await talk(models.plain, (session) => {
      // The agents' SDK names the model of the session again.
      session.send({ type: 'session.update', session: { type: 'realtime', model: models.plain, instructions: 'Be brief.' } });
      say(session, 'hello');
    }, done);
    return { text: text(seen.events), code: seen.code, types: [...new Set(seen.events.map((e) => e.type))], output: seen.events.at(-1).response.usage.output_tokens };
  },
  tool: async () => {
    let calls = 0;
    const seen = await talk(models.plain, (session) => {
      session.send({ type: 'session.update', session: { type: 'realtime', tools: [{ type: 'function', ...weather }] } });
      say(session, 'the weather');
    }, (event, session) => {
      if (!done(event)) return false;
      const call = event.response.output.find((item) => item.type === 'function_call');
      if (!call) return true;
      calls += 1;
      session.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: `sunny in ${JSON.parse(call.arguments).city}` } });
      session.send({ type: 'response.create' });
      return false;
    });
    return { text: text(seen.events), calls, code: seen.code };
  },
  other: async () => {
    const seen = await talk(models.plain, (session) => {
      session.send({ type: 'session.update', event_id: 'mine', session: { type: 'realtime', model: 'another' } });
      say(session, 'hello');
    }, done);
    const error = seen.events.find((e) => e.type === 'error');
    return { param: error?.error.param, event: error?.error.event_id, text: text(seen.events) };
  },
  cut: async () => {
    const seen = await talk(models.cut, (session) => say(session, 'hello'), () => false);
    return { error: null, type: seen.events.find((e) => e.type === 'error')?.error.type, code: seen.code };
  },
  wrongKey: async () => {
    const seen = await talk(models.plain, () => {}, () => true, 'sk-wrong-0123456789');
    return { message: seen.events[0]?.message, type: seen.events[0]?.type };
  },
});
