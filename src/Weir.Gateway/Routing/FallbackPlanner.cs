using System.Collections.Immutable;
using Weir.Gateway.Config;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing;

/// <summary>What a request says about fallbacks.</summary>
/// <param name="Own">Its own <c>fallbacks</c>; null when it has none.</param>
/// <param name="Disabled"><c>disable_fallbacks</c>.</param>
internal readonly record struct FallbackTerms(IReadOnlyList<string>? Own, bool Disabled);

/// <summary>
/// Which groups come after a failed one. The kind of fault picks the list: context window and content policy have their own, everything
/// else the general one. A request's own list replaces the general one. Lists are looked up under the requested name, the group's name
/// and <c>*</c>, and a group that has no entry gets <c>default_fallbacks</c>. As in LiteLLM, the general list also serves the two special
/// kinds as long as nobody has written a list of that kind; once one is written, it alone says who may take such a request.
/// </summary>
internal static class FallbackPlanner
{
    private const string AnyGroup = "*";

    /// <summary>The names to try, in order, as written. Empty when there are none.</summary>
    /// <param name="match">The group that failed.</param>
    /// <param name="kind">How; null when no deployment could be picked.</param>
    /// <param name="terms">What the request says.</param>
    public static IReadOnlyList<string> NamesFor(in RouteMatch match, FaultKind? kind, FallbackTerms terms)
    {
        var router = match.Group.Router;
        if (terms.Disabled)
        {
            return [];
        }

        if (ListsOfClass(router, kind) is { IsEmpty: false } special)
        {
            return Find(special, match) is { } ofClass ? ofClass : router.DefaultFallbacks;
        }

        return terms.Own ?? (Find(router.Fallbacks, match) is { } general ? general : router.DefaultFallbacks);
    }

    /// <summary>True when the group has a list made for this very kind of fault, so that a retry in the group would only delay it.</summary>
    public static bool HasListOfClass(in RouteMatch match, FaultKind kind) =>
        ListsOfClass(match.Group.Router, kind) is { } lists && Find(lists, match) is { Length: > 0 };

    /// <summary>True when there is anyone to fall back to.</summary>
    public static bool HasAny(in RouteMatch match, FaultKind kind, FallbackTerms terms) => NamesFor(match, kind, terms).Count > 0;

    private static ImmutableDictionary<string, ImmutableArray<string>>? ListsOfClass(RouterConfig router, FaultKind? kind) => kind switch
    {
        FaultKind.ContextWindowExceeded => router.ContextWindowFallbacks,
        FaultKind.ContentPolicyViolation => router.ContentPolicyFallbacks,
        _ => null,
    };

    private static ImmutableArray<string>? Find(ImmutableDictionary<string, ImmutableArray<string>> lists, in RouteMatch match) =>
        lists.TryGetValue(match.RequestedModel, out var list)
        || lists.TryGetValue(match.MatchedModel, out list)
        || lists.TryGetValue(match.Group.Name, out list)
        || lists.TryGetValue(AnyGroup, out list) ? list : null;
}
