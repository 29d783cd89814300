using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing;

/// <summary>
/// The fallbacks of one request, given out one by one. A fallback that fails brings its own list, which goes before what is left of the
/// first; no route is given twice, and no more than <c>max_fallbacks</c> in all. Made when the first group has failed.
/// </summary>
internal sealed class FallbackSequence
{
    private readonly RoutingTable _table;
    private readonly FallbackTerms _terms;
    private readonly HashSet<(RouteGroup Group, string Model)> _seen = [];
    private readonly LinkedList<string> _pending = new();
    private readonly List<string> _unknown = [];
    private readonly int _most;
    private readonly Func<RouteMatch, bool>? _allows;
    private bool _first = true;

    /// <summary>Starts the sequence.</summary>
    /// <param name="table">The table that the request began on.</param>
    /// <param name="terms">What the request says about fallbacks.</param>
    /// <param name="allows">Which routes may be given; others are skipped. Null for all.</param>
    public FallbackSequence(RoutingTable table, FallbackTerms terms, Func<RouteMatch, bool>? allows = null)
    {
        _allows = allows;
        _table = table;
        _terms = terms;
        _most = table.Router.MaxFallbacks;
    }

    /// <summary>Fallbacks given out (<c>x-litellm-attempted-fallbacks</c>).</summary>
    public int Given { get; private set; }

    /// <summary>Names in the lists that lead nowhere; skipped.</summary>
    public IReadOnlyList<string> Unknown => _unknown;

    /// <summary>The next route to try, or null when there is none.</summary>
    /// <param name="failed">The route that has just failed.</param>
    /// <param name="kind">How; null when no deployment could be picked.</param>
    public RouteMatch? Next(in RouteMatch failed, FaultKind? kind)
    {
        _seen.Add((failed.Group, failed.MatchedModel));

        // The request's own list speaks of the model that it asked for, not of the fallbacks.
        var terms = _first ? _terms : _terms with { Own = null };
        _first = false;
        Prepend(FallbackPlanner.NamesFor(failed, kind, terms));
        while (Given < _most && _pending.First is { } node)
        {
            _pending.RemoveFirst();
            if (_table.Resolve(node.Value) is not { } match)
            {
                _unknown.Add(node.Value);
            }
            else if (_seen.Add((match.Group, match.MatchedModel)) && _allows?.Invoke(match) is not false)
            {
                Given++;
                return match;
            }
        }

        return null;
    }

    private void Prepend(IReadOnlyList<string> names)
    {
        for (var i = names.Count - 1; i >= 0; i--)
        {
            _pending.AddFirst(names[i]);
        }
    }
}
