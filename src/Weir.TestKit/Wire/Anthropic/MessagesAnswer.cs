using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>A message, whole or streamed: <c>message_start</c>, its blocks, <c>message_delta</c>, <c>message_stop</c>.</summary>
internal sealed class MessagesAnswer : AnthropicAnswer
{
    private readonly Spoken _spoken;
    private readonly MessagesUsage _usage;

    public MessagesAnswer(ScriptedModelOptions options, ModelScript script, MessagesRequest request)
        : base(options, request)
    {
        _spoken = Spoken.Of(options, script, request);
        _usage = new MessagesUsage(_spoken.Usage);
    }

    public override bool Streams => Request.Stream;

    private string StopReason => _spoken.StopSequence is not null ? "stop_sequence" : _spoken.Refusal is not null ? "refusal" : _spoken.Finish switch
    {
        "stop" => "end_turn",
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        "content_filter" => "refusal",
        var other => other,
    };

    /// <summary>The text that goes out; a refusal is text, too.</summary>
    private string? Text => _spoken.Text is { Length: > 0 } text ? text : _spoken.Refusal;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        WriteHead(json);
        json.WriteStartArray("content");
        if (_spoken.Reasoning is { } thinking)
        {
            WriteThinking(json, null, thinking, Seal.Of(MessagesRequest.Sealed, thinking));
        }

        if (Text is { } text)
        {
            WriteText(json, null, text);
        }

        for (var call = 0; call < _spoken.Calls.Length; call++)
        {
            WriteToolUse(json, null, call, _spoken.Calls[call].Arguments);
        }

        json.WriteEndArray();
        json.WriteString("stop_reason", StopReason);
        json.WriteString("stop_sequence", _spoken.StopSequence);
        _usage.Write(json, _spoken.Usage.CompletionTokens);
        json.WriteEndObject();
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        using var buffer = new EventBuffer();
        var json = buffer.Start("message_start");
        json.WriteStartObject("message");
        WriteHead(json);
        json.WriteStartArray("content");
        json.WriteEndArray();
        json.WriteNull("stop_reason");
        json.WriteNull("stop_sequence");
        _usage.Write(json, 1);
        json.WriteEndObject();
        yield return buffer.EndObject();

        var index = 0;
        foreach (var block in Blocks(buffer))
        {
            yield return block.Bytes;
            if (index++ == 0)
            {
                buffer.Start("ping");
                yield return buffer.EndObject();
            }
        }

        json = buffer.Start("message_delta");
        json.WriteStartObject("delta");
        json.WriteString("stop_reason", StopReason);
        json.WriteString("stop_sequence", _spoken.StopSequence);
        json.WriteEndObject();
        _usage.WriteDelta(json, _spoken.Usage.CompletionTokens);
        yield return buffer.EndObject();

        buffer.Start("message_stop");
        yield return buffer.EndObject();
    }

    /// <summary>The events of the content blocks.</summary>
    private IEnumerable<(int Index, ReadOnlyMemory<byte> Bytes)> Blocks(EventBuffer buffer)
    {
        var index = 0;
        if (_spoken.Reasoning is { } thinking)
        {
            var json = buffer.Start("content_block_start");
            json.WriteNumber("index", index);
            WriteThinking(json, "content_block", _spoken.Redacted ? thinking : "", "");
            yield return (index, buffer.EndObject());
            if (!_spoken.Redacted)
            {
                foreach (var word in Spoken.Words(thinking))
                {
                    yield return (index, Delta(buffer, index, "thinking_delta", "thinking", word));
                }

                yield return (index, Delta(buffer, index, "signature_delta", "signature", Seal.Of(MessagesRequest.Sealed, thinking)));
            }

            yield return (index, Stop(buffer, index++));
        }

        if (Text is { } text)
        {
            var json = buffer.Start("content_block_start");
            json.WriteNumber("index", index);
            WriteText(json, "content_block", "");
            yield return (index, buffer.EndObject());
            foreach (var word in Spoken.Words(text))
            {
                yield return (index, Delta(buffer, index, "text_delta", "text", word));
            }

            yield return (index, Stop(buffer, index++));
        }

        for (var call = 0; call < _spoken.Calls.Length; call++)
        {
            var json = buffer.Start("content_block_start");
            json.WriteNumber("index", index);
            WriteToolUse(json, "content_block", call, "{}");
            yield return (index, buffer.EndObject());
            // The real stream opens each input with an empty piece.
            yield return (index, Delta(buffer, index, "input_json_delta", "partial_json", ""));
            foreach (var piece in Spoken.Pieces(_spoken.Calls[call].Arguments))
            {
                yield return (index, Delta(buffer, index, "input_json_delta", "partial_json", piece));
            }

            yield return (index, Stop(buffer, index++));
        }
    }

    private static ReadOnlyMemory<byte> Delta(EventBuffer buffer, int index, string type, string member, string piece)
    {
        var json = buffer.Start("content_block_delta");
        json.WriteNumber("index", index);
        json.WriteStartObject("delta");
        json.WriteString("type", type);
        json.WriteString(member, piece);
        json.WriteEndObject();
        return buffer.EndObject();
    }

    private static ReadOnlyMemory<byte> Stop(EventBuffer buffer, int index)
    {
        buffer.Start("content_block_stop").WriteNumber("index", index);
        return buffer.EndObject();
    }

    private void WriteHead(Utf8JsonWriter json)
    {
        json.WriteString("id", $"msg_{Request.Number:D6}");
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", Request.Model);
    }

    private static void Open(Utf8JsonWriter json, string? member)
    {
        if (member is not null)
        {
            json.WritePropertyName(member);
        }

        json.WriteStartObject();
    }

    private void WriteThinking(Utf8JsonWriter json, string? member, string thinking, string signature)
    {
        Open(json, member);
        json.WriteString("type", _spoken.Redacted ? "redacted_thinking" : "thinking");
        if (_spoken.Redacted)
        {
            json.WriteString("data", Seal.Of(MessagesRequest.Redacted, thinking));
        }
        else
        {
            json.WriteString("thinking", thinking);
            json.WriteString("signature", signature);
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string? member, string text)
    {
        Open(json, member);
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private void WriteToolUse(Utf8JsonWriter json, string? member, int call, string input)
    {
        Open(json, member);
        json.WriteString("type", "tool_use");
        json.WriteString("id", $"toolu_{Request.Number:D6}_{call}");
        json.WriteString("name", _spoken.Calls[call].Name);
        json.WritePropertyName("input");
        json.WriteRawValue(input);
        json.WriteEndObject();
    }
}
