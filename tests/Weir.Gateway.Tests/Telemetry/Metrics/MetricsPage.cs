using System.Buffers;
using System.Globalization;
using System.Text;
using Weir.Gateway.Telemetry.Metrics;

namespace Weir.Gateway.Tests.Telemetry.Metrics;

/// <summary>A strict reader of the text format: refuses what Prometheus would refuse.</summary>
internal sealed class MetricsPage
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, double> Samples => _samples;

    internal Dictionary<string, string> Types { get; } = new(StringComparer.Ordinal);

    internal double this[string series] => _samples.TryGetValue(series, out var value) ? value
        : throw new KeyNotFoundException($"{series} is not among:\n{string.Join('\n', _samples.Keys.Where(key => key.StartsWith(series.Split('{')[0], StringComparison.Ordinal)))}");

    internal static byte[] Bytes(GatewayMetrics metrics)
    {
        var output = new ArrayBufferWriter<byte>();
        metrics.Write(output);
        return output.WrittenSpan.ToArray();
    }

    internal static MetricsPage Of(GatewayMetrics metrics) => Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes(metrics)));

    internal static MetricsPage Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var page = new MetricsPage();
        string? family = null, type = null, helped = null;
        foreach (var line in text[..^1].Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                helped = line.Split(' ')[2];
                Assert.True(line.Length > 8 + helped.Length, $"no help text: {line}");
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                (family, type) = (line.Split(' ')[2], line.Split(' ')[3]);
                Assert.Equal(helped, family);
                Assert.Contains(type, new[] { "counter", "gauge", "histogram" });
                Assert.True(page.Types.TryAdd(family, type), $"family {family} stands twice");
                Assert.True(type != "counter" || family.EndsWith("_total", StringComparison.Ordinal), $"counter {family} does not end in _total");
            }
            else
            {
                page.Sample(line, family ?? throw new FormatException($"a sample before its TYPE: {line}"), type ?? "");
            }
        }

        return page;
    }

    private void Sample(string line, string family, string type)
    {
        var at = 0;
        while (at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || line[at] is '_' or ':'))
        {
            at++;
        }

        var name = line[..at];
        Assert.True(name == family || (type == "histogram" && name.StartsWith(family, StringComparison.Ordinal) && name[family.Length..] is "_bucket" or "_sum" or "_count"), $"{name} stands under {family}");
        if (line[at] == '{')
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            do
            {
                var start = ++at;
                while (char.IsAsciiLetterOrDigit(line[at]) || line[at] == '_')
                {
                    at++;
                }

                Assert.True(at > start && names.Add(line[start..at]), $"label at {start}: {line}");
                Assert.Equal("=\"", line.Substring(at, 2));
                for (at += 2; line[at] != '"'; at++)
                {
                    if (line[at] == '\\')
                    {
                        Assert.Contains(line[++at], "\\\"n");
                    }
                }
            }
            while (line[++at] == ',');
            Assert.Equal('}', line[at++]);
        }

        Assert.Equal(' ', line[at]);
        var value = line[(at + 1)..] == "+Inf" ? double.PositiveInfinity : double.Parse(line.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.True(_samples.TryAdd(line[..at], value), $"series stands twice: {line}");
    }
}
