using System.Buffers;
using Weir.Gateway.Config;

namespace Weir.Gateway.Routing.Balancing;

/// <summary>
/// Lowest mean latency, or any within the configured buffer above it, by chance. For streams: time to the first token.
/// A deployment without samples is tried first, by one call at a time: until that call has ended, and after a failure, it counts as one
/// of the fastest, so that an unknown or a broken deployment can't draw all traffic.
/// </summary>
internal sealed class LatencyBased : ILoadBalancer
{
    private const int OnStack = 64;

    public RoutingStrategy Strategy => RoutingStrategy.LatencyBased;

    public int Pick(in CandidateSet candidates, in BalanceContext context)
    {
        var count = candidates.Count;
        double[]? rented = null;
        Span<double> means = count <= OnStack ? stackalloc double[OnStack] : (rented = ArrayPool<double>.Shared.Rent(count));
        var unknown = new LowestOf(context.Random);
        var lowest = double.PositiveInfinity;
        for (var i = 0; i < count; i++)
        {
            var state = candidates[i].State;
            means[i] = state.MeanLatency(context.Now, context.Router.LatencyTtl, context.Streaming) ?? double.NaN;
            if (!double.IsNaN(means[i]))
            {
                lowest = Math.Min(lowest, means[i]);
            }
            else if (state.InFlight == 0 && !state.HasFailed(context.Now))
            {
                unknown.Add(i, 0);
            }
        }

        var position = unknown.Position >= 0
            ? unknown.Position
            : AmongFastest(means[..count], lowest * (1 + Math.Max(0, context.Router.LowestLatencyBuffer)), context.Random);
        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        return position;
    }

    private static int AmongFastest(ReadOnlySpan<double> means, double limit, Random random)
    {
        var fastest = new LowestOf(random);
        for (var i = 0; i < means.Length; i++)
        {
            if (double.IsNaN(means[i]) || means[i] <= limit)
            {
                fastest.Add(i, 0);
            }
        }

        return fastest.Position;
    }
}
