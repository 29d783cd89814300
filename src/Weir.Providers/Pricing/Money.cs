using System.Globalization;

namespace Weir.Providers.Pricing;

/// <summary>An amount of US dollars as a 64-bit count of nano-dollars (1e-9 USD). Nine billion dollars fit.</summary>
/// <param name="Nanos">Nano-dollars.</param>
public readonly record struct Money(long Nanos) : IComparable<Money>
{
    /// <summary>Nothing.</summary>
    public static readonly Money Zero;

    /// <summary>Exact dollars, rounded up to the next nano-dollar.</summary>
    /// <exception cref="OverflowException">The amount does not fit.</exception>
    public static Money FromDollarsRoundedUp(decimal dollars) => new(checked((long)decimal.Ceiling(dollars * 1_000_000_000m)));

    /// <summary>The amount in dollars, exact.</summary>
    public decimal Dollars => Nanos / 1_000_000_000m;

    /// <inheritdoc/>
    public int CompareTo(Money other) => Nanos.CompareTo(other.Nanos);

    /// <summary>Sum; throws on overflow.</summary>
    public static Money operator +(Money a, Money b) => new(checked(a.Nanos + b.Nanos));

    /// <summary>Difference; throws on overflow.</summary>
    public static Money operator -(Money a, Money b) => new(checked(a.Nanos - b.Nanos));

    /// <summary>Less than.</summary>
    public static bool operator <(Money a, Money b) => a.Nanos < b.Nanos;

    /// <summary>Greater than.</summary>
    public static bool operator >(Money a, Money b) => a.Nanos > b.Nanos;

    /// <summary>Less than or equal.</summary>
    public static bool operator <=(Money a, Money b) => a.Nanos <= b.Nanos;

    /// <summary>Greater than or equal.</summary>
    public static bool operator >=(Money a, Money b) => a.Nanos >= b.Nanos;

    /// <summary>Plain decimal dollars, e.g. <c>0.000012345</c>.</summary>
    public override string ToString() => Dollars.ToString("0.#########", CultureInfo.InvariantCulture);
}
