using System.Globalization;
using System.Net.Http.Headers;

namespace Weir.Providers.Upstream;

/// <summary>How long an upstream asks to be left alone.</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary><c>retry-after-ms</c> when present, else <c>Retry-After</c> as seconds or as a date; null when neither can be read.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, TimeProvider time)
    {
        if (First(headers, "retry-after-ms") is { } ms && Number(ms) is { } milliseconds)
        {
            return Span(milliseconds, TimeSpan.TicksPerMillisecond);
        }

        if (First(headers, "retry-after") is not { } text)
        {
            return null;
        }

        if (Number(text) is { } seconds)
        {
            return Span(seconds, TimeSpan.TicksPerSecond);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var date)
            ? Max(date - time.GetUtcNow(), TimeSpan.Zero)
            : null;
    }

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.First() : null;

    private static double? Number(string text) =>
        double.TryParse(text.AsSpan().Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    private static TimeSpan Span(double count, long ticks) =>
        count <= 0 ? TimeSpan.Zero : count * ticks >= Longest.Ticks ? Longest : TimeSpan.FromTicks((long)(count * ticks));

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
