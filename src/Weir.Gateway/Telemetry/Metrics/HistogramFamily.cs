using System.Collections.Concurrent;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>A histogram of times with LiteLLM's bounds, in seconds.</summary>
internal sealed class HistogramFamily(string name, string help, string[] labels) : MetricFamily(name, help, "histogram", labels)
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 420, 600];
    private static readonly string[] BoundTexts = [.. Bounds.Select(Exposition.Bound), "+Inf"];

    /// <summary>The bounds in ticks, the last one open.</summary>
    internal static readonly long[] BoundTicks = [.. Bounds.Select(static seconds => (long)(seconds * TimeSpan.TicksPerSecond)), long.MaxValue];

    private readonly ConcurrentDictionary<string, HistogramSeries> _series = new(StringComparer.Ordinal);

    /// <summary>The series of those label values; the same object each time. Cold: keep what it returns.</summary>
    internal HistogramSeries With(params ReadOnlySpan<string> values)
    {
        var labels = Exposition.Labels(LabelNames, values);
        return _series.TryGetValue(labels, out var known) ? known
            : _series.GetOrAdd(_series.Count < MostSeries ? labels : Other(), static _ => new HistogramSeries());
    }

    protected override void WriteSeries(Exposition page)
    {
        Span<long> counts = stackalloc long[BoundTicks.Length];
        foreach (var (labels, series) in _series)
        {
            var sum = series.Read(counts);
            long total = 0;
            for (var i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                page.Sample(Name, "_bucket", labels, BoundTexts[i], total);
            }

            page.Sample(Name, "_sum", labels, null, sum / (double)TimeSpan.TicksPerSecond);
            page.Sample(Name, "_count", labels, null, total);
        }
    }
}

/// <summary>One distribution of times.</summary>
internal sealed class HistogramSeries
{
    private readonly long[] _counts = new long[HistogramFamily.BoundTicks.Length];
    private long _sum;

    internal void Observe(TimeSpan time)
    {
        var ticks = Math.Max(0, time.Ticks);
        var bounds = HistogramFamily.BoundTicks;
        var i = 0;
        while (ticks > bounds[i])
        {
            i++;
        }

        Interlocked.Increment(ref _counts[i]);
        Interlocked.Add(ref _sum, ticks);
    }

    /// <summary>Copies the counts per bucket and returns the sum in ticks.</summary>
    internal long Read(Span<long> counts)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = Volatile.Read(ref _counts[i]);
        }

        return Volatile.Read(ref _sum);
    }
}
