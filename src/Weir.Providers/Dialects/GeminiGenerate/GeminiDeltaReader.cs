using System.Text;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Reads a stream. Every event is a whole answer that holds what is new. There is no terminal event, and parts (a seal, sources) may come in or behind the
/// chunk with the finish reason: so the choices stop when the stream is over, which is right behind that chunk.
/// </summary>
internal sealed class GeminiDeltaReader : IDeltaReader, GeminiChunk.ISink
{
    private sealed class Choice(int index)
    {
        internal int Index { get; } = index;

        internal int Parts { get; set; }

        internal DeltaPart? Open { get; set; }

        /// <summary>The open text, for sources point into it by its bytes.</summary>
        internal StringBuilder Said { get; } = new();

        internal List<(string Name, RawJson Value)> Sources { get; } = [];

        internal bool Called { get; set; }

        internal string? Finish { get; set; }
    }

    private readonly List<Choice> _choices = [];
    private List<ChatDelta> _deltas = [];
    private GeminiCallIds? _ids;
    private TokenUsage _usage;
    private bool _started;
    private bool _blocked;
    private bool _ended;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        if (_ended)
        {
            return;
        }

        var head = GeminiChunk.ReadHead(data);
        if (head.HasError)
        {
            // The gateway tells of it; nothing of it belongs into the answer.
            return;
        }

        _deltas = deltas;
        if (!_started)
        {
            _started = true;
            _ids = GeminiCallIds.OfAnswer(head.Id);
            deltas.Add(new(DeltaKind.Start) { Id = head.Id ?? "", Name = head.Model ?? "", Usage = head.Usage, ServiceTier = TierOf(head.Tier) });
            _usage = head.Usage;
        }

        var self = this;
        GeminiChunk.ReadCandidates(data, ref self);
        _blocked |= head.BlockReason is not null;

        // Each chunk repeats the count so far.
        if (head.HasUsage && head.Usage != _usage)
        {
            _usage = head.Usage;
            deltas.Add(new(DeltaKind.Usage) { Usage = _usage, ServiceTier = TierOf(head.Tier) });
        }
    }

    /// <inheritdoc/>
    public void Finish(List<ChatDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        if (_ended)
        {
            return;
        }

        _ended = true;
        _deltas = deltas;
        if (_blocked && _choices.Count == 0)
        {
            deltas.Add(new(DeltaKind.Stop) { Stop = StopReason.ContentFilter });
        }

        foreach (var choice in _choices)
        {
            Close(choice);
            deltas.Add(new(DeltaKind.Stop) { Choice = choice.Index, Stop = GeminiStop.Read(choice.Finish ?? "STOP", choice.Called) });
        }

        deltas.Add(new(DeltaKind.End));
    }

    /// <inheritdoc/>
    public void Part(int choice, in GeminiPart part)
    {
        var taker = Taker(choice);
        switch (part.Kind)
        {
            case GeminiPartKind.Text:
                Text(taker, part);
                return;
            case GeminiPartKind.None:
                Seal(taker, part.Signature);
                return;
            case GeminiPartKind.FunctionCall:
                Call(taker, part);
                return;
            case GeminiPartKind.Media when part.Media is not null:
                Close(taker);
                _deltas.Add(new(DeltaKind.Media) { Choice = taker.Index, Index = taker.Parts++, Media = part.Media });
                return;
            case GeminiPartKind.Other:
                Opaque(taker, new(WireFormat.GeminiGenerate, part.OtherKind, part.Whole));
                return;
            default:
                // A model does not answer its own calls.
                return;
        }
    }

    /// <inheritdoc/>
    public void Sources(int choice, string name, RawJson value)
    {
        var taker = Taker(choice);
        if (taker.Open == DeltaPart.Text)
        {
            taker.Sources.Add((name, value));
        }
        else
        {
            // There is no text that they could be told with.
            Opaque(taker, new(WireFormat.GeminiGenerate, name, value));
        }
    }

    /// <inheritdoc/>
    public void CandidateEnd(int choice, string? finishReason)
    {
        if (!string.IsNullOrEmpty(finishReason))
        {
            Taker(choice).Finish = finishReason;
        }
    }

    private void Text(Choice choice, in GeminiPart part)
    {
        var kind = part.Thought ? DeltaPart.Thinking : DeltaPart.Text;
        if (part.Text is { Length: > 0 })
        {
            Open(choice, kind);
            choice.Said.Append(kind == DeltaPart.Text ? part.Text : null);
            _deltas.Add(new(DeltaKind.Text) { Choice = choice.Index, Index = choice.Parts, Part = kind, Text = part.Text });
        }

        Seal(choice, part.Signature);
    }

    /// <summary>A seal closes the thoughts that are open; else it stands alone.</summary>
    private void Seal(Choice choice, string? signature)
    {
        if (signature is null)
        {
            return;
        }

        var seal = GeminiSeal.Unwrap(signature, out var redacted);
        Open(choice, redacted ? DeltaPart.RedactedThinking : DeltaPart.Thinking);
        _deltas.Add(new(DeltaKind.Signature) { Choice = choice.Index, Index = choice.Parts, Part = choice.Open ?? DeltaPart.Thinking, Text = seal });
        Close(choice);
    }

    private void Call(Choice choice, in GeminiPart part)
    {
        Close(choice);
        choice.Called = true;
        var id = (_ids ??= GeminiCallIds.OfAnswer(null)).Call(part.CallId, part.Name);
        _deltas.Add(new(DeltaKind.PartStart) { Choice = choice.Index, Index = choice.Parts, Part = DeltaPart.ToolCall, Id = id, Name = part.Name, Signature = part.Signature is { } seal ? GeminiSeal.Unwrap(seal, out _) : null });
        choice.Open = DeltaPart.ToolCall;
        _deltas.Add(new(DeltaKind.Text) { Choice = choice.Index, Index = choice.Parts, Part = DeltaPart.ToolCall, Text = part.Arguments });
        Close(choice);
    }

    private void Opaque(Choice choice, OpaquePart part)
    {
        Close(choice);
        _deltas.Add(new(DeltaKind.Opaque) { Choice = choice.Index, Index = choice.Parts, Opaque = part });
        choice.Parts++;
    }

    private void Open(Choice choice, DeltaPart kind)
    {
        if (choice.Open == kind)
        {
            return;
        }

        Close(choice);
        choice.Open = kind;
        _deltas.Add(new(DeltaKind.PartStart) { Choice = choice.Index, Index = choice.Parts, Part = kind });
    }

    private void Close(Choice choice)
    {
        if (choice.Open is { } kind)
        {
            var sources = kind == DeltaPart.Text && choice.Sources.Count > 0 ? GeminiCitations.OfStream(choice.Said.ToString(), choice.Sources) : null;
            choice.Said.Clear();
            choice.Sources.Clear();
            _deltas.Add(new(DeltaKind.PartEnd) { Choice = choice.Index, Index = choice.Parts, Part = kind, Opaque = sources });
            choice.Open = null;
            choice.Parts++;
        }
    }

    private static string? TierOf(ServiceTier tier) => tier switch
    {
        ServiceTier.Priority => "priority",
        ServiceTier.Flex => "flex",
        _ => null,
    };

    private Choice Taker(int index)
    {
        foreach (var choice in _choices)
        {
            if (choice.Index == index)
            {
                return choice;
            }
        }

        var made = new Choice(index);
        _choices.Add(made);
        return made;
    }
}
