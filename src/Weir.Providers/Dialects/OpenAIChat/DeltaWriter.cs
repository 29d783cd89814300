using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Writes the chunks of a stream for a client of OpenAI's chat.</summary>
internal sealed class DeltaWriter(AnswerContext context) : IDeltaWriter
{
    /// <summary>What is known of one choice.</summary>
    private sealed class Choice(int index)
    {
        internal int Index => index;

        internal int Calls { get; set; }

        internal bool CallHasText { get; set; }

        internal bool IsStopped { get; set; }

        internal string? Seal { get; set; }

        /// <summary>Characters of the texts before the open one.</summary>
        internal int Before { get; set; }

        /// <summary>Characters of the open text.</summary>
        internal int Length { get; set; }

        internal int Images { get; set; }

        /// <summary>The thoughts of the open part.</summary>
        internal StringBuilder Thoughts { get; } = new();
    }

    private readonly List<Choice> _choices = [];
    private readonly ArrayBufferWriter<byte> _head = new(256);
    private Utf8JsonWriter? _json;
    private TokenUsage _usage;
    private string? _tier;
    private string? _tierInHead;
    private bool _ended;

    /// <inheritdoc/>
    public void Write(in ChatDelta delta, IBufferWriter<byte> target)
    {
        if (_ended)
        {
            return;
        }
        if (_head.WrittenCount == 0)
        {
            // Every chunk repeats who it belongs to.
            WriteHead(delta);
            Open(0, target);
        }
        switch (delta.Kind)
        {
            case DeltaKind.Start:
                _usage = delta.Usage;
                break;
            case DeltaKind.PartStart:
                Begin(delta, target);
                break;
            case DeltaKind.Text:
                WriteText(delta, target);
                break;
            case DeltaKind.Signature:
                var owner = Open(delta.Choice, target);
                owner.Seal += delta.Text;
                break;
            case DeltaKind.PartEnd:
                Finish(delta, target);
                break;
            case DeltaKind.Opaque:
                WriteOpaque(delta, target);
                break;
            case DeltaKind.Media when delta.Media is ImagePart image:
                WriteImage(Open(delta.Choice, target), image, target);
                break;
            case DeltaKind.Stop:
                Stop(Open(delta.Choice, target), delta.Stop, target);
                break;
            case DeltaKind.Usage:
                _usage = delta.Usage;
                _tier = delta.ServiceTier ?? _tier;
                break;
            case DeltaKind.Media:
                break;
            default:
                End(target);
                break;
        }
    }

    private void WriteHead(in ChatDelta delta)
    {
        using var json = new Utf8JsonWriter(_head, TurnWriter.Json);
        json.WriteStartObject();
        json.WriteString("id"u8, ResultWriter.IdOf(delta.Id is { Length: > 0 } id && delta.Kind == DeltaKind.Start ? id : "", context));
        json.WriteString("object"u8, "chat.completion.chunk"u8);
        json.WriteNumber("created"u8, context.Created);
        json.WriteString("model"u8, delta is { Kind: DeltaKind.Start, Name.Length: > 0 } ? delta.Name : context.Turn.Model);
        if (delta is { Kind: DeltaKind.Start, ServiceTier: { } tier })
        {
            json.WriteString("service_tier"u8, _tierInHead = tier);
        }
        json.Flush();
        _head.Write(",\"choices\":["u8);
    }

    /// <summary>The choice, whose first chunk names the role.</summary>
    private Choice Open(int index, IBufferWriter<byte> target)
    {
        foreach (var known in _choices)
        {
            if (known.Index == index)
            {
                return known;
            }
        }
        var added = new Choice(index);
        _choices.Add(added);
        var json = Chunk(added, target);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, ""u8);
        Send(target, default);
        return added;
    }

    private void Begin(in ChatDelta delta, IBufferWriter<byte> target)
    {
        var choice = Open(delta.Choice, target);
        choice.Seal = delta.Part == DeltaPart.ToolCall ? null : delta.Signature;
        choice.Thoughts.Clear();
        if (delta.Part != DeltaPart.ToolCall)
        {
            return;
        }
        choice.CallHasText = false;
        var json = Chunk(choice, target);
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice.Calls++);
        json.WriteString("id"u8, SignedToolIds.Join(delta.Id ?? "", delta.Signature));
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, delta.Name ?? "");
        json.WriteString("arguments"u8, ""u8);
        json.WriteEndObject();
        AssistantWriter.WriteSeal(json, delta.Signature);
        json.WriteEndObject();
        json.WriteEndArray();
        Send(target, default);
    }

    private void WriteText(in ChatDelta delta, IBufferWriter<byte> target)
    {
        if (string.IsNullOrEmpty(delta.Text))
        {
            return;
        }
        var choice = Open(delta.Choice, target);
        if (delta.Part == DeltaPart.ToolCall)
        {
            choice.CallHasText = true;
            WriteArguments(choice, delta.Text, target);
            return;
        }
        var json = Chunk(choice, target);
        switch (delta.Part)
        {
            case DeltaPart.Thinking or DeltaPart.RedactedThinking:
                json.WriteString("reasoning_content"u8, delta.Text);
                choice.Thoughts.Append(delta.Text);
                break;
            case DeltaPart.Refusal:
                json.WriteString("refusal"u8, delta.Text);
                break;
            default:
                choice.Length += delta.Text.Length;
                json.WriteString("content"u8, delta.Text);
                break;
        }
        Send(target, default);
    }

    /// <summary>A picture as LiteLLM streams it.</summary>
    private void WriteImage(Choice choice, ImagePart image, IBufferWriter<byte> target)
    {
        if ((image.Source.Url ?? image.Source.Base64) is null)
        {
            return;
        }
        var json = Chunk(choice, target);
        json.WriteStartArray("images"u8);
        ResultWriter.WriteImage(json, image, choice.Images++);
        json.WriteEndArray();
        Send(target, default);
    }

    private void WriteArguments(Choice choice, string text, IBufferWriter<byte> target)
    {
        var json = Chunk(choice, target);
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice.Calls - 1);
        json.WriteStartObject("function"u8);
        json.WriteString("arguments"u8, text);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        Send(target, default);
    }

    private void Finish(in ChatDelta delta, IBufferWriter<byte> target)
    {
        var choice = Open(delta.Choice, target);
        if (delta.Part == DeltaPart.ToolCall && !choice.CallHasText)
        {
            // Clients parse the arguments: none is an empty object.
            choice.CallHasText = true;
            WriteArguments(choice, "{}", target);
        }
        if (delta.Part == DeltaPart.Text)
        {
            if (delta.Opaque is { Kind: CitationWriter.Kind } sources)
            {
                CitationWriter.Write(Chunk(choice, target), sources with { Value = OneLine(sources.Value) }, choice.Before, choice.Length);
                Send(target, default);
            }
            (choice.Before, choice.Length) = (choice.Before + choice.Length, 0);
        }
        if (string.IsNullOrEmpty(choice.Seal))
        {
            return;
        }
        // Once and whole: of a member that it does not know one client keeps the last chunk's, another the sum of all, and each has to bring
        // the words back that the seal is over.
        var json = Chunk(choice, target);
        WriteBlock(json, new ThinkingPart(choice.Thoughts.ToString()) { Signature = choice.Seal, Redacted = delta.Part == DeltaPart.RedactedThinking });
        Send(target, default);
        choice.Seal = null;
    }

    private static void WriteBlock(Utf8JsonWriter json, ThinkingPart block)
    {
        json.WriteStartArray("thinking_blocks"u8);
        AssistantWriter.WriteBlock(json, block);
        json.WriteEndArray();
    }

    private void WriteOpaque(in ChatDelta delta, IBufferWriter<byte> target)
    {
        if (delta.Opaque is not { Dialect: WireFormat.OpenAIChat, Kind: "audio" or "annotations" } own)
        {
            return;
        }
        var json = Chunk(Open(delta.Choice, target), target);
        json.WritePropertyName(own.Kind);
        OneLine(own.Value).WriteTo(json);
        Send(target, default);
    }

    /// <summary>An event whose data came in several lines holds line ends between its tokens; here they would end the event.</summary>
    private static RawJson OneLine(RawJson value)
    {
        if (value.Utf8.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0)
        {
            return value;
        }
        var line = value.Utf8.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return new RawJson(line);
    }

    private void Stop(Choice choice, StopReason reason, IBufferWriter<byte> target)
    {
        if (choice.IsStopped)
        {
            return;
        }
        choice.IsStopped = true;
        Chunk(choice, target);
        Send(target, StopWords.Write(reason, choice.Calls > 0));
    }

    private void End(IBufferWriter<byte> target)
    {
        foreach (var choice in _choices)
        {
            Stop(choice, StopReason.None, target);
        }
        if (context.Turn.IncludeUsage == true)
        {
            target.Write("data: "u8);
            target.Write(_head.WrittenSpan);
            target.Write("],"u8);
            // The writer makes whole objects only: the braces of this one are outside of it.
            var usage = new ArrayBufferWriter<byte>(256);
            using (var json = new Utf8JsonWriter(usage, TurnWriter.Json))
            {
                json.WriteStartObject();
                UsageWriter.Write(json, _usage);
                if (_tier is not null && _tierInHead is null)
                {
                    json.WriteString("service_tier"u8, _tier);
                }
                json.WriteEndObject();
            }
            target.Write(usage.WrittenSpan[1..]);
            target.Write("\n\n"u8);
        }
        target.Write("data: [DONE]\n\n"u8);
        _ended = true;
        _json?.Dispose();
    }

    /// <summary>Begins a chunk; what is written next are the members of its <c>delta</c>.</summary>
    private Utf8JsonWriter Chunk(Choice choice, IBufferWriter<byte> target)
    {
        target.Write("data: "u8);
        target.Write(_head.WrittenSpan);
        target.Write("{\"index\":"u8);
        Span<byte> digits = stackalloc byte[11];
        choice.Index.TryFormat(digits, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        target.Write(digits[..length]);
        target.Write(",\"delta\":"u8);
        if (_json is null)
        {
            _json = new Utf8JsonWriter(target, TurnWriter.Json);
        }
        else
        {
            _json.Reset(target);
        }
        _json.WriteStartObject();
        return _json;
    }

    /// <summary>Ends the chunk.</summary>
    private void Send(IBufferWriter<byte> target, ReadOnlySpan<byte> finish)
    {
        _json?.WriteEndObject();
        _json?.Flush();
        if (finish.IsEmpty)
        {
            target.Write(",\"logprobs\":null,\"finish_reason\":null}]}\n\n"u8);
            return;
        }
        target.Write(",\"logprobs\":null,\"finish_reason\":\""u8);
        target.Write(finish);
        target.Write("\"}]}\n\n"u8);
    }
}
