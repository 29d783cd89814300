namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>All series of one metric name.</summary>
internal abstract class MetricFamily(string name, string help, string type, string[] labels)
{
    /// <summary>What stands for a label that has no value; LiteLLM's client library writes the same.</summary>
    internal const string NoValue = "None";

    /// <summary>What stands for a value that the configuration does not name.</summary>
    internal const string OtherValue = "other";

    /// <summary>No family grows beyond this; what would come after shares one series under <see cref="OtherValue"/>.</summary>
    internal const int MostSeries = 10_000;

    internal string Name => name;

    protected string[] LabelNames => labels;

    /// <summary>Writes the head and every series.</summary>
    internal void Write(Exposition page)
    {
        page.Head(name, help, type);
        WriteSeries(page);
    }

    protected abstract void WriteSeries(Exposition page);

    protected string Other() => Exposition.Labels(labels, [.. labels.Select(static _ => OtherValue)]);
}
