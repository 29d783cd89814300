using System.Globalization;

namespace Weir.Gateway.Admin;

/// <summary>Spans of time as LiteLLM writes them: <c>30s</c>, <c>30m</c>, <c>24h</c>, <c>7d</c>, <c>1w</c>, <c>1mo</c>.</summary>
internal static class Durations
{
    private const int MostYears = 100;

    /// <summary>Whether a text is one.</summary>
    internal static bool IsOne(string text) => TryRead(text, out _, out _);

    /// <summary>The instant that lies so far after another; null when the text is no span.</summary>
    internal static DateTimeOffset? After(DateTimeOffset start, string text) => TryRead(text, out var count, out var unit)
        ? unit switch
        {
            "s" => start.AddSeconds(count),
            "m" => start.AddMinutes(count),
            "h" => start.AddHours(count),
            "d" => start.AddDays(count),
            "w" => start.AddDays(7L * count),
            _ => start.AddMonths(count),
        }
        : null;

    /// <summary>Its length in days, to compare two of them; a month is 30.</summary>
    internal static double? DaysOf(string text) => TryRead(text, out var count, out var unit)
        ? count * unit switch { "s" => 1.0 / 86_400, "m" => 1.0 / 1440, "h" => 1.0 / 24, "d" => 1, "w" => 7, _ => 30 }
        : null;

    private static bool TryRead(string text, out int count, out string unit)
    {
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }
        unit = text[digits..];
        if (!int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out count) || count == 0)
        {
            return false;
        }
        const double year = 366;
        return unit switch
        {
            "s" => count <= MostYears * year * 86_400,
            "m" => count <= MostYears * year * 1440,
            "h" => count <= MostYears * year * 24,
            "d" => count <= MostYears * year,
            "w" => count <= MostYears * year / 7,
            "mo" => count <= MostYears * 12,
            _ => false,
        };
    }
}
