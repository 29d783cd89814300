using System.Collections.Concurrent;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>A counter: whole units inside, scaled when written (nano-dollars become dollars).</summary>
internal sealed class CounterFamily(string name, string help, string[] labels, double unitsPerWhole = 1) : MetricFamily(name, help, "counter", labels)
{
    private readonly ConcurrentDictionary<string, CounterSeries> _series = new(StringComparer.Ordinal);

    /// <summary>The series of those label values; the same object each time. Cold: keep what it returns.</summary>
    internal CounterSeries With(params ReadOnlySpan<string> values)
    {
        var labels = Exposition.Labels(LabelNames, values);
        return _series.TryGetValue(labels, out var known) ? known
            : _series.GetOrAdd(_series.Count < MostSeries ? labels : Other(), static _ => new CounterSeries());
    }

    protected override void WriteSeries(Exposition page)
    {
        foreach (var (labels, series) in _series)
        {
            page.Sample(Name, "", labels, null, series.Value / unitsPerWhole);
        }
    }
}

/// <summary>One counting number.</summary>
internal sealed class CounterSeries
{
    private long _value;

    internal long Value => Volatile.Read(ref _value);

    internal void Increment() => Interlocked.Increment(ref _value);

    internal void Add(long units)
    {
        // Most requests have no cached or reasoning tokens: no write to a shared cache line for nothing.
        if (units > 0)
        {
            Interlocked.Add(ref _value, units);
        }
    }
}
