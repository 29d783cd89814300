using System.Runtime.CompilerServices;

namespace Weir.Gateway.Routing;

/// <summary>The last ten samples of one measure, each with its moment. Not safe for concurrent use: its owner holds a lock.</summary>
internal struct LatencyRing
{
    /// <summary>Samples kept; LiteLLM keeps the same number.</summary>
    public const int Size = 10;

    private Samples _at;
    private Samples _ticks;
    private int _next;

    /// <summary>Adds a sample and forgets the oldest.</summary>
    public void Add(long now, long ticks)
    {
        _at[_next] = now;
        _ticks[_next] = ticks;
        _next = (_next + 1) % Size;
    }

    /// <summary>Mean of the samples younger than <paramref name="ttl"/> in ticks; null when there is none.</summary>
    public readonly double? Mean(long now, TimeSpan ttl)
    {
        double sum = 0;
        var count = 0;
        for (var i = 0; i < Size; i++)
        {
            // A moment of zero marks a place that was never filled; the clock is never zero.
            if (_at[i] != 0 && now - _at[i] < ttl.Ticks)
            {
                sum += _ticks[i];
                count++;
            }
        }

        return count == 0 ? null : sum / count;
    }

    [InlineArray(Size)]
    private struct Samples
    {
        private long _first;
    }
}
