using Weir.Gateway.Access;

namespace Weir.Storage.Postgres;

/// <summary>
/// Windows as arrays for <c>unnest</c>, in the one order in which everybody locks them, so that nobody waits for another in a circle.
/// </summary>
internal sealed class WindowKeys
{
    private WindowKeys(List<SpendCharge> windows)
    {
        Kinds = [.. windows.Select(window => ScopeNames.Of(window.Scope.Kind))];
        Ids = [.. windows.Select(window => PostgresSql.Clean(window.Scope.Id))];
        Durations = [.. windows.Select(window => window.Window)];
        Starts = [.. windows.Select(window => window.WindowStart)];
        Nanos = [.. windows.Select(window => window.Nanos)];
    }

    /// <summary>How many.</summary>
    public int Count => Kinds.Length;

    public string[] Kinds { get; }

    public string[] Ids { get; }

    public string[] Durations { get; }

    public long[] Starts { get; }

    /// <summary>The sum of each.</summary>
    public long[] Nanos { get; }

    /// <summary>The windows of charges or slices, each once, with the sum of what stood there.</summary>
    public static WindowKeys Of(IEnumerable<SpendCharge> charges) => new([.. charges
        .GroupBy(charge => (charge.Scope.Kind, Id: PostgresSql.Clean(charge.Scope.Id), charge.Window, charge.WindowStart))
        .Select(window => new SpendCharge(new Scope(window.Key.Kind, window.Key.Id), window.Key.Window, window.Key.WindowStart, 0, window.Sum(charge => charge.Nanos)))
        .OrderBy(window => window.Scope.Kind).ThenBy(window => window.Scope.Id, StringComparer.Ordinal)
        .ThenBy(window => window.Window, StringComparer.Ordinal).ThenBy(window => window.WindowStart)]);
}
