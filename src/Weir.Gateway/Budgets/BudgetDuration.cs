using System.Globalization;

namespace Weir.Gateway.Budgets;

/// <summary>What a budget's length is counted in.</summary>
public enum DurationUnit : byte
{
    /// <summary>It has no end.</summary>
    Never,

    /// <summary>Seconds, minutes and hours.</summary>
    Second,

    /// <summary>Days of the calendar.</summary>
    Day,

    /// <summary>Months of the calendar.</summary>
    Month,
}

/// <summary>A budget's length as LiteLLM writes it: <c>30s</c>, <c>30m</c>, <c>24h</c>, <c>7d</c>, <c>1w</c>, <c>1mo</c>; empty for never.</summary>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Count">How many of them.</param>
public readonly record struct BudgetDuration(DurationUnit Unit, int Count)
{
    private const int Longest = 100 * 366;

    /// <summary>Its seconds, where it is counted in them.</summary>
    public long Seconds => Unit == DurationUnit.Second ? Count : 0;

    /// <summary>Reads a length; false when it is none.</summary>
    public static bool TryParse(string text, out BudgetDuration duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        duration = default;
        if (text.Length == 0)
        {
            return true;
        }
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }
        if (digits is 0 or > 9 || !int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return false;
        }
        (DurationUnit Unit, long Factor) unit = text[digits..] switch
        {
            "s" => (DurationUnit.Second, 1),
            "m" => (DurationUnit.Second, 60),
            "h" => (DurationUnit.Second, 3600),
            "d" => (DurationUnit.Day, 1),
            "w" => (DurationUnit.Day, 7),
            "mo" => (DurationUnit.Month, 1),
            _ => default,
        };
        var total = count * unit.Factor;
        var limit = unit.Unit switch { DurationUnit.Second => Longest * 86_400L, DurationUnit.Day => Longest, DurationUnit.Month => 1200, _ => 0 };
        if (unit.Factor == 0 || total > Math.Min(limit, int.MaxValue))
        {
            return false;
        }
        // A day is one of the calendar however it is written.
        duration = unit.Unit == DurationUnit.Second && total % 86_400 == 0
            ? new BudgetDuration(DurationUnit.Day, (int)(total / 86_400))
            : new BudgetDuration(unit.Unit, (int)total);
        return true;
    }
}
