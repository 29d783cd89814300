using Weir.Gateway.Config;

namespace Weir.Gateway.Routing.Balancing;

/// <summary>Chooses one of the deployments that are fit for a request.</summary>
internal interface ILoadBalancer
{
    /// <summary>The strategy that it implements.</summary>
    RoutingStrategy Strategy { get; }

    /// <summary>The position of the chosen candidate.</summary>
    /// <param name="candidates">At least one.</param>
    /// <param name="context">Time, chance and settings.</param>
    int Pick(in CandidateSet candidates, in BalanceContext context);
}

/// <summary>What a strategy may look at besides the candidates.</summary>
/// <param name="Router">Settings in force.</param>
/// <param name="Now">The routing clock.</param>
/// <param name="Random">Chance.</param>
/// <param name="Streaming">The answer streams.</param>
internal readonly record struct BalanceContext(RouterConfig Router, long Now, Random Random, bool Streaming);
