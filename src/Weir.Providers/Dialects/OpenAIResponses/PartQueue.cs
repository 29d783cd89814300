using System.Text;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// Parts of a stream in the order in which they began. The first that is not ended is told as it comes; what is said of later ones meanwhile
/// is held back, for the parts of an answer never overlap.
/// </summary>
internal sealed class PartQueue
{
    private sealed class Part(long item, long number, DeltaPart kind)
    {
        internal long Item { get; } = item;

        internal long Number { get; } = number;

        internal DeltaPart Kind { get; } = kind;

        internal string? Id { get; init; }

        internal string? Name { get; init; }

        internal bool FreeForm { get; init; }

        internal OpaquePart? Opaque { get; init; }

        internal ImagePart? Image { get; init; }

        internal OpaquePart? Sources { get; set; }

        /// <summary>For thoughts: whether they come from the summary, and from which part of it.</summary>
        internal bool FromSummary { get; init; }

        internal long Section { get; set; }

        internal bool Ended { get; set; }

        internal bool SaidAny { get; set; }

        internal string? Seal { get; set; }

        internal StringBuilder? Held { get; set; }
    }

    private readonly List<Part> _open = [];
    private readonly HashSet<(long Item, long Number)> _known = [];
    private int _told;

    /// <summary>Whether any part began.</summary>
    internal bool Any => _known.Count > 0;

    /// <summary>Whether a tool was called.</summary>
    internal bool CalledTool { get; private set; }

    /// <summary>Whether the part began, and perhaps ended.</summary>
    internal bool Knows(long item, long number) => _known.Contains((item, number));

    /// <summary>More of a text or a refusal.</summary>
    internal void Say(long item, long number, DeltaPart kind, string text, List<ChatDelta> deltas)
    {
        if (Find(item, number) is { } open)
        {
            Add(open, text, deltas);
        }
        else if (!Knows(item, number))
        {
            var part = new Part(item, number, kind);
            Begin(part, deltas);
            Add(part, text, deltas);
        }
    }

    /// <summary>More of the thoughts. An item has one part of them: the summary if it speaks first, else the raw text.</summary>
    internal void Think(long item, bool summary, long section, string text, List<ChatDelta> deltas)
    {
        var part = Find(item, 0);
        if (part is null && !Knows(item, 0))
        {
            part = new Part(item, 0, DeltaPart.Thinking) { FromSummary = summary, Section = section };
            Begin(part, deltas);
        }
        if (part is not { Kind: DeltaPart.Thinking } || part.FromSummary != summary)
        {
            return;
        }
        if (part.Section != section)
        {
            part.Section = section;
            Add(part, SealedThoughts.BetweenParts, deltas);
        }
        Add(part, text, deltas);
    }

    /// <summary>A call begins.</summary>
    internal void Call(long item, string id, string name, bool freeForm, List<ChatDelta> deltas)
    {
        if (Knows(item, 0))
        {
            return;
        }
        var part = new Part(item, 0, DeltaPart.ToolCall) { Id = id, Name = name, FreeForm = freeForm };
        Begin(part, deltas);
        if (freeForm)
        {
            Add(part, FreeForm.Begin, deltas);
        }
    }

    /// <summary>More of a call's arguments or text.</summary>
    internal void Input(long item, string? text, List<ChatDelta> deltas)
    {
        if (!string.IsNullOrEmpty(text) && Find(item, 0) is { Kind: DeltaPart.ToolCall } part)
        {
            part.SaidAny = true;
            Add(part, part.FreeForm ? FreeForm.Escape(text) : text, deltas);
        }
    }

    /// <summary>The call is complete; <paramref name="whole"/> is all of its input, for servers that sent no pieces.</summary>
    internal void EndInput(long item, string? whole, List<ChatDelta> deltas)
    {
        if (Find(item, 0) is not { Kind: DeltaPart.ToolCall, Ended: false } part)
        {
            return;
        }
        if (!part.SaidAny)
        {
            Input(item, whole, deltas);
        }
        End(item, 0, deltas);
    }

    /// <summary>The thoughts are complete: what is still unsaid of them, and their seal.</summary>
    internal void EndThinking(long item, ThinkingPart thinking, List<ChatDelta> deltas)
    {
        if (Find(item, 0) is { Kind: DeltaPart.Thinking } open)
        {
            open.Seal = thinking.Signature;
        }
        else if (!Knows(item, 0))
        {
            Whole(item, 0, thinking, deltas);
        }
    }

    /// <summary>The sources of a text that is not ended.</summary>
    internal void Cite(long item, long number, ContentPart part)
    {
        if (part is TextPart { Citations.IsAbsent: false } text && Find(item, number) is { Kind: DeltaPart.Text } open)
        {
            open.Sources = new OpaquePart(text.CitationsFrom, Annotations.Kind, text.Citations);
        }
    }

    /// <summary>A part of which no piece came before.</summary>
    internal void Whole(long item, long number, ContentPart part, List<ChatDelta> deltas)
    {
        switch (part)
        {
            case TextPart text:
                Say(item, number, DeltaPart.Text, text.Text, deltas);
                Cite(item, number, text);
                break;
            case RefusalPart refusal:
                Say(item, number, DeltaPart.Refusal, refusal.Text, deltas);
                break;
            case ToolCallPart call:
                // Free-form input is wrapped already.
                var called = new Part(item, number, DeltaPart.ToolCall) { Id = call.Id, Name = call.Name };
                Begin(called, deltas);
                Add(called, call.Arguments, deltas);
                break;
            case ThinkingPart thinking:
                var thought = new Part(item, number, thinking.Redacted ? DeltaPart.RedactedThinking : DeltaPart.Thinking) { Id = thinking.Id, Seal = thinking.Signature };
                Begin(thought, deltas);
                Add(thought, thinking.Text, deltas);
                break;
            case ImagePart image:
                Begin(new Part(item, number, DeltaPart.Text) { Image = image }, deltas);
                break;
            case OpaquePart opaque:
                Begin(new Part(item, number, DeltaPart.Text) { Opaque = opaque }, deltas);
                break;
        }
        End(item, number, deltas);
    }

    /// <summary>The part is complete.</summary>
    internal void End(long item, long number, List<ChatDelta> deltas)
    {
        if (Find(item, number) is not { Ended: false } part)
        {
            return;
        }
        if (part.FreeForm)
        {
            Add(part, FreeForm.End, deltas);
        }
        part.Ended = true;
        TellEnded(deltas);
    }

    /// <summary>All parts of the item are complete.</summary>
    internal void EndItem(long item, List<ChatDelta> deltas)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            // Backwards: only the end of the first takes parts off the list.
            if (_open[i].Item == item)
            {
                End(item, _open[i].Number, deltas);
            }
        }
    }

    /// <summary>All parts are complete.</summary>
    internal void EndAll(List<ChatDelta> deltas)
    {
        while (_open.Count > 0)
        {
            End(_open[0].Item, _open[0].Number, deltas);
        }
    }

    private Part? Find(long item, long number)
    {
        foreach (var part in _open)
        {
            if (part.Item == item && part.Number == number)
            {
                return part;
            }
        }
        return null;
    }

    private void Begin(Part part, List<ChatDelta> deltas)
    {
        if (!_known.Add((part.Item, part.Number)))
        {
            return;
        }
        CalledTool |= part.Kind == DeltaPart.ToolCall;
        _open.Add(part);
        if (_open.Count == 1)
        {
            TellStart(part, deltas);
        }
    }

    private void Add(Part part, string text, List<ChatDelta> deltas)
    {
        if (text.Length == 0 || part.Ended)
        {
            return;
        }
        if (_open.Count > 0 && ReferenceEquals(_open[0], part))
        {
            deltas.Add(new ChatDelta(DeltaKind.Text) { Index = _told, Part = part.Kind, Text = text });
        }
        else
        {
            (part.Held ??= new StringBuilder()).Append(text);
        }
    }

    private void TellEnded(List<ChatDelta> deltas)
    {
        while (_open.Count > 0 && _open[0].Ended)
        {
            var part = _open[0];
            if (part.Opaque is null && part.Image is null)
            {
                if (!string.IsNullOrEmpty(part.Seal))
                {
                    deltas.Add(new ChatDelta(DeltaKind.Signature) { Index = _told, Part = part.Kind, Text = part.Seal });
                }
                deltas.Add(new ChatDelta(DeltaKind.PartEnd) { Index = _told, Part = part.Kind, Opaque = part.Sources });
            }
            _told++;
            _open.RemoveAt(0);
            if (_open.Count > 0)
            {
                TellStart(_open[0], deltas);
            }
        }
    }

    private void TellStart(Part part, List<ChatDelta> deltas)
    {
        if (part.Opaque is { } opaque)
        {
            deltas.Add(new ChatDelta(DeltaKind.Opaque) { Index = _told, Opaque = opaque });
            return;
        }
        if (part.Image is { } image)
        {
            deltas.Add(new ChatDelta(DeltaKind.Media) { Index = _told, Media = image });
            return;
        }
        deltas.Add(new ChatDelta(DeltaKind.PartStart) { Index = _told, Part = part.Kind, Id = part.Id, Name = part.Name });
        if (part.Held is { Length: > 0 } held)
        {
            deltas.Add(new ChatDelta(DeltaKind.Text) { Index = _told, Part = part.Kind, Text = held.ToString() });
            held.Clear();
        }
    }
}
