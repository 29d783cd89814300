using System.Globalization;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire;

/// <summary>What a fault says about coming back, as headers.</summary>
internal static class RetryHeaders
{
    public static IEnumerable<KeyValuePair<string, string>> Of(Fault fault)
    {
        if (fault.RetryAfter is { } after)
        {
            yield return new("Retry-After", after);
        }

        if (fault.RetryAfterMs is { } milliseconds)
        {
            yield return new("retry-after-ms", milliseconds.ToString(CultureInfo.InvariantCulture));
        }

        if (fault.Location is { } location)
        {
            yield return new("Location", location);
        }
    }
}
