using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Tests.Routing;

/// <summary>A routing room on a fake clock and a seeded random source.</summary>
internal sealed class RoutingSetup
{
    public const int Seed = 20260921;

    public RoutingSetup(RouterConfig router, params DeploymentConfig[] deployments)
    {
        State = new RoutingState(Time);
        Picker = new DeploymentPicker(State.Clock, Random);
        Retries = new RetryPlanner(Picker, Random);
        Table = Load(router, deployments);
    }

    public RoutingSetup(params DeploymentConfig[] deployments)
        : this(new RouterConfig(), deployments)
    {
    }

    public FakeTimeProvider Time { get; } = new();

    public Random Random { get; } = new(Seed);

    public RoutingState State { get; }

    public DeploymentPicker Picker { get; }

    public RetryPlanner Retries { get; }

    public RoutingTable Table { get; private set; }

    public static DeploymentConfig Entry(string id, string group = "m", string upstream = "up") => new()
    {
        Id = id,
        ModelGroup = group,
        Provider = "openai",
        UpstreamModel = upstream,
        LiteLlmModel = "openai/" + upstream,
    };

    public static UpstreamFault Fault(FaultKind kind, double? retryAfterSeconds = null) => new(kind, 0, "planted")
    {
        RetryAfter = retryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    public RoutingTable Load(RouterConfig router, params DeploymentConfig[] deployments)
    {
        var config = new GatewayConfig { Router = router, Deployments = [.. deployments] };
        Table = RoutingTable.Build(config, State, static (entry, state) => new Deployment(entry, state));
        State.Keep(Table);
        return Table;
    }

    public RouteMatch Match(string model = "m") => Table.Resolve(model) ?? throw new InvalidOperationException($"Nobody serves '{model}'.");

    public Deployment Deployment(string id) => Table.FindDeployment(id) ?? throw new InvalidOperationException($"No deployment '{id}'.");

    /// <summary>Picks and leaves the call in flight.</summary>
    public string Begin(in PickContext context = default, string model = "m")
    {
        var result = Picker.Pick(Match(model), context);
        return result.Picked ? result.Deployment.Id : throw new InvalidOperationException($"Refused: {result.Refusal.Kind}.");
    }

    /// <summary>Picks and ends the call at once.</summary>
    public string Pick(in PickContext context = default, string model = "m")
    {
        var id = Begin(context, model);
        Deployment(id).State.End();
        return id;
    }

    public NoDeployment Refusal(in PickContext context = default, string model = "m") =>
        Picker.Pick(Match(model), context).Refusal ?? throw new InvalidOperationException("It picked one.");

    /// <summary>Which deployments come up in many picks.</summary>
    public SortedSet<string> Reachable(in PickContext context = default, string model = "m")
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 300; i++)
        {
            seen.Add(Pick(context, model));
        }

        return seen;
    }
}
