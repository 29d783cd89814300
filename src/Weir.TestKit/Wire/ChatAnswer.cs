using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Wire;

/// <summary>A chat completion, whole or streamed.</summary>
internal sealed class ChatAnswer : Answer
{
    private const int LongestEcho = 200;

    private readonly string? _text;
    private readonly ScriptedReply _reply;
    private readonly string _finish;
    private readonly ScriptedUsage _usage;
    private readonly string _id;

    public ChatAnswer(ScriptedModelOptions options, ModelScript script, ModelRequest request)
        : base(options, request)
    {
        _reply = script.Next(request.AfterTool, request.LastText) ?? OwnWords(options, request);
        _text = _reply.Text;
        var finish = _reply.ToolCalls.IsEmpty ? "stop" : "tool_calls";
        if (_text is not null && request.MaxTokens is { } max && Tokens.Count(_text) > max)
        {
            _text = Tokens.Take(_text, max);
            finish = "length";
        }

        _finish = _reply.FinishReason ?? finish;
        _usage = _reply.Usage ?? new ScriptedUsage(request.PromptTokens, request.Choices * CompletionTokens());
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
            json.WriteString("content", _text);
            json.WriteNull("refusal");
            if (!_reply.ToolCalls.IsEmpty)
            {
                json.WriteStartArray("tool_calls");
                for (var call = 0; call < _reply.ToolCalls.Length; call++)
                {
                    WriteCall(json, call, null, _reply.ToolCalls[call].Arguments);
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
        WriteUsage(json, _usage.PromptTokens, _usage.CompletionTokens, _usage.CachedTokens, _usage.ReasoningTokens);
        if (Azure)
        {
            WritePromptFilterResults(json);
        }

        json.WriteEndObject();
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        using var buffer = new EventBuffer(Lenient);
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
            for (var at = 0; _text is not null && at < _text.Length;)
            {
                var length = Tokens.FirstLength(_text.AsSpan(at));
                yield return Delta(buffer, choice, content: _text.AsMemory(at, length));
                at += length;
            }

            for (var call = 0; call < _reply.ToolCalls.Length; call++)
            {
                yield return Delta(buffer, choice, call: call);
                foreach (var piece in Pieces(_reply.ToolCalls[call].Arguments))
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

        if (Request.IncludeUsage)
        {
            buffer.Start();
            buffer.Json.WriteStartObject();
            WriteHead(buffer.Json, "chat.completion.chunk", _id);
            buffer.Json.WriteStartArray("choices");
            buffer.Json.WriteEndArray();
            WriteUsage(buffer.Json, _usage.PromptTokens, _usage.CompletionTokens, _usage.CachedTokens, _usage.ReasoningTokens);
            buffer.Json.WriteEndObject();
            yield return buffer.End();
        }

        yield return EventBuffer.Done;
    }

    private ReadOnlyMemory<byte> Delta(
        EventBuffer buffer, int choice, bool first = false, ReadOnlyMemory<char>? content = null, int? call = null,
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
            json.WriteString("content", _text is null ? null : "");
        }

        if (content is { } text)
        {
            json.WriteString("content", text.Span);
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
        if (Azure && content is not null)
        {
            WriteFilterResults(json, "content_filter_results");
        }

        json.WriteEndObject();
        json.WriteEndArray();
        if (Request.IncludeUsage)
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
        json.WriteNumber("check_offset", _text?.Length ?? 0);
        json.WriteNumber("start_offset", 0);
        json.WriteNumber("end_offset", _text?.Length ?? 0);
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
            json.WriteString("name", _reply.ToolCalls[call].Name);
        }

        json.WriteString("arguments", arguments);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private int CompletionTokens()
    {
        var tokens = Tokens.Count(_text);
        foreach (var call in _reply.ToolCalls)
        {
            tokens += 1 + ((call.Arguments.Length + 7) / 8);
        }

        return tokens;
    }

    /// <summary>Arguments arrive eight characters at a time, cut anywhere (never inside a surrogate pair).</summary>
    private static IEnumerable<string> Pieces(string arguments)
    {
        for (var at = 0; at < arguments.Length;)
        {
            var length = Math.Min(8, arguments.Length - at);
            if (at + length < arguments.Length && char.IsLowSurrogate(arguments[at + length]))
            {
                length++;
            }

            yield return arguments.Substring(at, length);
            at += length;
        }
    }

    private static ScriptedReply OwnWords(ScriptedModelOptions options, ModelRequest request)
    {
        if (request.ForcedTool() is { } tool)
        {
            return ScriptedReply.Call(tool.Name, SchemaSample.Of(tool.Schema));
        }

        if (request.Member("response_format") is { ValueKind: JsonValueKind.Object } format && format.TryGetProperty("type", out var type))
        {
            if (type.ValueEquals("json_schema") && format.TryGetProperty("json_schema", out var named)
                && named.TryGetProperty("schema", out var schema))
            {
                return ScriptedReply.Say(SchemaSample.Of(schema));
            }

            if (type.ValueEquals("json_object"))
            {
                return ScriptedReply.Say("""{"answer": "scripted"}""");
            }
        }

        return ScriptedReply.Say((request.AfterTool ? "The tool answered: " : options.AnswerPrefix) + Tokens.Take(request.LastText, LongestEcho));
    }
}
