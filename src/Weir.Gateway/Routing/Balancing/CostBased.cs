using Weir.Gateway.Config;

namespace Weir.Gateway.Routing.Balancing;

/// <summary>Lowest price of a prompt token plus an answer token; an unknown price counts as 1 USD. Equals share by chance.</summary>
internal sealed class CostBased : ILoadBalancer
{
    private const decimal Unknown = 1m;

    public RoutingStrategy Strategy => RoutingStrategy.CostBased;

    public int Pick(in CandidateSet candidates, in BalanceContext context)
    {
        var lowest = new LowestOf(context.Random);
        for (var i = 0; i < candidates.Count; i++)
        {
            var deployment = candidates[i];
            lowest.Add(i, (double)((deployment.InputCostPerToken ?? Unknown) + (deployment.OutputCostPerToken ?? Unknown)));
        }

        return lowest.Position;
    }
}
