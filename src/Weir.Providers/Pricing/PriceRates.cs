namespace Weir.Providers.Pricing;

/// <summary>
/// The rates of one service tier between two thresholds, as whole atto-dollars (1e-18 USD) per unit, so that a cost is a few
/// integer products: exact, and without allocation. Missing special rates are already filled from the ordinary ones.
/// </summary>
internal sealed class PriceRates
{
    /// <summary>Atto-dollars in a nano-dollar.</summary>
    internal const ulong AttosPerNano = 1_000_000_000;

    /// <summary>Above this a price is a slip of the pen; it also keeps every sum far inside 128 bits.</summary>
    internal const decimal DearestPerUnit = 1_000_000m;

    internal required long AboveTokens { get; init; }
    internal required bool InputKnown { get; init; }
    internal required bool OutputKnown { get; init; }

    /// <summary>False when the tier has no price of its own and the standard one stands in.</summary>
    internal required bool TierKnown { get; init; }

    internal required UInt128 Input { get; init; }
    internal required UInt128 CacheRead { get; init; }
    internal required UInt128 CacheWrite { get; init; }

    /// <summary>For what stays in the cache for an hour (Anthropic); the ordinary price of a write where there is no other.</summary>
    internal required UInt128 CacheWriteHour { get; init; }

    internal required UInt128 AudioInput { get; init; }

    /// <summary>For cached audio; the whole price of audio where no other is published.</summary>
    internal required UInt128 AudioCacheRead { get; init; }

    internal required UInt128 Output { get; init; }
    internal required UInt128 Reasoning { get; init; }
    internal required UInt128 AudioOutput { get; init; }
    internal required UInt128 ImageInput { get; init; }
    internal required UInt128 ImageOutput { get; init; }
    internal required UInt128 Request { get; init; }

    /// <summary>Rates of a tier, steepest threshold first; the last one applies from the first token.</summary>
    internal static PriceRates[] Compile(IReadOnlyDictionary<string, decimal> fields, ServiceTier tier)
    {
        var thresholds = new SortedSet<long> { 0 };
        foreach (var name in fields.Keys)
        {
            thresholds.Add(PriceField.Threshold(name, out _));
        }

        return [.. thresholds.Reverse().Select(above => Compile(fields, tier, above))];
    }

    private static PriceRates Compile(IReadOnlyDictionary<string, decimal> fields, ServiceTier tier, long above)
    {
        var input = Rate("input_cost_per_token");
        var output = Rate("output_cost_per_token");
        return new PriceRates
        {
            AboveTokens = above,
            InputKnown = input is not null,
            OutputKnown = output is not null,
            TierKnown = tier == ServiceTier.Standard
                || fields.ContainsKey("input_cost_per_token" + ServiceTiers.Suffix(tier))
                || fields.ContainsKey("output_cost_per_token" + ServiceTiers.Suffix(tier)),
            Input = Attos(input),
            CacheRead = Attos(Rate("cache_read_input_token_cost") ?? input),
            CacheWrite = Attos(Rate("cache_creation_input_token_cost") ?? input),
            CacheWriteHour = Attos(Rate("cache_creation_input_token_cost_above_1hr") ?? Rate("cache_creation_input_token_cost") ?? input),
            AudioInput = Attos(Rate("input_cost_per_audio_token") ?? input),
            AudioCacheRead = Attos(Rate("cache_read_input_audio_token_cost") ?? Rate("input_cost_per_audio_token") ?? Rate("cache_read_input_token_cost") ?? input),
            Output = Attos(output),
            Reasoning = Attos(Rate("output_cost_per_reasoning_token") ?? output),
            AudioOutput = Attos(Rate("output_cost_per_audio_token") ?? output),
            ImageInput = Attos(Rate("input_cost_per_image_token") ?? input),
            ImageOutput = Attos(Rate("output_cost_per_image_token") ?? output),
            Request = Attos(Rate("input_cost_per_request")),
        };

        decimal? Rate(string name)
        {
            var longer = Longer(name);
            var suffix = ServiceTiers.Suffix(tier);
            if (tier == ServiceTier.Standard || Get(name + suffix) is not { } special)
            {
                return Get($"{name}_above_{above / 1000}k_tokens{suffix}") ?? longer;
            }

            // Long and in a special tier, but no price for both: the dearer of the two that are published, so that a guess never
            // bills too little.
            return above == 0 ? special
                : Get($"{name}_above_{above / 1000}k_tokens{suffix}") ?? (longer is { } l ? Math.Max(l, special) : special);
        }

        // A field without a price at this threshold keeps the one of the nearest threshold below.
        decimal? Longer(string name)
        {
            decimal? best = Get(name);
            long nearest = 0;
            foreach (var (field, value) in fields)
            {
                var threshold = PriceField.Threshold(field, out var bare);
                if (threshold > nearest && threshold <= above && bare == name)
                {
                    (best, nearest) = (value, threshold);
                }
            }

            return best;
        }

        decimal? Get(string name) => fields.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>More than 18 places cannot be kept: they round up, never down.</summary>
    private static UInt128 Attos(decimal? dollars)
    {
        if (dollars is not { } rate || rate == 0)
        {
            return UInt128.Zero;
        }

        var whole = decimal.Truncate(rate);
        var fraction = decimal.Ceiling((rate - whole) * 1_000_000_000_000_000_000m);
        return ((UInt128)whole * 1_000_000_000_000_000_000UL) + (UInt128)fraction;
    }
}
