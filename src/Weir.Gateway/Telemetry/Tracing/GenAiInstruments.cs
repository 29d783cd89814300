using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Weir.Gateway.Telemetry.Metrics;

namespace Weir.Gateway.Telemetry.Tracing;

/// <summary>The metrics of OpenTelemetry's conventions. Without an exporter each record is three reads of a field.</summary>
internal static class GenAiInstruments
{
    private static readonly Meter Meter = new(GenAi.Source);

    private static readonly Histogram<long> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens of one operation.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

    private static readonly Histogram<double> OperationDuration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "Duration of one operation at the upstream.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    private static readonly Histogram<double> RequestDuration = Meter.CreateHistogram(
        "http.server.request.duration", "s", "Duration of one request.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60] });

    /// <summary>Counts a finished request. Attributes come from the configuration and from fixed lists only.</summary>
    internal static void Recorded(in RequestSample sample)
    {
        if (RequestDuration.Enabled)
        {
            var tags = new TagList { { GenAi.Method, "POST" }, { GenAi.Route, sample.Route }, { GenAi.Status, sample.Status } };
            if (sample.Status >= 500)
            {
                tags.Add(GenAi.ErrorType, sample.Status.ToString(CultureInfo.InvariantCulture));
            }

            RequestDuration.Record(sample.Duration.TotalSeconds, tags);
        }

        if (sample.Deployment is not { Labels: var deployment } || !(Tokens.Enabled || OperationDuration.Enabled))
        {
            return;
        }

        var operation = new TagList
        {
            { GenAi.OperationName, GenAi.Operation(sample.Operation) },
            { GenAi.ProviderName, GenAi.Provider(deployment.Provider) },
            { GenAi.RequestModel, deployment.Model },
            { "weir.model_group", deployment.Group },
        };
        if (sample.Usage.Prompt > 0)
        {
            Tokens.Record(sample.Usage.Prompt, [.. operation, new(GenAi.TokenType, "input")]);
        }

        if (sample.Usage.Completion > 0)
        {
            Tokens.Record(sample.Usage.Completion, [.. operation, new(GenAi.TokenType, "output")]);
        }

        if (sample.ErrorClass is { } error)
        {
            operation.Add(GenAi.ErrorType, error);
        }

        OperationDuration.Record((sample.Duration - sample.Overhead).TotalSeconds, operation);
    }
}
