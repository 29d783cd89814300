namespace Weir.Providers.Pricing;

/// <summary>What stands behind a cost, beside the amount.</summary>
[Flags]
public enum ChargeFlags
{
    /// <summary>Nothing to say: the amount is exact.</summary>
    None = 0,

    /// <summary>No price is known for something that was used: the amount is only the known part, often zero.</summary>
    PriceUnknown = 1,

    /// <summary>The upstream's counts contradict each other or are absurd; the amount is the dearest reading.</summary>
    UsageClamped = 2,

    /// <summary>The service tier has no price of its own; the standard one stood in.</summary>
    TierPriceMissing = 4,
}

/// <summary>A cost and how sure it is.</summary>
/// <param name="Cost">Rounded up once, to the next nano-dollar.</param>
/// <param name="Flags">What to know about it.</param>
public readonly record struct Charge(Money Cost, ChargeFlags Flags)
{
    /// <summary>False when the cost must not be read as "this was free".</summary>
    public bool Known => (Flags & ChargeFlags.PriceUnknown) == 0;
}
