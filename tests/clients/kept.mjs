import OpenAI, { toFile } from 'openai';
import { key, models, run, v1 } from './cases.mjs';

// What the server keeps for its caller: responses, conversations, files, uploads, batches.
const client = new OpenAI({ baseURL: v1, apiKey: key, maxRetries: 0 });
const line = (id, text) => JSON.stringify({
  custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model: models.plain, messages: [{ role: 'user', content: text }] },
});
const upload = async (content, extra = {}) => client.files.create({ file: await toFile(Buffer.from(content), 'input.jsonl'), purpose: 'batch', ...extra });
const status = (promise) => promise.then(() => 200, (error) => error.status ?? 0);
const all = async (pages) => {
  const ids = [];
  for await (const thing of pages) ids.push(thing.id);
  return ids;
};

await run({
  chain: async () => {
    const first = await client.responses.create({ model: models.plain, input: 'hello' });
    const second = await client.responses.create({ model: models.plain, input: 'and then', previous_response_id: first.id });
    const again = await client.responses.retrieve(second.id);
    const items = await all(client.responses.inputItems.list(second.id));
    await client.responses.delete(first.id);
    return { text: second.output_text, linked: again.previous_response_id === first.id, same: again.id === second.id, items: items.length, gone: await status(client.responses.retrieve(first.id)) };
  },
  background: async () => {
    const queued = await client.responses.create({ model: models.plain, input: 'hello', background: true });
    const cancelled = await client.responses.cancel(queued.id);
    return { same: queued.id === cancelled.id, status: cancelled.status };
  },
  streamed: async () => {
    const made = await client.responses.create({ model: models.plain, input: 'hello' });
    const events = [];
    let same = true;
    for await (const event of await client.responses.retrieve(made.id, { stream: true })) {
      events.push(event.type);
      if (event.response) same &&= event.response.id === made.id;
    }
    return { events, same };
  },
  files: async () => {
    const file = await upload('one line\n');
    const seen = await client.files.retrieve(file.id);
    const content = await (await client.files.content(file.id)).text();
    const listed = await all(client.files.list());
    const deleted = await client.files.delete(file.id);
    return { same: seen.id === file.id, name: seen.filename, bytes: seen.bytes, content, listed: listed.includes(file.id), deleted: deleted.deleted, gone: await status(client.files.retrieve(file.id)) };
  },
  batches: async () => {
    const file = await upload(`${line('a', 'hello')}\n${line('b', 'bye')}\n`);
    const batch = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h', metadata: { note: 'x' } });
    const done = await client.batches.retrieve(batch.id);
    const results = await (await client.files.content(done.output_file_id)).text();
    const listed = await all(client.batches.list({ limit: 1 }));
    const second = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' });
    const cancelled = await client.batches.cancel(second.id);
    return {
      same: done.id === batch.id && done.input_file_id === file.id, note: done.metadata.note, status: done.status, cancelled: cancelled.status, listed: listed.includes(batch.id),
      results: results.trim().split('\n').map((l) => JSON.parse(l).response.body.choices[0].message.content),
    };
  },
  conversations: async () => {
    const item = { type: 'message', role: 'user', content: 'hello' };
    const made = await client.conversations.create({ items: [item], metadata: { note: 'x' } });
    const seen = await client.conversations.retrieve(made.id);
    await client.conversations.update(made.id, { metadata: { note: 'y' } });
    await client.conversations.items.create(made.id, { items: [item] });
    const items = await all(client.conversations.items.list(made.id));
    const one = await client.conversations.items.retrieve(items[0], { conversation_id: made.id });
    await client.conversations.items.delete(items[0], { conversation_id: made.id });
    const response = await client.responses.create({ model: models.plain, input: 'hello', conversation: made.id });
    const deleted = await client.conversations.delete(made.id);
    return {
      same: seen.id === made.id, note: seen.metadata.note, items: items.length, item: one.id === items[0], text: response.output_text, deleted: deleted.deleted,
      gone: await status(client.conversations.retrieve(made.id)),
    };
  },
  uploads: async () => {
    const begun = await client.uploads.create({ filename: 'f.txt', purpose: 'user_data', bytes: 6, mime_type: 'text/plain' });
    const parts = [];
    for (const text of ['abc', 'def']) parts.push((await client.uploads.parts.create(begun.id, { data: await toFile(Buffer.from(text), 'part') })).id);
    const done = await client.uploads.complete(begun.id, { part_ids: parts });
    const content = await (await client.files.content(done.file.id)).text();
    const second = await client.uploads.create({ filename: 'f.txt', purpose: 'user_data', bytes: 6, mime_type: 'text/plain' });
    const cancelled = await client.uploads.cancel(second.id);
    return { same: done.id === begun.id, status: done.status, content, cancelled: cancelled.status };
  },
  strangers: async () => ({
    response: await status(client.responses.retrieve('resp_neverwas')),
    file: await status(client.files.content('file-neverwas')),
    batch: await status(client.batches.retrieve('batch_neverwas')),
    conversation: await status(client.conversations.retrieve('conv_neverwas')),
    upload: await status(client.uploads.cancel('upload_neverwas')),
    previous: await status(client.responses.create({ model: models.plain, input: 'x', previous_response_id: 'resp_neverwas' })),
  }),
});
