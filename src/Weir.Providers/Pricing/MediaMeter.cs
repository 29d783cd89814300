using System.Globalization;
using Weir.Providers.Neutral;

namespace Weir.Providers.Pricing;

/// <summary>
/// What calls cost that are sold in other units than tokens: images and their pixels, characters, seconds, searches. A unit that is sold and
/// whose count is not known is flagged, never free.
/// </summary>
public static class MediaMeter
{
    /// <summary>No call has more of anything; a larger count is an upstream's slip and is cut.</summary>
    private const decimal Most = 1_000_000_000m;

    /// <summary>The size that the vendors make when none is named, and that LiteLLM charges.</summary>
    private const string UsualSize = "1024x1024";

    /// <summary>Images: by tokens where the answer counts them and the model is sold by them, else by image, else by pixel.</summary>
    public static Charge Images(ModelPrice? price, in TokenUsage usage, in MediaUse use, ServiceTier tier = ServiceTier.Standard)
    {
        if (price is null)
        {
            return Unknown;
        }
        if (!usage.IsEmpty && SoldByTokens(price))
        {
            return CostMeter.Cost(price, usage, tier);
        }
        if ((price.Field("output_cost_per_image") ?? price.Field("input_cost_per_image")) is { } each)
        {
            return Of(each * Bounded(use.Images));
        }
        return (price.Field("output_cost_per_pixel") ?? 0) + (price.Field("input_cost_per_pixel") ?? 0) is > 0 and var pixel && Pixels(use.Size ?? UsualSize) is { } pixels
            ? Of(pixel * pixels * Bounded(use.Images))
            : Unknown;
    }

    /// <summary>Speech: by tokens where the answer counts them, else by character of the text. Of a voice sold by tokens without a count only the text is known.</summary>
    public static Charge Speech(ModelPrice? price, in TokenUsage usage, long characters)
    {
        if (price is null)
        {
            return Unknown;
        }
        if ((price.Field("input_cost_per_character") ?? price.Field("output_cost_per_character")) is { } each)
        {
            return Of(each * Bounded(characters));
        }
        if (usage.IsEmpty || !SoldByTokens(price))
        {
            return Unknown;
        }
        var charge = CostMeter.Cost(price, usage);
        return usage.Completion > 0 ? charge : charge with { Flags = charge.Flags | ChargeFlags.PriceUnknown };
    }

    /// <summary>Speech written down: by tokens where the answer counts them and the model is sold by them, else by second of audio.</summary>
    public static Charge Transcription(ModelPrice? price, in TokenUsage usage, in MediaUse use)
    {
        if (price is null)
        {
            return Unknown;
        }
        if (!usage.IsEmpty && SoldByTokens(price))
        {
            return CostMeter.Cost(price, usage);
        }
        var each = price.Field("output_cost_per_second") is > 0 and var output ? output : price.Field("input_cost_per_second");
        return each is { } rate && use.Seconds is { } seconds ? Of(rate * Bounded(seconds)) : Unknown;
    }

    /// <summary>Reranks: by search (one where the answer says nothing), else by token.</summary>
    public static Charge Rerank(ModelPrice? price, in TokenUsage usage, in MediaUse use)
    {
        if (price is null)
        {
            return Unknown;
        }
        if (price.Field("input_cost_per_query") is { } each)
        {
            return Of(each * Bounded(use.Searches ?? 1));
        }
        return usage.IsEmpty || !SoldByTokens(price) ? Unknown : CostMeter.Cost(price, usage);
    }

    private static Charge Unknown => new(Money.Zero, ChargeFlags.PriceUnknown);

    private static bool SoldByTokens(ModelPrice price) => price.InputPerToken is > 0 || price.OutputPerToken is > 0 || price.IsFree;

    private static decimal Bounded(decimal count) => Math.Clamp(count, 0, Most);

    private static Charge Of(decimal dollars) => dollars > long.MaxValue / 1_000_000_000m
        ? new Charge(new Money(long.MaxValue), ChargeFlags.UsageClamped)
        : new Charge(Money.FromDollarsRoundedUp(dollars), ChargeFlags.None);

    private static decimal? Pixels(string size)
    {
        var x = size.IndexOf('x', StringComparison.Ordinal);
        return x > 0 && int.TryParse(size.AsSpan(0, x), NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(size.AsSpan(x + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height) && width is > 0 and <= 100_000 && height is > 0 and <= 100_000
            ? (decimal)width * height
            : null;
    }
}
