namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>A gauge whose series are asked for when the page is written.</summary>
internal sealed class GaugeFamily(string name, string help, string[] labels, Action<GaugeFamily.Sink> read) : MetricFamily(name, help, "gauge", labels)
{
    protected override void WriteSeries(Exposition page) => read(new Sink(page, Name, LabelNames));

    /// <summary>Takes the readings of one scrape.</summary>
    internal readonly struct Sink(Exposition page, string name, string[] labels)
    {
        internal void Add(double value, params ReadOnlySpan<string> values) => page.Sample(name, "", Exposition.Labels(labels, values), null, value);
    }
}
