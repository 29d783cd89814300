using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.Media;

/// <summary>
/// What the gateway reads in answers about images, speech, moderation and ranking while they pass through: tokens, and the units that are
/// sold beside them. The members that it reads mean the same in all of them.
/// </summary>
public sealed class MediaGlance : IDialectGlance
{
    /// <summary>The one there is.</summary>
    public static readonly MediaGlance Instance = new();

    /// <inheritdoc/>
    public AnswerFacts ReadFacts(ReadOnlySpan<byte> answer)
    {
        var read = MediaAnswer.Read(answer);
        return new AnswerFacts(read.IsJsonObject, read.HasError, read.Usage, ServiceTier.Standard) { Media = read.Use };
    }

    /// <inheritdoc/>
    public EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts)
    {
        if (data.TrimEnd((byte)' ').SequenceEqual(StreamChunk.Done))
        {
            return EventTraits.Terminal;
        }
        var read = MediaAnswer.Read(data);
        if (!read.IsJsonObject)
        {
            return EventTraits.Garbage;
        }
        if (read.HasError)
        {
            return EventTraits.Error;
        }
        if (!read.Last)
        {
            return EventTraits.Content;
        }
        // One event of this kind per image: what they used adds up.
        facts.Usage = Sum(facts.Usage, read.Usage);
        facts.Media = read.Use with { Images = facts.Media.Images + Math.Max(1, read.Use.Images) };
        return EventTraits.Content | EventTraits.Finish | EventTraits.MayBeLast | (read.Usage.IsEmpty ? EventTraits.None : EventTraits.Usage);
    }

    /// <inheritdoc/>
    public void KeepText(ReadOnlySpan<byte> json, OutputText output)
    {
        // Nothing is counted here: these answers are sold by what they tell themselves.
    }

    private static TokenUsage Sum(in TokenUsage a, in TokenUsage b) => new()
    {
        Prompt = a.Prompt + b.Prompt,
        Completion = a.Completion + b.Completion,
        Total = a.Total + b.Total,
        CachedPrompt = a.CachedPrompt + b.CachedPrompt,
        AudioPrompt = a.AudioPrompt + b.AudioPrompt,
        AudioCompletion = a.AudioCompletion + b.AudioCompletion,
        ImagePrompt = a.ImagePrompt + b.ImagePrompt,
        ImageCompletion = a.ImageCompletion + b.ImageCompletion,
    };
}
