using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// Writes a stream as Anthropic does: <c>message_start</c>, blocks one after another, and at the end <c>message_delta</c> (which waits, for
/// usage may come last) with <c>message_stop</c>. Texts and thoughts open when they first say something: clients send blocks back, and
/// Anthropic refuses empty ones.
/// </summary>
internal sealed class DeltaWriter(AnswerContext context) : IDeltaWriter
{
    private readonly Utf8JsonWriter _json = new(Stream.Null, Wire.WriterOptions);
    private DeltaPart _part;
    private bool _pending;
    private bool _open;
    private bool _started;
    private bool _ended;
    private int _index;
    private int _calls;
    private bool _refused;
    private string? _seal;
    private StopReason _stop;
    private string? _stopSequence;
    private TokenUsage _usage;
    private string? _tier;

    /// <inheritdoc/>
    public void Write(in ChatDelta delta, IBufferWriter<byte> target)
    {
        if (_ended || delta.Choice != 0)
        {
            // A message has one choice.
            return;
        }
        _tier = delta.ServiceTier ?? _tier;
        switch (delta.Kind)
        {
            case DeltaKind.Start:
                _usage = delta.Usage;
                Start(delta.Id, delta.Name, target);
                break;
            case DeltaKind.PartStart:
                StartPart(delta, target);
                break;
            case DeltaKind.Text:
                Text(delta, target);
                break;
            case DeltaKind.Signature:
                Seal(delta.Text, target);
                break;
            case DeltaKind.PartEnd:
                EndPart(delta.Opaque, target);
                break;
            case DeltaKind.Opaque:
                Opaque(delta.Opaque, target);
                break;
            case DeltaKind.Media when delta.Media is ImagePart image:
                Image(image, target);
                break;
            case DeltaKind.Stop:
                (_stop, _stopSequence) = (delta.Stop, delta.Text);
                break;
            case DeltaKind.Usage:
                _usage = delta.Usage;
                break;
            case DeltaKind.End:
                End(target);
                break;
            default:
                break;
        }
    }

    private void Start(string? id, string? model, IBufferWriter<byte> target)
    {
        if (_started)
        {
            return;
        }
        _started = true;
        Begin(target, "message_start"u8);
        _json.WriteStartObject("message"u8);
        _json.WriteString("id"u8, string.IsNullOrEmpty(id) ? "msg_" + context.Id : id);
        _json.WriteString("type"u8, "message"u8);
        _json.WriteString("role"u8, "assistant"u8);
        _json.WriteString("model"u8, string.IsNullOrEmpty(model) ? context.Turn.Model : model);
        _json.WriteStartArray("content"u8);
        _json.WriteEndArray();
        _json.WriteNull("stop_reason"u8);
        _json.WriteNull("stop_sequence"u8);
        UsageCounts.Write(_json, _usage, UsageCounts.TierWord(_tier));
        _json.WriteEndObject();
        Flush(target);
    }

    private void StartPart(in ChatDelta delta, IBufferWriter<byte> target)
    {
        Start(null, null, target);
        CloseBlock(target);
        _part = delta.Part;
        _seal = null;
        if (_part != DeltaPart.ToolCall)
        {
            _pending = true;
            Seal(delta.Signature, target);
            return;
        }
        _open = true;
        BeginBlock(target, "tool_use"u8);
        _json.WriteString("id"u8, AnswerWriter.CallId(delta.Id ?? "", delta.Signature, context, _calls++));
        _json.WriteString("name"u8, delta.Name ?? "");
        _json.WriteStartObject("input"u8);
        _json.WriteEndObject();
        EndBlockStart(target);
    }

    private void Text(in ChatDelta delta, IBufferWriter<byte> target)
    {
        if (string.IsNullOrEmpty(delta.Text) || _part == DeltaPart.RedactedThinking)
        {
            return;
        }
        OpenPending(target);
        if (!_open)
        {
            return;
        }
        Begin(target, "content_block_delta"u8);
        _json.WriteNumber("index"u8, _index);
        _json.WriteStartObject("delta"u8);
        switch (_part)
        {
            case DeltaPart.Thinking:
                _json.WriteString("type"u8, "thinking_delta"u8);
                _json.WriteString("thinking"u8, delta.Text);
                break;
            case DeltaPart.ToolCall:
                _json.WriteString("type"u8, "input_json_delta"u8);
                _json.WriteString("partial_json"u8, delta.Text);
                break;
            default:
                _refused |= _part == DeltaPart.Refusal;
                _json.WriteString("type"u8, "text_delta"u8);
                _json.WriteString("text"u8, delta.Text);
                break;
        }
        _json.WriteEndObject();
        Flush(target);
    }

    private void Seal(string? seal, IBufferWriter<byte> target)
    {
        if (string.IsNullOrEmpty(seal))
        {
            return;
        }
        if (_part == DeltaPart.RedactedThinking)
        {
            // The block holds its seal at once, so it is written when the part ends.
            _seal += seal;
        }
        else if (_part == DeltaPart.Thinking)
        {
            OpenPending(target);
            Begin(target, "content_block_delta"u8);
            _json.WriteNumber("index"u8, _index);
            _json.WriteStartObject("delta"u8);
            _json.WriteString("type"u8, "signature_delta"u8);
            _json.WriteString("signature"u8, seal);
            _json.WriteEndObject();
            Flush(target);
        }
    }

    private void OpenPending(IBufferWriter<byte> target)
    {
        if (!_pending)
        {
            return;
        }
        (_pending, _open) = (false, true);
        if (_part == DeltaPart.Thinking)
        {
            BeginBlock(target, "thinking"u8);
            _json.WriteString("thinking"u8, ""u8);
            _json.WriteString("signature"u8, ""u8);
        }
        else
        {
            BeginBlock(target, "text"u8);
            _json.WriteString("text"u8, ""u8);
        }
        EndBlockStart(target);
    }

    private void EndPart(OpaquePart? citations, IBufferWriter<byte> target)
    {
        if (_pending && _seal is not null)
        {
            (_pending, _open) = (false, true);
            BeginBlock(target, "redacted_thinking"u8);
            _json.WriteString("data"u8, _seal);
            EndBlockStart(target);
        }
        if (_open && _part == DeltaPart.Text && citations is { Dialect: WireFormat.AnthropicMessages })
        {
            Cite(citations.Value.Utf8.Span, target);
        }
        CloseBlock(target);
    }

    private void Cite(ReadOnlySpan<byte> list, IBufferWriter<byte> target)
    {
        var reader = new Utf8JsonReader(list, Wire.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var one = RawJson.Copy(ref reader, list);
            Begin(target, "content_block_delta"u8);
            _json.WriteNumber("index"u8, _index);
            _json.WriteStartObject("delta"u8);
            _json.WriteString("type"u8, "citations_delta"u8);
            _json.WritePropertyName("citation"u8);
            one.WriteTo(_json);
            _json.WriteEndObject();
            Flush(target);
        }
    }

    private void Opaque(OpaquePart? part, IBufferWriter<byte> target)
    {
        if (part is not { Dialect: WireFormat.AnthropicMessages })
        {
            return;
        }
        Start(null, null, target);
        CloseBlock(target);
        Begin(target, "content_block_start"u8);
        _json.WriteNumber("index"u8, _index);
        _json.WritePropertyName("content_block"u8);
        part.Value.WriteTo(_json);
        Flush(target);
        _open = true;
        CloseBlock(target);
    }

    /// <summary>As in whole answers: a client that asked another model to paint is served better by the picture than by its loss.</summary>
    private void Image(ImagePart image, IBufferWriter<byte> target)
    {
        Start(null, null, target);
        CloseBlock(target);
        Begin(target, "content_block_start"u8);
        _json.WriteNumber("index"u8, _index);
        _json.WriteStartObject("content_block"u8);
        BlockWriter.WriteImage(_json, image);
        _json.WriteEndObject();
        Flush(target);
        _open = true;
        CloseBlock(target);
    }

    private void CloseBlock(IBufferWriter<byte> target)
    {
        _pending = false;
        if (!_open)
        {
            return;
        }
        _open = false;
        Begin(target, "content_block_stop"u8);
        _json.WriteNumber("index"u8, _index++);
        Flush(target);
    }

    private void End(IBufferWriter<byte> target)
    {
        _ended = true;
        Start(null, null, target);
        CloseBlock(target);
        Begin(target, "message_delta"u8);
        _json.WriteStartObject("delta"u8);
        _json.WriteString("stop_reason"u8, Wire.StopWord(_stop, _calls > 0, _refused));
        if (_stopSequence is not null && _stop == StopReason.StopSequence)
        {
            _json.WriteString("stop_sequence"u8, _stopSequence);
        }
        else
        {
            _json.WriteNull("stop_sequence"u8);
        }
        _json.WriteEndObject();
        UsageCounts.Write(_json, _usage, UsageCounts.TierWord(_tier));
        Flush(target);
        Begin(target, "message_stop"u8);
        Flush(target);
        _json.Dispose();
    }

    private void BeginBlock(IBufferWriter<byte> target, ReadOnlySpan<byte> kind)
    {
        Begin(target, "content_block_start"u8);
        _json.WriteNumber("index"u8, _index);
        _json.WriteStartObject("content_block"u8);
        _json.WriteString("type"u8, kind);
    }

    private void EndBlockStart(IBufferWriter<byte> target)
    {
        _json.WriteEndObject();
        Flush(target);
    }

    /// <summary>Begins an event: its lines up to the data's first member.</summary>
    private void Begin(IBufferWriter<byte> target, ReadOnlySpan<byte> name)
    {
        var head = target.GetSpan(64);
        "event: "u8.CopyTo(head);
        name.CopyTo(head[7..]);
        "\ndata: "u8.CopyTo(head[(7 + name.Length)..]);
        target.Advance(14 + name.Length);
        _json.Reset(target);
        _json.WriteStartObject();
        _json.WriteString("type"u8, name);
    }

    private void Flush(IBufferWriter<byte> target)
    {
        _json.WriteEndObject();
        _json.Flush();
        target.Write("\n\n"u8);
    }
}
