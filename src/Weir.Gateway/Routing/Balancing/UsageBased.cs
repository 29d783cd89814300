using Weir.Gateway.Config;

namespace Weir.Gateway.Routing.Balancing;

/// <summary>Fewest tokens in this minute; equals share by chance. Deployments over their limit were left out before.</summary>
internal sealed class UsageBased : ILoadBalancer
{
    public RoutingStrategy Strategy => RoutingStrategy.UsageBased;

    public int Pick(in CandidateSet candidates, in BalanceContext context)
    {
        var lowest = new LowestOf(context.Random);
        for (var i = 0; i < candidates.Count; i++)
        {
            lowest.Add(i, candidates[i].State.Used(context.Now).Tokens);
        }

        return lowest.Position;
    }
}
