import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { key, models, run, sunny, v1, weather } from './cases.mjs';

const chat = (model = models.plain, apiKey = key) => new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: v1 } });
const ask = async (model, apiKey) => ({ text: (await chat(model, apiKey).invoke('hello')).content });

async function read(stream) {
  let whole = null;
  for await (const chunk of stream) whole = whole === null ? chunk : whole.concat(chunk);
  return {
    text: whole?.content ?? '',
    finish: whole?.response_metadata?.finish_reason ?? null,
    completionTokens: whole?.usage_metadata?.output_tokens ?? null,
    calls: whole?.tool_calls,
  };
}

await run({
  plain: async () => {
    const answer = await chat().invoke('hello');
    return { text: answer.content, finish: answer.response_metadata.finish_reason, completionTokens: answer.usage_metadata.output_tokens };
  },
  streamed: async () => read(await chat().stream('one two three')),
  tools: async () => {
    const model = chat().bindTools([{ type: 'function', function: weather }]);
    const messages = [new HumanMessage('the weather?')];
    const first = await model.invoke(messages);
    const call = first.tool_calls[0];
    messages.push(first, new ToolMessage({ tool_call_id: call.id, content: sunny(call.args) }));
    const second = await model.invoke(messages);
    return { text: second.content, finish: first.response_metadata.finish_reason };
  },
  toolsStreamed: async () => {
    const seen = await read(await chat().bindTools([{ type: 'function', function: weather }]).stream('the weather?'));
    return { text: JSON.stringify(seen.calls[0].args), finish: seen.finish };
  },
  embeddings: async () => {
    const vectors = await new OpenAIEmbeddings({ model: models.plain, apiKey: key, maxRetries: 0, configuration: { baseURL: v1 } }).embedDocuments(['a', 'b']);
    return { sizes: vectors.map((v) => v.length) };
  },
  limited: () => ask(models.limited),
  cut: async () => read(await chat(models.cut).stream('one two three')),
  blocked: () => ask(models.blocked),
  wrongKey: () => ask(models.plain, 'sk-wrong'),
});
