using Weir.Gateway.Config;

namespace Weir.Gateway.Routing.Balancing;

/// <summary>List 3: every load-balancing strategy. A new one is a file in this folder and a line here.</summary>
internal static class LoadBalancers
{
    private static readonly ILoadBalancer[] All =
    [
        new SimpleShuffle(),
        new LeastBusy(),
        new UsageBased(),
        new LatencyBased(),
        new CostBased(),
    ];

    // Indexed by the enum, so that the hot path reads an array.
    private static readonly ILoadBalancer[] ByStrategy = Index();

    /// <summary>The implementation of a strategy.</summary>
    public static ILoadBalancer For(RoutingStrategy strategy) => ByStrategy[(int)strategy];

    private static ILoadBalancer[] Index()
    {
        var strategies = Enum.GetValues<RoutingStrategy>();
        var index = new ILoadBalancer[strategies.Length];
        foreach (var strategy in strategies)
        {
            index[(int)strategy] = Array.Find(All, b => b.Strategy == strategy)
                ?? throw new InvalidOperationException($"No load balancer is listed for the strategy {strategy}.");
        }

        return index;
    }
}
