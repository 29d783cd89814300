using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// Reads a stream of Anthropic's. Its blocks come one after another, so a piece belongs to the block that is open, whatever number it
/// bears. Errors are the glance's to see: the reader passes over them.
/// </summary>
internal sealed class DeltaReader : IDeltaReader
{
    /// <summary>Most of a vendor's tool call or of sources that is kept until its block ends.</summary>
    private const int MostKept = 4 << 20;

    private enum Open
    {
        Nothing,
        Text,
        Thinking,
        Redacted,
        Call,

        /// <summary>A call of <see cref="Wire.JsonTool"/>, which is the answer's text.</summary>
        JsonAnswer,

        /// <summary>A block that only this dialect has.</summary>
        Opaque,
    }

    private Open _open;
    private int _index;
    private bool _started;
    private bool _stopped;
    private bool _ended;
    private bool _calls;
    private bool _answersInJson;
    private TokenUsage _usage;
    private string? _tier;

    private string? _wholeInput;
    private byte[] _opaque = [];
    private string _opaqueKind = "";
    private StringBuilder? _opaqueInput;
    private MemoryStream? _citations;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (_ended)
        {
            return;
        }
        var one = default(StreamEvent);
        one.Usage = UsageCounts.Of(_usage);
        try
        {
            one.Read(name, data);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new DialectException("", "An event of the upstream's stream is not one JSON object.");
        }
        if (one.Usage.Any)
        {
            _usage = one.Usage.ToUsage();
        }
        _tier = one.Usage.Tier switch { ServiceTier.Priority => "priority", ServiceTier.Batch => "batch", ServiceTier.Standard => "standard", _ => _tier };
        switch (one.Kind)
        {
            case StreamEventKind.MessageStart:
                Start(one.Id, one.Model, deltas);
                break;
            case StreamEventKind.BlockStart when !_stopped:
                OpenBlock(ref one, deltas);
                break;
            case StreamEventKind.BlockDelta when !_stopped:
                Add(ref one, deltas);
                break;
            case StreamEventKind.BlockStop:
                Close(deltas);
                break;
            case StreamEventKind.MessageDelta:
                Stop(ref one, deltas);
                break;
            case StreamEventKind.MessageStop:
                Finish(deltas);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Finish(List<ChatDelta> deltas)
    {
        if (_ended)
        {
            return;
        }
        Close(deltas);
        _ended = true;
        deltas.Add(new ChatDelta(DeltaKind.End));
    }

    private void Start(string? id, string? model, List<ChatDelta> deltas)
    {
        if (!_started)
        {
            _started = true;
            deltas.Add(new ChatDelta(DeltaKind.Start) { Id = id, Name = model, Usage = _usage, ServiceTier = _tier });
        }
    }

    private void OpenBlock(ref StreamEvent one, List<ChatDelta> deltas)
    {
        Close(deltas);
        Start(null, null, deltas);
        switch (one.Block)
        {
            case BlockKind.Text:
                Begin(Open.Text, DeltaPart.Text, deltas);
                Say(DeltaKind.Text, one.Text, deltas);
                break;
            case BlockKind.Thinking:
                Begin(Open.Thinking, DeltaPart.Thinking, deltas);
                Say(DeltaKind.Text, one.Text, deltas);
                Say(DeltaKind.Signature, one.Signature, deltas);
                break;
            case BlockKind.RedactedThinking:
                Begin(Open.Redacted, DeltaPart.RedactedThinking, deltas);
                Say(DeltaKind.Signature, one.Signature, deltas);
                break;
            case BlockKind.ToolUse when one.BlockName == Wire.JsonTool:
                _answersInJson = true;
                _wholeInput = one.BlockInput;
                Begin(Open.JsonAnswer, DeltaPart.Text, deltas);
                break;
            case BlockKind.ToolUse:
                _calls = true;
                _wholeInput = one.BlockInput;
                _open = Open.Call;
                var (id, signature) = SignedToolIds.Split(one.BlockId ?? "");
                deltas.Add(new ChatDelta(DeltaKind.PartStart) { Index = _index, Part = DeltaPart.ToolCall, Id = id, Name = one.BlockName ?? "", Signature = signature });
                break;
            default:
                if (one.WholeBlock.IsEmpty)
                {
                    // An event without its block.
                    break;
                }
                _open = Open.Opaque;
                _opaque = one.WholeBlock.ToArray();
                _opaqueKind = one.UnknownKind;
                _opaqueInput = null;
                break;
        }
    }

    private void Add(ref StreamEvent one, List<ChatDelta> deltas)
    {
        switch (one.Delta)
        {
            case BlockDeltaKind.Text when _open == Open.Nothing:
                // Careless vendors forget to open a text.
                Start(null, null, deltas);
                Begin(Open.Text, DeltaPart.Text, deltas);
                Say(DeltaKind.Text, one.Text, deltas);
                break;
            case BlockDeltaKind.Text when _open == Open.Text:
            case BlockDeltaKind.Thinking when _open == Open.Thinking:
                Say(DeltaKind.Text, one.Text, deltas);
                break;
            case BlockDeltaKind.Input when _open is Open.Call or Open.JsonAnswer:
                _wholeInput = one.Text is { Length: > 0 } ? null : _wholeInput;
                Say(DeltaKind.Text, one.Text, deltas);
                break;
            case BlockDeltaKind.Input when _open == Open.Opaque && one.Text is { Length: > 0 } text:
                Bounded((_opaqueInput ??= new StringBuilder()).Length + text.Length);
                _opaqueInput.Append(text);
                break;
            case BlockDeltaKind.Signature when _open == Open.Thinking:
                Say(DeltaKind.Signature, one.Signature, deltas);
                break;
            case BlockDeltaKind.Citation when _open == Open.Text && !one.Citation.IsEmpty:
                _citations ??= new MemoryStream();
                Bounded(_citations.Length + one.Citation.Length);
                _citations.WriteByte(_citations.Length == 0 ? (byte)'[' : (byte)',');
                _citations.Write(one.Citation);
                break;
            default:
                break;
        }
    }

    private void Stop(ref StreamEvent one, List<ChatDelta> deltas)
    {
        Start(null, null, deltas);
        if (one.Stop != StopReason.None || one.Refusal is not null)
        {
            Close(deltas);
        }
        if (one.Refusal is { } words && !_stopped)
        {
            deltas.Add(new ChatDelta(DeltaKind.PartStart) { Index = _index, Part = DeltaPart.Refusal });
            deltas.Add(new ChatDelta(DeltaKind.Text) { Index = _index, Part = DeltaPart.Refusal, Text = words });
            deltas.Add(new ChatDelta(DeltaKind.PartEnd) { Index = _index++, Part = DeltaPart.Refusal });
        }
        if (one.Usage.Any)
        {
            deltas.Add(new ChatDelta(DeltaKind.Usage) { Usage = _usage, ServiceTier = _tier });
        }
        if (one.Stop != StopReason.None && !_stopped)
        {
            _stopped = true;
            var stop = one.Stop == StopReason.ToolUse && _answersInJson && !_calls ? StopReason.EndTurn : one.Stop;
            deltas.Add(new ChatDelta(DeltaKind.Stop) { Stop = stop, Text = one.StopSequence });
        }
    }

    private void Begin(Open open, DeltaPart part, List<ChatDelta> deltas)
    {
        _open = open;
        deltas.Add(new ChatDelta(DeltaKind.PartStart) { Index = _index, Part = part });
    }

    private void Say(DeltaKind kind, string? text, List<ChatDelta> deltas)
    {
        if (text is { Length: > 0 })
        {
            deltas.Add(new ChatDelta(kind) { Index = _index, Part = OpenPart, Text = text });
        }
    }

    private DeltaPart OpenPart => _open switch
    {
        Open.Thinking => DeltaPart.Thinking,
        Open.Redacted => DeltaPart.RedactedThinking,
        Open.Call => DeltaPart.ToolCall,
        _ => DeltaPart.Text,
    };

    private void Close(List<ChatDelta> deltas)
    {
        if (_open == Open.Nothing)
        {
            return;
        }
        if (_open == Open.Opaque)
        {
            var whole = new RawJson(_opaqueInput is null ? _opaque : WithInput(_opaque, _opaqueInput.ToString()));
            deltas.Add(new ChatDelta(DeltaKind.Opaque) { Index = _index, Opaque = new OpaquePart(WireFormat.AnthropicMessages, _opaqueKind, whole) });
            (_opaque, _opaqueInput) = ([], null);
        }
        else
        {
            // A call that came whole: its input stands in the block's start, and no piece followed.
            Say(DeltaKind.Text, _wholeInput, deltas);
            deltas.Add(new ChatDelta(DeltaKind.PartEnd) { Index = _index, Part = OpenPart, Opaque = TakeCitations() });
        }
        _wholeInput = null;
        _open = Open.Nothing;
        _index++;
    }

    private OpaquePart? TakeCitations()
    {
        if (_citations is null)
        {
            return null;
        }
        _citations.WriteByte((byte)']');
        var list = new OpaquePart(WireFormat.AnthropicMessages, "citations", new RawJson(_citations.ToArray()));
        _citations = null;
        return list;
    }

    /// <summary>The block as it would stand in a whole answer: with the input that came in pieces.</summary>
    private static byte[] WithInput(byte[] block, string input)
    {
        using var buffer = new MemoryStream(block.Length + input.Length);
        using var json = new Utf8JsonWriter(buffer, Wire.WriterOptions);
        var reader = new Utf8JsonReader(block, Wire.ReaderOptions);
        reader.Read();
        json.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "input"u8))
            {
                reader.Skip();
                continue;
            }
            string name;
            try
            {
                name = reader.GetString() ?? "";
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair in a member's name: the block stays as it came.
                return block;
            }
            json.WritePropertyName(name);
            reader.Read();
            RawJson.Copy(ref reader, block).WriteTo(json);
        }
        json.WritePropertyName("input"u8);
        BlockWriter.WriteArguments(json, input);
        json.WriteEndObject();
        json.Flush();
        return buffer.ToArray();
    }

    private static void Bounded(long length)
    {
        if (length > MostKept)
        {
            throw new DialectException("content_block", "A block of the upstream's stream is longer than 4 MiB.");
        }
    }
}
