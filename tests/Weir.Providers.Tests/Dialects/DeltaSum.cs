using System.Text;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>Adds the steps of a stream up to the answer that they tell, and refuses sequences that the contract of a reader forbids.</summary>
internal sealed class DeltaSum
{
    private sealed class Open(ChatDelta start)
    {
        internal ChatDelta Start { get; } = start;

        internal StringBuilder Text { get; } = new();

        internal StringBuilder Seal { get; } = new();
    }

    private readonly ChatResult _result = new();
    private readonly Dictionary<int, Open> _open = [];
    private readonly Dictionary<int, int> _parts = [];
    private readonly HashSet<int> _stopped = [];
    private bool _started;
    private bool _ended;

    /// <summary>The answer that a whole stream tells.</summary>
    internal static ChatResult Of(IEnumerable<ChatDelta> deltas)
    {
        var sum = new DeltaSum();
        foreach (var delta in deltas)
        {
            sum.Add(delta);
        }
        Assert.True(sum._ended, "The stream has no End.");
        return sum._result;
    }

    private void Add(in ChatDelta delta)
    {
        Assert.False(_ended, $"{delta.Kind} comes after End.");
        Assert.True(_started || delta.Kind is DeltaKind.Start or DeltaKind.End, $"{delta.Kind} comes before Start.");
        _result.ServiceTier = delta.ServiceTier ?? _result.ServiceTier;
        switch (delta.Kind)
        {
            case DeltaKind.Start:
                Assert.False(_started, "Start comes twice.");
                _started = true;
                (_result.Id, _result.Model) = (delta.Id ?? "", delta.Name ?? "");
                _result.Usage = delta.Usage;
                break;
            case DeltaKind.PartStart:
                Assert.DoesNotContain(delta.Choice, _stopped);
                Assert.False(_open.ContainsKey(delta.Choice), $"A part of choice {delta.Choice} opens inside another.");
                Assert.Equal(_parts.GetValueOrDefault(delta.Choice), delta.Index);
                _open[delta.Choice] = new Open(delta);
                break;
            case DeltaKind.Text:
            case DeltaKind.Signature:
                var open = Opened(delta);
                (delta.Kind == DeltaKind.Text ? open.Text : open.Seal).Append(delta.Text);
                break;
            case DeltaKind.PartEnd:
                Choice(delta.Choice).Parts.Add(Close(Opened(delta), delta.Opaque));
                _open.Remove(delta.Choice);
                _parts[delta.Choice] = delta.Index + 1;
                break;
            case DeltaKind.Opaque:
                Assert.False(_open.ContainsKey(delta.Choice), "An opaque part comes inside another.");
                Choice(delta.Choice).Parts.Add(delta.Opaque ?? throw new InvalidOperationException("An opaque step without its part."));
                _parts[delta.Choice] = delta.Index + 1;
                break;
            case DeltaKind.Media:
                Assert.False(_open.ContainsKey(delta.Choice), "A picture comes inside another part.");
                Choice(delta.Choice).Parts.Add(delta.Media ?? throw new InvalidOperationException("A picture's step without the picture."));
                _parts[delta.Choice] = delta.Index + 1;
                break;
            case DeltaKind.Stop:
                Assert.False(_open.ContainsKey(delta.Choice), $"Choice {delta.Choice} stops inside a part.");
                Assert.True(_stopped.Add(delta.Choice), $"Choice {delta.Choice} stops twice.");
                (Choice(delta.Choice).Stop, Choice(delta.Choice).StopSequence) = (delta.Stop, delta.Text);
                break;
            case DeltaKind.Usage:
                _result.Usage = delta.Usage;
                break;
            default:
                Assert.Empty(_open);
                _ended = true;
                break;
        }
    }

    private Open Opened(in ChatDelta delta)
    {
        Assert.True(_open.TryGetValue(delta.Choice, out var open), $"{delta.Kind} outside of a part.");
        Assert.Equal((open.Start.Index, open.Start.Part), (delta.Index, delta.Part));
        return open;
    }

    private static ContentPart Close(Open open, OpaquePart? sources)
    {
        var text = open.Text.ToString();
        var seal = open.Seal.Length > 0 ? open.Seal.ToString() : open.Start.Signature;
        return open.Start.Part switch
        {
            DeltaPart.Text => new TextPart(text) { Citations = sources?.Value ?? default, CitationsFrom = sources?.Dialect ?? default },
            DeltaPart.Thinking => new ThinkingPart(text) { Signature = seal, Id = open.Start.Id },
            DeltaPart.RedactedThinking => new ThinkingPart(text) { Signature = seal, Redacted = true, Id = open.Start.Id },
            DeltaPart.Refusal => new RefusalPart(text),
            _ => new ToolCallPart(open.Start.Id ?? "", open.Start.Name ?? "", text) { Signature = seal },
        };
    }

    private ChatChoice Choice(int index)
    {
        var choice = _result.Choices.Find(c => c.Index == index);
        if (choice is null)
        {
            choice = new ChatChoice { Index = index };
            _result.Choices.Add(choice);
        }
        return choice;
    }
}
