using Weir.Gateway.Config;

namespace Weir.Gateway.Routing.Balancing;

/// <summary>Fewest calls in flight; equals share by chance.</summary>
internal sealed class LeastBusy : ILoadBalancer
{
    public RoutingStrategy Strategy => RoutingStrategy.LeastBusy;

    public int Pick(in CandidateSet candidates, in BalanceContext context)
    {
        var lowest = new LowestOf(context.Random);
        for (var i = 0; i < candidates.Count; i++)
        {
            lowest.Add(i, candidates[i].State.InFlight);
        }

        return lowest.Position;
    }
}
