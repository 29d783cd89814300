using Weir.Gateway.Config;

namespace Weir.Gateway.Routing.Balancing;

/// <summary>Random by <c>weight</c>; when no candidate has one, by <c>rpm</c>, then by <c>tpm</c>, else uniform.</summary>
internal sealed class SimpleShuffle : ILoadBalancer
{
    public RoutingStrategy Strategy => RoutingStrategy.SimpleShuffle;

    public int Pick(in CandidateSet candidates, in BalanceContext context)
    {
        if (candidates.Count == 1)
        {
            return 0;
        }

        for (var measure = Measure.Weight; measure <= Measure.Tpm; measure++)
        {
            // A candidate without the measure beside one that has it weighs nothing, as in LiteLLM.
            double total = 0;
            for (var i = 0; i < candidates.Count; i++)
            {
                total += Of(candidates[i].Config, measure);
            }

            if (total > 0)
            {
                return Draw(candidates, measure, context.Random.NextDouble() * total);
            }
        }

        return context.Random.Next(candidates.Count);
    }

    private static int Draw(in CandidateSet candidates, Measure measure, double point)
    {
        var last = 0;
        for (var i = 0; i < candidates.Count; i++)
        {
            var weight = Of(candidates[i].Config, measure);
            if (weight <= 0)
            {
                continue;
            }

            last = i;
            point -= weight;
            if (point < 0)
            {
                return i;
            }
        }

        // Rounding can leave the point at the very end: it belongs to the last candidate that weighs something.
        return last;
    }

    private static double Of(DeploymentConfig config, Measure measure)
    {
        var value = measure switch
        {
            Measure.Weight => config.Weight ?? 0,
            Measure.Rpm => config.Rpm ?? 0,
            _ => config.Tpm ?? 0,
        };
        return double.IsFinite(value) ? Math.Max(0, value) : 0;
    }

    private enum Measure
    {
        Weight,
        Rpm,
        Tpm,
    }
}
