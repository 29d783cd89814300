using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Wire.Bedrock;

/// <summary>A turn of a conversation, whole or as a stream of binary frames.</summary>
internal sealed class ConverseAnswer : Answer
{
    private readonly Spoken _spoken;

    public ConverseAnswer(ScriptedModelOptions options, ModelScript script, ConverseRequest request)
        : base(options, request) => _spoken = Spoken.Of(options, script, request);

    public override WireShape Shape => BedrockShape.Instance;

    public override bool Streams => Request.Stream;

    private string StopReason => _spoken.Refusal is not null ? "content_filtered" : _spoken.StopSequence is not null ? "stop_sequence" : _spoken.Finish switch
    {
        "stop" => "end_turn",
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        "content_filter" => "content_filtered",
        var other => other,
    };

    private string? Text => _spoken.Text ?? _spoken.Refusal;

    public override IEnumerable<KeyValuePair<string, string>> Headers()
    {
        yield return new("x-amzn-RequestId", $"00000000-0000-0000-0000-{Request.Number:D12}");
    }

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        WriteMetrics(json);
        json.WriteStartObject("output");
        json.WriteStartObject("message");
        json.WriteStartArray("content");
        if (_spoken.Reasoning is { } thought)
        {
            json.WriteStartObject();
            json.WriteStartObject("reasoningContent");
            if (_spoken.Redacted)
            {
                json.WriteString("redactedContent", Seal.Of(ConverseRequest.Sealed, thought));
            }
            else
            {
                json.WriteStartObject("reasoningText");
                json.WriteString("signature", Seal.Of(ConverseRequest.Sealed, thought));
                json.WriteString("text", thought);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (Text is { } text)
        {
            json.WriteStartObject();
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        for (var call = 0; call < _spoken.Calls.Length; call++)
        {
            json.WriteStartObject();
            json.WriteStartObject("toolUse");
            json.WritePropertyName("input");
            json.WriteRawValue(_spoken.Calls[call].Arguments);
            json.WriteString("name", _spoken.Calls[call].Name);
            json.WriteString("toolUseId", ToolUseId(call));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("role", "assistant");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("stopReason", StopReason);
        WriteUsage(json);
        json.WriteEndObject();
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        yield return Frame("messageStart", json => json.WriteString("role", "assistant"));
        var index = 0;
        if (_spoken.Reasoning is { } thought)
        {
            if (_spoken.Redacted)
            {
                yield return Reasoning(index, "redactedContent", Seal.Of(ConverseRequest.Sealed, thought));
            }
            else
            {
                foreach (var word in Spoken.Words(thought))
                {
                    yield return Reasoning(index, "text", word);
                }

                yield return Reasoning(index, "signature", Seal.Of(ConverseRequest.Sealed, thought));
            }

            yield return Block("contentBlockStop", index++, null);
        }

        if (Text is { } text)
        {
            foreach (var word in Spoken.Words(text))
            {
                yield return Block("contentBlockDelta", index, json =>
                {
                    json.WriteStartObject("delta");
                    json.WriteString("text", word);
                    json.WriteEndObject();
                });
            }

            yield return Block("contentBlockStop", index++, null);
        }

        for (var call = 0; call < _spoken.Calls.Length; call++)
        {
            yield return Block("contentBlockStart", index, json =>
            {
                json.WriteStartObject("start");
                json.WriteStartObject("toolUse");
                json.WriteString("name", _spoken.Calls[call].Name);
                json.WriteString("toolUseId", ToolUseId(call));
                json.WriteEndObject();
                json.WriteEndObject();
            });
            foreach (var piece in Spoken.Pieces(_spoken.Calls[call].Arguments))
            {
                yield return Block("contentBlockDelta", index, json =>
                {
                    json.WriteStartObject("delta");
                    json.WriteStartObject("toolUse");
                    json.WriteString("input", piece);
                    json.WriteEndObject();
                    json.WriteEndObject();
                });
            }

            yield return Block("contentBlockStop", index++, null);
        }

        yield return Frame("messageStop", json => json.WriteString("stopReason", StopReason));
        yield return Frame("metadata", json =>
        {
            WriteMetrics(json);
            WriteUsage(json);
        });
    }

    private static byte[] Reasoning(int index, string member, string value) => Block("contentBlockDelta", index, json =>
    {
        json.WriteStartObject("delta");
        json.WriteStartObject("reasoningContent");
        json.WriteString(member, value);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static byte[] Block(string name, int index, Action<Utf8JsonWriter>? write) => Frame(name, json =>
    {
        json.WriteNumber("contentBlockIndex", index);
        write?.Invoke(json);
    });

    private static byte[] Frame(string name, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Lenient))
        {
            json.WriteStartObject();
            write(json);
            // AWS pads its payloads, so that their lengths tell nothing.
            json.WriteString("p", "abcdefghijklmnopqrstuvwxyz"[..(1 + (bytes.WrittenCount % 26))]);
            json.WriteEndObject();
        }

        return EventFrame.Of("event", name, bytes.WrittenSpan);
    }

    private string ToolUseId(int call) => $"tooluse_{Request.Number:D6}_{call}";

    private static void WriteMetrics(Utf8JsonWriter json)
    {
        json.WriteStartObject("metrics");
        json.WriteNumber("latencyMs", 1);
        json.WriteEndObject();
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        var usage = _spoken.Usage;
        var input = usage.PromptTokens - usage.CachedTokens - usage.CacheWriteTokens;
        json.WriteStartObject("usage");
        json.WriteNumber("cacheReadInputTokens", usage.CachedTokens);
        json.WriteNumber("cacheWriteInputTokens", usage.CacheWriteTokens);
        json.WriteNumber("inputTokens", input);
        json.WriteNumber("outputTokens", usage.CompletionTokens);
        json.WriteNumber("totalTokens", usage.PromptTokens + usage.CompletionTokens);
        json.WriteEndObject();
    }
}
