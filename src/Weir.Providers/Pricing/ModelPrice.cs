using System.Collections.Frozen;

namespace Weir.Providers.Pricing;

/// <summary>The prices and facts of one model. Immutable; made once per deployment, read on every request.</summary>
public sealed class ModelPrice
{
    private readonly PriceRates[] standard;
    private readonly PriceRates[] priority;
    private readonly PriceRates[] flex;
    private readonly PriceRates[] batch;

    internal ModelPrice(ModelFacts facts, FrozenDictionary<string, decimal> fields)
    {
        Facts = facts;
        Fields = fields;
        standard = PriceRates.Compile(fields, ServiceTier.Standard);
        priority = PriceRates.Compile(fields, ServiceTier.Priority);
        flex = PriceRates.Compile(fields, ServiceTier.Flex);
        batch = PriceRates.Compile(fields, ServiceTier.Batch);
        IsFree = standard[^1] is { InputKnown: true, OutputKnown: true } && fields.Values.All(static rate => rate == 0);
        UnitsUnmetered = !IsFree && standard[^1].Input == 0 && standard[^1].Output == 0 && standard[^1].Request == 0;
    }

    /// <summary>What the model is and can do.</summary>
    public ModelFacts Facts { get; }

    /// <summary>Every price by LiteLLM's field name, in USD per unit.</summary>
    public IReadOnlyDictionary<string, decimal> Fields { get; }

    /// <summary>True when input and output are both written as 0 and nothing else costs: such a model needs no budget.</summary>
    public bool IsFree { get; }

    /// <summary>
    /// True when the row sells another unit than tokens (seconds, pages, images) or has no price at all: tokens then say nothing
    /// about the cost.
    /// </summary>
    internal bool UnitsUnmetered { get; }

    /// <summary>USD per input token, or null when not known.</summary>
    public decimal? InputPerToken => Field("input_cost_per_token");

    /// <summary>USD per output token, or null when not known.</summary>
    public decimal? OutputPerToken => Field("output_cost_per_token");

    /// <summary>USD per unit of one of LiteLLM's price fields, or null when not known.</summary>
    public decimal? Field(string name) => Fields.TryGetValue(name, out var value) ? value : null;

    /// <summary>
    /// This price with those fields of a deployment put over it. A written <c>input_cost_per_token</c> takes over the whole input
    /// side (the book's cache, audio and long-context prices belong to another list and are dropped, unless written too); so does
    /// <c>output_cost_per_token</c> for the output side.
    /// </summary>
    /// <exception cref="ArgumentException">A price is negative or absurd; the message names the field.</exception>
    public ModelPrice With(IReadOnlyDictionary<string, decimal> overrides)
    {
        if (overrides.Count == 0)
        {
            return this;
        }

        var inputSide = overrides.ContainsKey("input_cost_per_token");
        var outputSide = overrides.ContainsKey("output_cost_per_token");
        var merged = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (name, value) in Fields)
        {
            var isOutput = name.StartsWith("output_", StringComparison.Ordinal);
            if (!(isOutput ? outputSide : inputSide))
            {
                merged[name] = value;
            }
        }

        foreach (var (name, value) in overrides)
        {
            if (Problem(value) is { } problem)
            {
                throw new ArgumentException($"{name}: {problem}", nameof(overrides));
            }

            merged[name] = value;
        }

        return new ModelPrice(Facts, merged.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>Why a number cannot be a price, in words for the operator; null when it can.</summary>
    public static string? Problem(decimal dollarsPerUnit) => dollarsPerUnit switch
    {
        < 0 => $"{dollarsPerUnit} is negative; a price is 0 or more, in USD per unit",
        > PriceRates.DearestPerUnit => $"{dollarsPerUnit} is more than a million USD per unit; prices are in USD per token, second or image",
        _ => null,
    };

    /// <summary>The rates of a tier, the steepest threshold first; the last one applies from the first token.</summary>
    internal ReadOnlySpan<PriceRates> Steps(ServiceTier tier) => tier switch
    {
        ServiceTier.Priority => priority,
        ServiceTier.Flex => flex,
        ServiceTier.Batch => batch,
        _ => standard,
    };

    /// <summary>The rates for a request with so many input tokens: above a threshold the whole request is billed at that step.</summary>
    internal PriceRates Rates(ServiceTier tier, long promptTokens)
    {
        var steps = Steps(tier);
        foreach (var step in steps)
        {
            if (promptTokens > step.AboveTokens)
            {
                return step;
            }
        }

        return steps[^1];
    }
}
