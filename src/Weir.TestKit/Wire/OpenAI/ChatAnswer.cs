using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>A chat completion, whole or streamed.</summary>
internal sealed class ChatAnswer : OpenAIAnswer
{
    private readonly Spoken _spoken;
    private readonly ChatRequest _request;
    private readonly string _finish;
    private readonly string _id;

    public ChatAnswer(ScriptedModelOptions options, ModelScript script, ChatRequest request)
        : base(options, request)
    {
        _request = request;
        _spoken = Spoken.Of(options, script, request);
        _finish = _spoken.Finish;
        _id = $"chatcmpl-{request.Number:D6}";
    }

    public override bool Streams => Request.Stream;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        WriteHead(json, "chat.completion", _id);
        json.WriteStartArray("choices");
        for (var i = 0; i < Request.Choices; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("index", i);
            json.WriteStartObject("message");
            json.WriteString("role", "assistant");
            json.WriteString("content", _spoken.Text);
            if (_spoken.Reasoning is { } reasoning)
            {
                json.WriteString("reasoning_content", reasoning);
            }

            json.WriteString("refusal", _spoken.Refusal);
            if (!_spoken.Calls.IsEmpty)
            {
                json.WriteStartArray("tool_calls");
                for (var call = 0; call < _spoken.Calls.Length; call++)
                {
                    WriteCall(json, call, null, _spoken.Calls[call].Arguments);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteNull("logprobs");
            json.WriteString("finish_reason", _finish);
            if (Azure)
            {
                WriteFilterResults(json, "content_filter_results", _finish == "content_filter" ? "violence" : null);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteUsage(json, _spoken.Usage.PromptTokens, _spoken.Usage.CompletionTokens, _spoken.Usage.CachedTokens, _spoken.Usage.ReasoningTokens);
        if (Azure)
        {
            WritePromptFilterResults(json);
        }

        json.WriteEndObject();
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        using var buffer = new EventBuffer();
        if (Azure)
        {
            // Azure's first chunk has no choices and empty names; clients that read choices[0] fall over it.
            buffer.Start();
            buffer.Json.WriteStartObject();
            buffer.Json.WriteStartArray("choices");
            buffer.Json.WriteEndArray();
            buffer.Json.WriteNumber("created", 0);
            buffer.Json.WriteString("id", "");
            buffer.Json.WriteString("model", "");
            buffer.Json.WriteString("object", "");
            WritePromptFilterResults(buffer.Json);
            buffer.Json.WriteEndObject();
            yield return buffer.End();
        }

        for (var choice = 0; choice < Request.Choices; choice++)
        {
            yield return Delta(buffer, choice, first: true);
            foreach (var word in Spoken.Words(_spoken.Reasoning))
            {
                yield return Delta(buffer, choice, text: ("reasoning_content", word));
            }

            foreach (var word in Spoken.Words(_spoken.Text))
            {
                yield return Delta(buffer, choice, text: ("content", word));
            }

            foreach (var word in Spoken.Words(_spoken.Refusal))
            {
                yield return Delta(buffer, choice, text: ("refusal", word));
            }

            for (var call = 0; call < _spoken.Calls.Length; call++)
            {
                yield return Delta(buffer, choice, call: call);
                foreach (var piece in Spoken.Pieces(_spoken.Calls[call].Arguments))
                {
                    yield return Delta(buffer, choice, call: call, arguments: piece);
                }
            }

            yield return Delta(buffer, choice, finish: true);
        }

        if (Azure)
        {
            yield return LateAnnotation(buffer);
        }

        if (_request.IncludeUsage)
        {
            buffer.Start();
            buffer.Json.WriteStartObject();
            WriteHead(buffer.Json, "chat.completion.chunk", _id);
            buffer.Json.WriteStartArray("choices");
            buffer.Json.WriteEndArray();
            WriteUsage(buffer.Json, _spoken.Usage.PromptTokens, _spoken.Usage.CompletionTokens, _spoken.Usage.CachedTokens, _spoken.Usage.ReasoningTokens);
            buffer.Json.WriteEndObject();
            yield return buffer.End();
        }

        yield return EventBuffer.Done;
    }

    private ReadOnlyMemory<byte> Delta(
        EventBuffer buffer, int choice, bool first = false, (string Member, string Text)? text = null, int? call = null,
        string? arguments = null, bool finish = false)
    {
        buffer.Start();
        var json = buffer.Json;
        json.WriteStartObject();
        WriteHead(json, "chat.completion.chunk", _id);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", choice);
        json.WriteStartObject("delta");
        if (first)
        {
            json.WriteString("role", "assistant");
            json.WriteString("content", _spoken.Text is null ? null : "");
        }

        if (text is { } piece)
        {
            json.WriteString(piece.Member, piece.Text);
        }

        if (call is { } index)
        {
            json.WriteStartArray("tool_calls");
            WriteCall(json, index, index, arguments ?? "", named: arguments is null);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finish ? _finish : null);
        if (Azure && text is not null)
        {
            WriteFilterResults(json, "content_filter_results");
        }

        json.WriteEndObject();
        json.WriteEndArray();
        if (_request.IncludeUsage)
        {
            json.WriteNull("usage");
        }

        json.WriteEndObject();
        return buffer.End();
    }

    /// <summary>Azure's asynchronous filter reports after the stop chunk, without a delta.</summary>
    private ReadOnlyMemory<byte> LateAnnotation(EventBuffer buffer)
    {
        buffer.Start();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteString("id", "");
        json.WriteString("object", "");
        json.WriteNumber("created", 0);
        json.WriteString("model", "");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteNull("finish_reason");
        WriteFilterResults(json, "content_filter_results");
        json.WriteStartObject("content_filter_offsets");
        json.WriteNumber("check_offset", _spoken.Text?.Length ?? 0);
        json.WriteNumber("start_offset", 0);
        json.WriteNumber("end_offset", _spoken.Text?.Length ?? 0);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        return buffer.End();
    }

    private void WriteHead(Utf8JsonWriter json, string kind, string id)
    {
        json.WriteString("id", id);
        json.WriteString("object", kind);
        json.WriteNumber("created", Created);
        json.WriteString("model", Request.Model);
        json.WriteString("system_fingerprint", "fp_scripted");
    }

    private void WriteCall(Utf8JsonWriter json, int call, int? index, string arguments, bool named = true)
    {
        json.WriteStartObject();
        if (index is { } position)
        {
            json.WriteNumber("index", position);
        }

        if (named)
        {
            json.WriteString("id", $"call_{Request.Number:D6}_{call}");
            json.WriteString("type", "function");
        }

        json.WriteStartObject("function");
        if (named)
        {
            json.WriteString("name", _spoken.Calls[call].Name);
        }

        json.WriteString("arguments", arguments);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
