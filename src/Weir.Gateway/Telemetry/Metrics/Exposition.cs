using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>Writes Prometheus' text format (version 0.0.4) into a buffer.</summary>
internal readonly struct Exposition(IBufferWriter<byte> output)
{
    /// <summary>What <c>/metrics</c> answers as its content type.</summary>
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The two comment lines that begin a family.</summary>
    internal void Head(string name, string help, string type)
    {
        Text("# HELP ");
        Text(name);
        Text(" ");
        Text(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        Text("\n# TYPE ");
        Text(name);
        Text(" ");
        Text(type);
        Text("\n");
    }

    /// <summary>One sample. <paramref name="labels"/> is <c>a="b",c="d"</c> or empty; <paramref name="le"/> a bucket's bound or null.</summary>
    internal void Sample(string name, string suffix, string labels, string? le, double value)
    {
        Text(name);
        Text(suffix);
        if (labels.Length > 0 || le is not null)
        {
            Text("{");
            Text(labels);
            if (le is not null)
            {
                Text(labels.Length > 0 ? ",le=\"" : "le=\"");
                Text(le);
                Text("\"");
            }

            Text("}");
        }

        Text(" ");
        Number(value);
        Text("\n");
    }

    /// <summary>Joins names and values to <c>a="b",c="d"</c>, escaped.</summary>
    internal static string Labels(ReadOnlySpan<string> names, ReadOnlySpan<string> values)
    {
        if (names.Length != values.Length)
        {
            throw new ArgumentException($"{names.Length} labels were declared, {values.Length} values given", nameof(values));
        }

        var text = new StringBuilder();
        for (var i = 0; i < names.Length; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(names[i]).Append("=\"");
            foreach (var c in values[i])
            {
                _ = c switch
                {
                    '\\' => text.Append("\\\\"),
                    '"' => text.Append("\\\""),
                    '\n' => text.Append("\\n"),
                    _ => text.Append(c),
                };
            }

            text.Append('"');
        }

        return text.ToString();
    }

    /// <summary>A bucket's bound as LiteLLM's client library writes it (<c>1.0</c>): the text is part of the series' identity.</summary>
    internal static string Bound(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);

    private void Number(double value)
    {
        if (double.IsFinite(value) && value.TryFormat(output.GetSpan(32), out var written, "R", CultureInfo.InvariantCulture))
        {
            output.Advance(written);
            return;
        }

        Text(double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
    }

    // A lone surrogate in a config's text becomes a replacement character: the page is always valid UTF-8.
    private void Text(string text) => Encoding.UTF8.GetBytes(text, output);
}
