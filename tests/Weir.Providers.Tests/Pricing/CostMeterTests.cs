using System.Collections.Frozen;
using CsCheck;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Tests.Pricing;

public sealed class CostMeterTests
{
    private static readonly string[] TokenFields =
    [
        "input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost", "cache_creation_input_token_cost",
        "output_cost_per_reasoning_token", "input_cost_per_audio_token", "output_cost_per_audio_token",
        "input_cost_per_token_above_200k_tokens", "output_cost_per_token_above_200k_tokens", "cache_read_input_token_cost_above_200k_tokens",
        "input_cost_per_token_above_32k_tokens", "input_cost_per_token_batches", "output_cost_per_token_batches",
    ];

    private static readonly Gen<FrozenDictionary<string, decimal>> AnyPrices =
        Gen.Select(Gen.Bool.Array[TokenFields.Length], Gen.Long[0, 100_000_000].Array[TokenFields.Length], Gen.Int[9, 18])
            .Select(static (has, value, places) => Enumerable.Range(0, TokenFields.Length)
                .Where(i => has[i])
                .ToFrozenDictionary(static i => TokenFields[i], i => new decimal((int)value[i], 0, 0, false, (byte)places)));

    private static readonly Gen<TokenUsage> SoundUsage =
        Gen.Select(Gen.Long[0, 400_000], Gen.Long[0, 200_000], Gen.Int[0, 100], Gen.Int[0, 100], Gen.Int[0, 100])
            .Select(static (prompt, completion, a, b, c) => new TokenUsage
            {
                Prompt = prompt,
                Completion = completion,
                CachedPrompt = prompt * a / 300,
                CacheWrite = prompt * b / 300,
                AudioPrompt = prompt * c / 300,
                Reasoning = completion * a / 200,
                AudioCompletion = completion * b / 200,
            });

    [Fact]
    public void Cached_audio_has_a_price_of_its_own()
    {
        // gpt-realtime-mini, USD per million: text 0.6, audio 10, cached text 0.06, cached audio 0.3; out 2.4, audio out 20.
        var usage = new TokenUsage { Prompt = 1000, AudioPrompt = 600, CachedPrompt = 500, CachedAudioPrompt = 300, Completion = 100, AudioCompletion = 80 };
        var charge = CostMeter.Cost(PriceBook.Embedded.Row("gpt-realtime-mini"), usage);

        Assert.Equal(ChargeFlags.None, charge.Flags);
        Assert.Equal((200 * 600) + (200 * 60) + (300 * 10_000) + (300 * 300) + (20 * 2400) + (80 * 20_000), charge.Cost.Nanos);
    }

    [Fact]
    public void A_plain_request_costs_its_two_products()
    {
        var charge = CostMeter.Cost(PriceBook.Embedded.Row("gpt-4o"), new TokenUsage { Prompt = 1000, Completion = 500 });
        Assert.Equal(new Charge(Money.FromDollarsRoundedUp(0.0075m), ChargeFlags.None), charge);
    }

    [Fact]
    public void What_is_cached_for_an_hour_costs_more_than_what_is_cached_for_minutes()
    {
        // Anthropic's list prices: 1.25 and 2 times the input.
        var charge = CostMeter.Cost(PriceBook.Embedded.Row("claude-sonnet-4-5"), new TokenUsage { Prompt = 1000, CacheWrite = 1000, CacheWriteHour = 400 });
        Assert.Equal((600 * 3.75m + 400 * 6m) / 1_000_000, charge.Cost.Dollars);
    }

    [Fact]
    public void Cached_tokens_cost_their_own_price_and_not_the_prompts_as_well()
    {
        var charge = CostMeter.Cost(PriceBook.Embedded.Row("gpt-4o"), new TokenUsage { Prompt = 1000, CachedPrompt = 600 });
        Assert.Equal(0.00175m, charge.Cost.Dollars);
    }

    [Fact]
    public void Cached_tokens_without_a_price_of_their_own_cost_as_much_as_any()
    {
        var price = Price(("input_cost_per_token", 0.001m), ("output_cost_per_token", 0.002m));
        var usage = new TokenUsage { Prompt = 10, CachedPrompt = 4, CacheWrite = 2, AudioPrompt = 1, Completion = 10, Reasoning = 5, AudioCompletion = 2 };
        Assert.Equal(0.03m, CostMeter.Cost(price, usage).Cost.Dollars);
    }

    [Fact]
    public void Each_part_costs_its_own_price()
    {
        var price = Price(
            ("input_cost_per_token", 0.001m), ("cache_read_input_token_cost", 0.0001m), ("cache_creation_input_token_cost", 0.002m), ("input_cost_per_audio_token", 0.01m),
            ("output_cost_per_token", 0.003m), ("output_cost_per_reasoning_token", 0.004m), ("output_cost_per_audio_token", 0.02m), ("input_cost_per_request", 1m));
        var usage = new TokenUsage { Prompt = 100, CachedPrompt = 10, CacheWrite = 20, AudioPrompt = 30, Completion = 100, Reasoning = 50, AudioCompletion = 5 };
        var expected = 1m + (40 * 0.001m) + (10 * 0.0001m) + (20 * 0.002m) + (30 * 0.01m) + (45 * 0.003m) + (50 * 0.004m) + (5 * 0.02m);
        Assert.Equal(expected, CostMeter.Cost(price, usage).Cost.Dollars);
    }

    [Theory]
    [InlineData(272_000, 0.68)]
    [InlineData(272_001, 1.360005)]
    public void Above_a_threshold_the_whole_request_costs_the_higher_price(long prompt, decimal dollars)
    {
        Assert.Equal(dollars, CostMeter.Cost(PriceBook.Embedded.Row("gpt-5.4"), new TokenUsage { Prompt = prompt }).Cost.Dollars);
    }

    [Fact]
    public void The_output_costs_the_higher_price_as_well_when_the_input_is_long()
    {
        var charge = CostMeter.Cost(PriceBook.Embedded.Row("gpt-5.4"), new TokenUsage { Prompt = 300_000, CachedPrompt = 100_000, Completion = 1000 });
        Assert.Equal((200_000 * 0.000005m) + (100_000 * 0.0000005m) + (1000 * 0.0000225m), charge.Cost.Dollars);
    }

    [Fact]
    public void A_batch_costs_its_own_price_and_a_missing_tier_is_said()
    {
        var usage = new TokenUsage { Prompt = 1000, Completion = 1000 };
        Assert.Equal(new Charge(Money.FromDollarsRoundedUp(0.00625m), ChargeFlags.None), CostMeter.Cost(PriceBook.Embedded.Row("gpt-4o"), usage, ServiceTier.Batch));
        Assert.Equal(new Charge(Money.FromDollarsRoundedUp(0.0125m), ChargeFlags.TierPriceMissing), CostMeter.Cost(PriceBook.Embedded.Row("gpt-4o"), usage, ServiceTier.Priority));
    }

    [Fact]
    public void Long_and_in_a_special_tier_costs_the_dearer_of_the_published_prices()
    {
        var price = Price(("input_cost_per_token", 1m), ("input_cost_per_token_above_200k_tokens", 2m), ("input_cost_per_token_priority", 3m), ("output_cost_per_token", 0m));
        Assert.Equal(600_003m, CostMeter.Cost(price, new TokenUsage { Prompt = 200_001 }, ServiceTier.Priority).Cost.Dollars);
        var exact = Price(("input_cost_per_token", 1m), ("input_cost_per_token_above_200k_tokens", 2m), ("input_cost_per_token_priority", 3m), ("input_cost_per_token_above_200k_tokens_priority", 4m), ("output_cost_per_token", 0m));
        Assert.Equal(800_004m, CostMeter.Cost(exact, new TokenUsage { Prompt = 200_001 }, ServiceTier.Priority).Cost.Dollars);
    }

    [Fact]
    public void No_price_is_flagged_and_not_free()
    {
        Assert.Equal(new Charge(Money.Zero, ChargeFlags.PriceUnknown), CostMeter.Cost(null, new TokenUsage { Prompt = 1 }));
        Assert.False(CostMeter.Cost(null, default).Known);
    }

    [Fact]
    public void A_price_of_one_side_only_is_flagged_when_the_other_is_used()
    {
        var price = Price(("input_cost_per_token", 0.001m));
        Assert.Equal(ChargeFlags.None, CostMeter.Cost(price, new TokenUsage { Prompt = 1 }).Flags);
        Assert.Equal(new Charge(Money.FromDollarsRoundedUp(0.001m), ChargeFlags.PriceUnknown), CostMeter.Cost(price, new TokenUsage { Prompt = 1, Completion = 1 }));
    }

    [Fact]
    public void A_model_sold_by_the_second_has_no_price_in_tokens()
    {
        Assert.False(CostMeter.Cost(PriceBook.Embedded.Row("whisper-1"), new TokenUsage { Prompt = 10 }).Known);
        Assert.False(CostMeter.Cost(PriceBook.Embedded.Row("xai/grok-voice-latest"), new TokenUsage { Prompt = 10 }).Known);
    }

    [Fact]
    public void Written_zeroes_are_free()
    {
        Assert.Equal(new Charge(Money.Zero, ChargeFlags.None), CostMeter.Cost(Price(("input_cost_per_token", 0m), ("output_cost_per_token", 0m)), new TokenUsage { Prompt = 9, Completion = 9 }));
    }

    [Fact]
    public void A_fraction_of_a_nano_dollar_is_rounded_up_once_for_the_sum()
    {
        var price = Price(("input_cost_per_token", 0.0000000004m), ("output_cost_per_token", 0.0000000004m));
        Assert.Equal(1, CostMeter.Cost(price, new TokenUsage { Prompt = 1, Completion = 1 }).Cost.Nanos);
        Assert.Equal(2, CostMeter.Cost(price, new TokenUsage { Prompt = 2, Completion = 1 }).Cost.Nanos);
    }

    [Fact]
    public void A_price_finer_than_can_be_kept_is_rounded_up()
    {
        var price = Price(("input_cost_per_token", 0.0000000000000000000000001m), ("output_cost_per_token", 0m));
        Assert.Equal(1, CostMeter.Cost(price, new TokenUsage { Prompt = 1 }).Cost.Nanos);
    }

    [Fact]
    public void More_cached_tokens_than_there_are_tokens_are_cut_and_flagged()
    {
        var charge = CostMeter.Cost(PriceBook.Embedded.Row("gpt-4o"), new TokenUsage { Prompt = 100, CachedPrompt = 5000 });
        Assert.Equal(new Charge(Money.FromDollarsRoundedUp(0.000125m), ChargeFlags.UsageClamped), charge);
    }

    [Fact]
    public void An_amount_that_no_money_can_hold_is_the_most_that_it_can_and_flagged()
    {
        var price = Price(("input_cost_per_token", 1_000_000m), ("output_cost_per_token", 1_000_000m));
        var charge = CostMeter.Cost(price, new TokenUsage { Prompt = long.MaxValue, Completion = long.MaxValue });
        Assert.Equal(new Charge(new Money(long.MaxValue), ChargeFlags.UsageClamped), charge);
    }

    [Fact]
    public void A_cost_is_the_exact_sum_rounded_up_once()
    {
        Gen.Select(AnyPrices, SoundUsage, Gen.Enum<ServiceTier>()).Sample((fields, usage, tier) =>
        {
            var charge = CostMeter.Cost(Price(fields), usage, tier);
            var exact = Exact(fields, usage, tier);
            return charge.Cost == Money.FromDollarsRoundedUp(exact)
                && charge.Cost.Dollars >= exact
                && (charge.Flags & ChargeFlags.UsageClamped) == 0;
        });
    }

    [Fact]
    public void Silly_counts_never_make_a_negative_or_a_cheaper_cost()
    {
        var any = Gen.OneOf(Gen.Long, Gen.Long[-10, 10], Gen.Long[0, 100_000]);
        Gen.Select(AnyPrices, Gen.Select(any, any, any, any), Gen.Select(any, any, any)).Sample((fields, input, output) =>
        {
            var usage = new TokenUsage
            {
                Prompt = input.Item1, CachedPrompt = input.Item2, CacheWrite = input.Item3, AudioPrompt = input.Item4,
                Completion = output.Item1, Reasoning = output.Item2, AudioCompletion = output.Item3,
            };
            var charge = CostMeter.Cost(Price(fields), usage);
            var sound = input.Item1 is >= 0 and <= CostMeter.MostTokens && output.Item1 is >= 0 and <= CostMeter.MostTokens
                && input.Item2 >= 0 && input.Item3 >= 0 && input.Item4 >= 0 && output.Item2 >= 0 && output.Item3 >= 0
                && (Int128)input.Item2 + input.Item3 + input.Item4 <= input.Item1 && (Int128)output.Item2 + output.Item3 <= output.Item1;
            return charge.Cost >= Money.Zero && (sound || (charge.Flags & ChargeFlags.UsageClamped) != 0);
        });
    }

    [Fact]
    public void Metering_allocates_nothing()
    {
        var price = PriceBook.Embedded.Row("gpt-5.4");
        var usage = new TokenUsage { Prompt = 300_000, CachedPrompt = 1000, Completion = 1000, Reasoning = 10 };
        var first = CostMeter.Cost(price, usage);
        var again = default(Charge);
        Assert.Equal(0, Allocations.Least(() => again = CostMeter.Cost(price, usage)));
        Assert.Equal(first, again);
    }

    /// <summary>The same rules said again in plain decimals.</summary>
    private static decimal Exact(FrozenDictionary<string, decimal> fields, TokenUsage usage, ServiceTier tier)
    {
        var text = usage.Prompt - usage.CachedPrompt - usage.CacheWrite - usage.AudioPrompt;
        var input = Rate("input_cost_per_token");
        var output = Rate("output_cost_per_token");
        return (text * (input ?? 0))
            + (usage.CachedPrompt * (Rate("cache_read_input_token_cost") ?? input ?? 0))
            + (usage.CacheWrite * (Rate("cache_creation_input_token_cost") ?? input ?? 0))
            + (usage.AudioPrompt * (Rate("input_cost_per_audio_token") ?? input ?? 0))
            + ((usage.Completion - usage.Reasoning - usage.AudioCompletion) * (output ?? 0))
            + (usage.Reasoning * (Rate("output_cost_per_reasoning_token") ?? output ?? 0))
            + (usage.AudioCompletion * (Rate("output_cost_per_audio_token") ?? output ?? 0));

        decimal? Rate(string name)
        {
            var standard = Get(name);
            if (usage.Prompt > 32_000 && Get(name + "_above_32k_tokens") is { } medium)
            {
                standard = medium;
            }

            if (usage.Prompt > 200_000 && Get(name + "_above_200k_tokens") is { } large)
            {
                standard = large;
            }

            var aboveAny = fields.Keys.Any(key => (usage.Prompt > 200_000 && key.Contains("above_200k", StringComparison.Ordinal)) || (usage.Prompt > 32_000 && key.Contains("above_32k", StringComparison.Ordinal)));
            return tier != ServiceTier.Batch || Get(name + "_batches") is not { } batch ? standard
                : aboveAny && standard is { } s ? Math.Max(s, batch)
                : batch;
        }

        decimal? Get(string name) => fields.TryGetValue(name, out var value) ? value : null;
    }

    private static ModelPrice Price(params (string Name, decimal Value)[] fields) =>
        Price(fields.ToFrozenDictionary(static f => f.Name, static f => f.Value));

    private static ModelPrice Price(FrozenDictionary<string, decimal> fields) => new(new ModelFacts { Key = "test" }, fields);
}
