using System.Text;
using Weir.Gateway.Config;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>The query of a call that is passed through. Parameters leave as they were written; a key of Weir's stays here.</summary>
internal static class PassThroughQuery
{
    private const int Longest = 8192;

    /// <summary>The query for a vendor: the caller's.</summary>
    /// <param name="query">As sent, with its question mark or empty.</param>
    /// <param name="keyParameter">A parameter that carries the key for Weir; null when there is none.</param>
    /// <exception cref="GatewayException">It is too long.</exception>
    internal static string OfVendor(string query, string? keyParameter) => Join(Pairs(query).Where(pair => keyParameter is null || NameOf(pair) != keyParameter));

    /// <summary>The query for an endpoint: the caller's before the target's before the defaults.</summary>
    /// <exception cref="GatewayException">It is too long.</exception>
    internal static string OfEndpoint(string query, PassThroughEndpoint endpoint)
    {
        var pairs = Pairs(query).ToList();
        if (pairs.Count == 0 || endpoint.MergeQuery)
        {
            var given = pairs.Select(NameOf).ToHashSet(StringComparer.Ordinal);
            pairs.InsertRange(0, Pairs(endpoint.Target.Query).Where(pair => !given.Contains(NameOf(pair))));
        }
        var named = pairs.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        pairs.AddRange(endpoint.DefaultQuery.Where(pair => !named.Contains(pair.Key)).Select(static pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        return Join(pairs);
    }

    private static IEnumerable<string> Pairs(string query) => query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static string NameOf(string pair)
    {
        var end = pair.IndexOf('=', StringComparison.Ordinal);
        return Uri.UnescapeDataString((end < 0 ? pair : pair[..end]).Replace('+', ' '));
    }

    private static string Join(IEnumerable<string> pairs)
    {
        var query = new StringBuilder().AppendJoin('&', pairs).ToString();
        return query.Length > Longest || query.AsSpan().ContainsAnyInRange('\0', ' ') || query.Contains('#', StringComparison.Ordinal)
            ? throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, $"The query is longer than {Longest} characters, or holds one that has to be escaped.") { Param = "query" })
            : query;
    }
}
