using System.Collections.Frozen;
using System.Collections.Immutable;
using Weir.Gateway.Config;

namespace Weir.Gateway.Routing;

/// <summary>The routes of one configuration: immutable, swapped whole on reload.</summary>
internal sealed class RoutingTable
{
    private readonly FrozenDictionary<string, RouteMatch> _names;
    private readonly FrozenDictionary<string, RouteMatch>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly FrozenDictionary<string, Deployment> _byId;
    private readonly RouteGroup[] _patterns;

    private RoutingTable(
        RouterConfig router, ImmutableArray<RouteGroup> groups, Dictionary<string, Deployment> byId, RouteGroup[] patterns)
    {
        Router = router;
        Groups = groups;
        _patterns = patterns;
        _byId = byId.ToFrozenDictionary(StringComparer.Ordinal);
        var names = NamesOf(groups, byId, router);
        AddAliases(names, router);
        _names = names.ToFrozenDictionary(StringComparer.Ordinal);
        _bySpan = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        VisibleModels = ListVisible(groups, router, _names);
    }

    /// <summary>The router's settings.</summary>
    public RouterConfig Router { get; }

    /// <summary>Every group, in file order.</summary>
    public ImmutableArray<RouteGroup> Groups { get; }

    /// <summary>What <c>/models</c> may list: groups in file order, then aliases that are not hidden.</summary>
    public ImmutableArray<VisibleModel> VisibleModels { get; }

    /// <summary>Every deployment by id.</summary>
    public ImmutableArray<Deployment> Deployments => _byId.Values;

    /// <summary>Builds the routes of a configuration on the state that outlives it.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="state">Runtime state; new ids get an entry. Call <see cref="RoutingState.Keep"/> when the table comes into force.</param>
    /// <param name="create">Makes a deployment of the snapshot; the pipeline attaches its compiled target here.</param>
    public static RoutingTable Build(
        GatewayConfig config, RoutingState state, Func<DeploymentConfig, DeploymentState, Deployment> create)
    {
        var members = new Dictionary<string, List<Deployment>>(StringComparer.Ordinal);
        var order = new List<string>();
        var byId = new Dictionary<string, Deployment>(StringComparer.Ordinal);
        foreach (var entry in config.Deployments)
        {
            var deployment = create(entry, state.Get(entry.Id));
            byId.TryAdd(entry.Id, deployment);
            if (!members.TryGetValue(entry.ModelGroup, out var list))
            {
                members.Add(entry.ModelGroup, list = []);
                order.Add(entry.ModelGroup);
            }

            list.Add(deployment);
        }

        var groups = order.Select(name => new RouteGroup(name, [.. members[name]], config.Router)).ToImmutableArray();

        // More literal text is more specific; then fewer stars; then file order (the sort is stable).
        var patterns = groups.Where(g => g.Pattern is not null)
            .OrderByDescending(g => g.Pattern?.LiteralLength).ThenBy(g => g.Pattern?.Stars).ToArray();
        return new RoutingTable(config.Router, groups, byId, patterns);
    }

    /// <summary>
    /// Finds the group for a model name: alias, exact name, deployment id, wildcard (the most specific first, so <c>*</c> last).
    /// Null when nobody serves it. Does not allocate for plain names.
    /// </summary>
    public RouteMatch? Resolve(ReadOnlySpan<char> requestedModel) =>
        _bySpan.TryGetValue(requestedModel, out var match) ? match
        : FindPattern(requestedModel) is { } group ? Wild(group, requestedModel.ToString())
        : null;

    /// <inheritdoc cref="Resolve(ReadOnlySpan{char})"/>
    public RouteMatch? Resolve(string requestedModel) =>
        _names.TryGetValue(requestedModel, out var match) ? match
        : FindPattern(requestedModel) is { } group ? Wild(group, requestedModel)
        : null;

    /// <summary>The deployment with an id, or null.</summary>
    public Deployment? FindDeployment(string id) => _byId.GetValueOrDefault(id);

    /// <summary>True when the configuration names the deployment.</summary>
    public bool HasDeployment(string id) => _byId.ContainsKey(id);

    private static RouteMatch Wild(RouteGroup group, string requested) => new(group, requested, requested);

    private RouteGroup? FindPattern(ReadOnlySpan<char> name)
    {
        foreach (var group in _patterns)
        {
            if (group.Pattern is { } pattern && pattern.Matches(name))
            {
                return group;
            }
        }

        return null;
    }

    private static Dictionary<string, RouteMatch> NamesOf(
        ImmutableArray<RouteGroup> groups, Dictionary<string, Deployment> byId, RouterConfig router)
    {
        var names = new Dictionary<string, RouteMatch>(StringComparer.Ordinal);
        foreach (var group in groups)
        {
            // A pattern's own text is a name too: a client may ask for "openai/*" after reading it in /models.
            names.Add(group.Name, new RouteMatch(group, group.Name, group.Name));
        }

        foreach (var (id, deployment) in byId)
        {
            if (ModelPattern.IsPattern(deployment.Config.ModelGroup))
            {
                // Its id alone doesn't say which model is meant.
                continue;
            }

            var pinned = new RouteGroup(deployment.Config.ModelGroup, [deployment], router, names[deployment.Config.ModelGroup].Group.Count);
            names.TryAdd(id, new RouteMatch(pinned, deployment.Config.ModelGroup, id));
        }

        return names;
    }

    private void AddAliases(Dictionary<string, RouteMatch> names, RouterConfig router)
    {
        // Looked up among the names as they were, so that an alias of an alias is not followed.
        var targets = new List<RouteMatch>();
        foreach (var (alias, target) in router.Aliases)
        {
            if (names.TryGetValue(target.Group, out var match))
            {
                targets.Add(match with { RequestedModel = alias });
            }
            else if (FindPattern(target.Group) is { } group)
            {
                targets.Add(new RouteMatch(group, target.Group, alias));
            }
        }

        foreach (var match in targets)
        {
            names[match.RequestedModel] = match;
        }
    }

    private static ImmutableArray<VisibleModel> ListVisible(
        ImmutableArray<RouteGroup> groups, RouterConfig router, FrozenDictionary<string, RouteMatch> names)
    {
        var visible = ImmutableArray.CreateBuilder<VisibleModel>();
        foreach (var group in groups)
        {
            visible.Add(new VisibleModel(group.Name, group, IsAlias: false));
        }

        foreach (var (alias, target) in router.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            if (!target.Hidden && names.TryGetValue(alias, out var match) && groups.All(g => g.Name != alias))
            {
                visible.Add(new VisibleModel(alias, match.Group, IsAlias: true));
            }
        }

        return visible.ToImmutable();
    }
}

/// <summary>One line of <c>/models</c>.</summary>
/// <param name="Name">The name that a client sends.</param>
/// <param name="Group">What it leads to.</param>
/// <param name="IsAlias">It comes from <c>model_group_alias</c>.</param>
internal readonly record struct VisibleModel(string Name, RouteGroup Group, bool IsAlias)
{
    /// <summary>The name stands for many models.</summary>
    public bool IsWildcard => ModelPattern.IsPattern(Name);
}
