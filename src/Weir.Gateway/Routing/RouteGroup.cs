using Weir.Gateway.Config;

namespace Weir.Gateway.Routing;

/// <summary>The deployments that share a public name, with the settings in force for them. Part of a snapshot.</summary>
internal sealed class RouteGroup
{
    private readonly Deployment[] _deployments;

    internal RouteGroup(string name, Deployment[] deployments, RouterConfig router, int? pinnedOf = null, ModelPattern? pattern = null)
    {
        Name = name;
        _deployments = deployments;
        Router = router;
        IsPinned = pinnedOf is not null;
        Siblings = pinnedOf ?? deployments.Length;
        Pattern = pattern ?? (pinnedOf is null && ModelPattern.IsPattern(name) ? new ModelPattern(name) : null);
        AccessGroups = Array.TrueForAll(deployments, static deployment => deployment.Config.Info.AccessGroups.IsDefaultOrEmpty) ? []
            : [.. deployments.SelectMany(static deployment => deployment.Config.Info.AccessGroups).Distinct(StringComparer.Ordinal)];
        Strategy = router.GroupStrategies.TryGetValue(name, out var own) ? own : router.Strategy;
    }

    /// <summary>The same group with one choice left: what a caller goes on with is known to <paramref name="deployment"/> alone.</summary>
    internal RouteGroup PinnedTo(Deployment deployment) => new(Name, [deployment], Router, Siblings, Pattern);

    /// <summary>The public name (<c>model_name</c>).</summary>
    public string Name { get; }

    /// <summary>Names of the sets of models that it belongs to (<c>model_info.access_groups</c>).</summary>
    public IReadOnlyList<string> AccessGroups { get; }

    /// <summary>In file order.</summary>
    public ReadOnlySpan<Deployment> Deployments => _deployments;

    /// <summary>How many.</summary>
    public int Count => _deployments.Length;

    /// <summary>How many deployments share the public name; for a pinned one, how many its group has.</summary>
    public int Siblings { get; }

    /// <summary>The router's settings of the same snapshot.</summary>
    public RouterConfig Router { get; }

    /// <summary>The group's strategy.</summary>
    public RoutingStrategy Strategy { get; }

    /// <summary>The wildcard, or null for a plain name.</summary>
    public ModelPattern? Pattern { get; }

    /// <summary>Requests and tokens per minute are limits here; else they are only weights.</summary>
    public bool CountsRates => Strategy == RoutingStrategy.UsageBased || Router.EnablePreCallChecks;

    /// <summary>A deployment that was asked for by its id: the only choice, so that cooldown, tags and health don't count.</summary>
    public bool IsPinned { get; }
}
