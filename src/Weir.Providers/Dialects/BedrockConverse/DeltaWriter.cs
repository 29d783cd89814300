using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Streaming;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Writes the binary messages of ConverseStream, one stream. The message with the usage is the last. Only the first choice can be said.</summary>
internal sealed class DeltaWriter : IDeltaWriter
{
    private readonly ArrayBufferWriter<byte> _payload = new(256);
    private readonly Utf8JsonWriter _json;
    private TokenUsage _usage;
    private string? _tier;
    private int _block = -1;
    private bool _started;
    private bool _stopped;

    internal DeltaWriter() => _json = new Utf8JsonWriter(_payload, Json.Writing);

    /// <inheritdoc/>
    public void Write(in ChatDelta delta, IBufferWriter<byte> target)
    {
        if (delta.Choice != 0)
        {
            return;
        }
        _tier = delta.ServiceTier ?? _tier;
        switch (delta.Kind)
        {
            case DeltaKind.Start:
                _usage = delta.Usage;
                Start(target);
                break;
            case DeltaKind.PartStart:
                Start(target);
                _block++;
                if (delta.Part == DeltaPart.ToolCall)
                {
                    WriteToolStart(delta, target);
                }
                if (!string.IsNullOrEmpty(delta.Signature) && delta.Part is DeltaPart.Thinking or DeltaPart.RedactedThinking)
                {
                    WriteSeal(delta.Part, delta.Signature, target);
                }
                break;
            case DeltaKind.Text when !string.IsNullOrEmpty(delta.Text):
                WriteText(delta, target);
                break;
            case DeltaKind.Signature when !string.IsNullOrEmpty(delta.Text):
                WriteSeal(delta.Part, delta.Text, target);
                break;
            case DeltaKind.PartEnd:
                if (delta.Opaque is { Dialect: WireFormat.BedrockConverse, Kind: "citations" } sources)
                {
                    Cite(sources.Value.Utf8.Span, target);
                }
                Begin();
                End("contentBlockStop"u8, target, indexed: true);
                break;
            case DeltaKind.Stop:
                Start(target);
                Stop(delta.Stop, delta.Text, target);
                break;
            case DeltaKind.Usage:
                _usage = delta.Usage;
                break;
            case DeltaKind.End:
                Start(target);
                Stop(StopReason.EndTurn, null, target);
                Begin();
                Usage.Write(_json, _usage);
                _json.WriteStartObject("metrics"u8);
                _json.WriteNumber("latencyMs"u8, 0);
                _json.WriteEndObject();
                if (_tier is "default" or "flex" or "priority" or "reserved")
                {
                    _json.WriteStartObject("serviceTier"u8);
                    _json.WriteString("type"u8, _tier);
                    _json.WriteEndObject();
                }
                End("metadata"u8, target, indexed: false);
                break;
        }
    }

    private void Start(IBufferWriter<byte> target)
    {
        if (_started)
        {
            return;
        }
        _started = true;
        Begin();
        _json.WriteString("role"u8, "assistant"u8);
        End("messageStart"u8, target, indexed: false);
    }

    private void Stop(StopReason reason, string? text, IBufferWriter<byte> target)
    {
        if (_stopped)
        {
            return;
        }
        _stopped = true;
        Begin();
        _json.WriteString("stopReason"u8, Stops.Write(reason));
        if (text is not null)
        {
            _json.WriteStartObject("additionalModelResponseFields"u8);
            _json.WriteString("stop_sequence"u8, text);
            _json.WriteEndObject();
        }
        End("messageStop"u8, target, indexed: false);
    }

    private void WriteToolStart(in ChatDelta delta, IBufferWriter<byte> target)
    {
        Begin();
        _json.WriteStartObject("start"u8);
        _json.WriteStartObject("toolUse"u8);
        _json.WriteString("toolUseId"u8, Names.ToolId(delta.Id ?? ""));
        _json.WriteString("name"u8, delta.Name ?? "");
        _json.WriteEndObject();
        _json.WriteEndObject();
        End("contentBlockStart"u8, target, indexed: true);
    }

    private void WriteText(in ChatDelta delta, IBufferWriter<byte> target)
    {
        Begin();
        _json.WriteStartObject("delta"u8);
        switch (delta.Part)
        {
            case DeltaPart.ToolCall:
                _json.WriteStartObject("toolUse"u8);
                _json.WriteString("input"u8, delta.Text);
                _json.WriteEndObject();
                break;
            case DeltaPart.Thinking or DeltaPart.RedactedThinking:
                _json.WriteStartObject("reasoningContent"u8);
                _json.WriteString("text"u8, delta.Text);
                _json.WriteEndObject();
                break;
            default:
                _json.WriteString("text"u8, delta.Text);
                break;
        }
        _json.WriteEndObject();
        End("contentBlockDelta"u8, target, indexed: true);
    }

    private void WriteSeal(DeltaPart part, string seal, IBufferWriter<byte> target)
    {
        if (part is not (DeltaPart.Thinking or DeltaPart.RedactedThinking))
        {
            return;
        }
        Begin();
        _json.WriteStartObject("delta"u8);
        _json.WriteStartObject("reasoningContent"u8);
        _json.WriteString(part == DeltaPart.RedactedThinking ? "redactedContent"u8 : "signature"u8, seal);
        _json.WriteEndObject();
        _json.WriteEndObject();
        End("contentBlockDelta"u8, target, indexed: true);
    }

    private void Cite(ReadOnlySpan<byte> list, IBufferWriter<byte> target)
    {
        var reader = new Utf8JsonReader(list, new JsonReaderOptions { MaxDepth = 256 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var one = RawJson.Copy(ref reader, list);
            Begin();
            _json.WriteStartObject("delta"u8);
            _json.WritePropertyName("citation"u8);
            one.WriteTo(_json);
            _json.WriteEndObject();
            End("contentBlockDelta"u8, target, indexed: true);
        }
    }

    private void Begin()
    {
        _payload.ResetWrittenCount();
        _json.Reset(_payload);
        _json.WriteStartObject();
    }

    private void End(ReadOnlySpan<byte> name, IBufferWriter<byte> target, bool indexed)
    {
        if (indexed)
        {
            _json.WriteNumber("contentBlockIndex"u8, Math.Max(0, _block));
        }
        _json.WriteEndObject();
        _json.Flush();
        EventStreamMessage.Write(target, name, _payload.WrittenSpan);
    }
}
