using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Gateway.Config;
using Weir.Gateway.Routing.Balancing;

namespace Weir.Gateway.Routing;

/// <summary>
/// Picks a deployment of a group. Each step strikes out candidates; the strategy chooses among the rest:
/// tried before, cooling down, at a limit, context too small, wrong tags, down by the last probe, later priority level.
/// </summary>
/// <param name="clock">The clock of the routing state.</param>
/// <param name="random">Chance; must be safe for concurrent use.</param>
internal sealed class DeploymentPicker(RoutingClock clock, Random random)
{
    private const int OnStack = 64;

    /// <summary>
    /// Picks a deployment and counts a call on it as begun: follow a pick with exactly one <see cref="DeploymentState.End"/>.
    /// Does not allocate when it picks.
    /// </summary>
    [SkipLocalsInit]
    public PickResult Pick(in RouteMatch match, in PickContext context)
    {
        var group = match.Group;
        int[]? rented = null;
        Span<int> buffer = group.Count <= OnStack ? stackalloc int[OnStack] : (rented = ArrayPool<int>.Shared.Rent(group.Count));
        try
        {
            var steps = new PickSteps(group, context, clock.Now, buffer);
            return steps.Run() is { } emptied
                ? new PickResult { Refusal = steps.Explain(match, emptied), Counts = steps.Counts }
                : Choose(match, ref steps);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<int>.Shared.Return(rented);
            }
        }
    }

    /// <summary>
    /// Begins another call on a deployment already chosen, for a retry that must stay where it was. Cooldown and strategy don't count;
    /// limits do.
    /// </summary>
    public PickResult PickAgain(in RouteMatch match, Deployment deployment)
    {
        var now = clock.Now;
        var counts = new PickCounts { Total = match.Group.Count, Eligible = 1 };
        return TryBegin(match.Group, deployment, now)
            ? new PickResult { Deployment = deployment, Counts = counts }
            : new PickResult
            {
                Refusal = new NoDeployment(NoDeploymentKind.OverLimit, match.RequestedModel) { RetryAfter = PickSteps.ParallelWait },
                Counts = counts,
            };
    }

    /// <summary>What is left to try after a failure: asked before a retry, counts nothing as begun.</summary>
    [SkipLocalsInit]
    public PickOutlook LookAhead(in RouteMatch match, in PickContext context, int atOrder)
    {
        var group = match.Group;
        int[]? rented = null;
        Span<int> buffer = group.Count <= OnStack ? stackalloc int[OnStack] : (rented = ArrayPool<int>.Shared.Rent(group.Count));
        try
        {
            var steps = new PickSteps(group, context, clock.Now, buffer);
            steps.RunUntilOrder();
            var (here, later) = (0, 0);
            for (var i = 0; i < steps.Candidates.Count; i++)
            {
                if (steps.Candidates[i].Order <= atOrder)
                {
                    here++;
                }
                else
                {
                    later++;
                }
            }

            return new PickOutlook(here, later);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<int>.Shared.Return(rented);
            }
        }
    }

    private PickResult Choose(in RouteMatch match, ref PickSteps steps)
    {
        var group = match.Group;
        var balancer = LoadBalancers.For(group.Strategy);
        var balance = new BalanceContext(group.Router, steps.Now, random, steps.Context.Streaming);
        while (true)
        {
            var position = balancer.Pick(steps.Candidates, balance);
            var deployment = steps.Candidates[position];
            if (TryBegin(group, deployment, steps.Now))
            {
                return new PickResult { Deployment = deployment, Counts = steps.Counts };
            }

            // Another caller took the last place between the look and the count.
            steps.Candidates.RemoveAt(position);
            steps.Counts.OverLimit++;
            steps.Counts.Eligible--;
            if (steps.Candidates.Count == 0)
            {
                return new PickResult { Refusal = steps.Explain(match, NoDeploymentKind.OverLimit), Counts = steps.Counts };
            }
        }
    }

    private static bool TryBegin(RouteGroup group, Deployment deployment, long now) => deployment.State.TryBegin(
        deployment.Config.MaxParallelRequests ?? group.Router.DefaultMaxParallelRequests,
        group.CountsRates ? deployment.Config.Rpm : null,
        now);
}

/// <summary>Deployments that could take another attempt.</summary>
/// <param name="SameOrder">Of the priority level in question, or an earlier one.</param>
/// <param name="LaterOrder">Of later levels.</param>
internal readonly record struct PickOutlook(int SameOrder, int LaterOrder);
