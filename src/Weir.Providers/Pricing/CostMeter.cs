using Weir.Providers.Neutral;

namespace Weir.Providers.Pricing;

/// <summary>Turns units used into money: exact products, one rounding up at the end. Allocates nothing.</summary>
public static class CostMeter
{
    /// <summary>No call has more tokens than this; a larger count is an upstream's slip and is cut.</summary>
    internal const long MostTokens = 1_000_000_000_000;

    /// <summary>The cost of one request. A null price is not free: it is flagged.</summary>
    public static Charge Cost(ModelPrice? price, in TokenUsage usage, ServiceTier tier = ServiceTier.Standard)
    {
        if (price is null)
        {
            return new Charge(Money.Zero, ChargeFlags.PriceUnknown);
        }

        var flags = ChargeFlags.None;

        // Input: audio and freshly cached tokens are the dear parts, so they are kept whole when the parts exceed the sum; what the
        // cache gave is the cheap part and gives way.
        var prompt = Bounded(usage.Prompt, MostTokens, ref flags);
        var rest = prompt;
        var audioIn = Take(usage.AudioPrompt, ref rest, ref flags);
        var imageIn = Take(usage.ImagePrompt, ref rest, ref flags);
        var cacheWrite = Take(usage.CacheWrite, ref rest, ref flags);
        var cacheHour = Take(usage.CacheWriteHour, ref cacheWrite, ref flags);

        // Where the kinds of the cached tokens are told, each lies inside its own kind; what is left is text.
        var cachedAudio = Take(Math.Min(usage.CachedAudioPrompt, usage.CachedPrompt), ref audioIn, ref flags);
        var cachedImage = Take(Math.Min(usage.CachedImagePrompt, usage.CachedPrompt - cachedAudio), ref imageIn, ref flags);
        var cached = Take(usage.CachedPrompt - cachedAudio - cachedImage, ref rest, ref flags);
        var textIn = rest;

        var completion = Bounded(usage.Completion, MostTokens, ref flags);
        rest = completion;
        var audioOut = Take(usage.AudioCompletion, ref rest, ref flags);
        var imageOut = Take(usage.ImageCompletion, ref rest, ref flags);
        var reasoning = Take(usage.Reasoning, ref rest, ref flags);
        var textOut = rest;

        var rates = price.Rates(tier, prompt);
        if ((!rates.InputKnown && prompt > 0) || (!rates.OutputKnown && completion > 0) || price.UnitsUnmetered)
        {
            flags |= ChargeFlags.PriceUnknown;
        }

        if (!rates.TierKnown)
        {
            flags |= ChargeFlags.TierPriceMissing;
        }

        var attos = rates.Request
            + (rates.Input * (ulong)textIn)
            + (rates.CacheRead * (ulong)(cached + cachedImage))
            + (rates.AudioCacheRead * (ulong)cachedAudio)
            + (rates.CacheWrite * (ulong)cacheWrite)
            + (rates.CacheWriteHour * (ulong)cacheHour)
            + (rates.AudioInput * (ulong)audioIn)
            + (rates.ImageInput * (ulong)imageIn)
            + (rates.Output * (ulong)textOut)
            + (rates.Reasoning * (ulong)reasoning)
            + (rates.AudioOutput * (ulong)audioOut)
            + (rates.ImageOutput * (ulong)imageOut);
        var nanos = (attos + (PriceRates.AttosPerNano - 1)) / PriceRates.AttosPerNano;
        if (nanos > long.MaxValue)
        {
            return new Charge(new Money(long.MaxValue), flags | ChargeFlags.UsageClamped);
        }

        return new Charge(new Money((long)nanos), flags);
    }

    private static long Take(long part, ref long rest, ref ChargeFlags flags)
    {
        part = Bounded(part, rest, ref flags);
        rest -= part;
        return part;
    }

    private static long Bounded(long count, long most, ref ChargeFlags flags)
    {
        if ((ulong)count <= (ulong)most)
        {
            return count;
        }

        flags |= ChargeFlags.UsageClamped;
        return count < 0 ? 0 : most;
    }
}
