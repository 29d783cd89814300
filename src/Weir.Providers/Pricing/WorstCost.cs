namespace Weir.Providers.Pricing;

/// <summary>The most that a call can cost, before it is made: every token at the dearest rate that its kind can have.</summary>
public static class WorstCost
{
    /// <summary>
    /// An upper bound, or null when the price list does not say what such a call costs. Cached, audio, image and reasoning tokens and every step
    /// of the context are taken into account; of the service tiers those that <paramref name="anyTier"/> leaves open.
    /// </summary>
    /// <param name="price">The model's price; null is unknown.</param>
    /// <param name="prompt">Input tokens at most.</param>
    /// <param name="completion">Output tokens at most, all answers together.</param>
    /// <param name="anyTier">The vendor may choose the tier; false for the ordinary one.</param>
    public static Money? Of(ModelPrice? price, long prompt, long completion, bool anyTier)
    {
        if (price is null || price.UnitsUnmetered)
        {
            return price is { IsFree: true } ? Money.Zero : null;
        }
        UInt128 input = 0, output = 0, request = 0;
        foreach (var tier in anyTier ? (ReadOnlySpan<ServiceTier>)[ServiceTier.Standard, ServiceTier.Priority, ServiceTier.Flex] : [ServiceTier.Standard])
        {
            foreach (var step in price.Steps(tier))
            {
                if (step.AboveTokens > 0 && prompt <= step.AboveTokens)
                {
                    continue;
                }
                if ((!step.InputKnown && prompt > 0) || (!step.OutputKnown && completion > 0))
                {
                    return null;
                }
                input = Max(input, Max(Max(step.Input, step.CacheRead), Max(Max(step.CacheWrite, step.CacheWriteHour), Max(step.AudioInput, step.ImageInput))));
                output = Max(output, Max(Max(step.Output, step.Reasoning), Max(step.AudioOutput, step.ImageOutput)));
                request = Max(request, step.Request);
            }
        }
        var attos = request + (input * (ulong)Math.Clamp(prompt, 0, CostMeter.MostTokens)) + (output * (ulong)Math.Clamp(completion, 0, CostMeter.MostTokens));
        var nanos = (attos + (PriceRates.AttosPerNano - 1)) / PriceRates.AttosPerNano;
        return new Money(nanos > long.MaxValue ? long.MaxValue : (long)nanos);
    }

    /// <summary>Output tokens that <paramref name="money"/> is enough for beside the prompt; zero when it is not enough for one.</summary>
    public static long OutputFor(ModelPrice? price, long prompt, Money money, bool anyTier)
    {
        long low = 0, high = CostMeter.MostTokens;
        if (Of(price, prompt, 1, anyTier) is not { } least || least > money)
        {
            return 0;
        }
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (Of(price, prompt, middle, anyTier) is { } cost && cost <= money)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }
        return low;
    }

    private static UInt128 Max(UInt128 a, UInt128 b) => a > b ? a : b;
}
