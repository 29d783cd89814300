using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Telemetry.Tracing;

/// <summary>
/// Sends spans and metrics over OTLP. Made only when <c>callbacks</c> holds <c>otel</c>: until then no listener exists and the
/// spans' code does nothing. Export runs on the library's own threads, in batches; a receiver that is down loses telemetry, never
/// a request, and shows as a metric.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private OtlpExport(TracerProvider? traces, MeterProvider? metrics) => (_traces, _metrics) = (traces, metrics);

    /// <summary>Begins to listen and to send.</summary>
    /// <param name="settings">Where to.</param>
    /// <param name="invoker">From the outbound connector, which must count <see cref="OtlpSettings.Hosts"/> as named.</param>
    /// <param name="version">The gateway's version.</param>
    /// <param name="sendFailed">Told of each batch that the receiver did not take.</param>
    internal static OtlpExport Start(OtlpSettings settings, HttpMessageInvoker invoker, string version, Action sendFailed)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(settings.ServiceName, serviceVersion: version);
        return new OtlpExport(
            settings.Traces is { } traces
                ? Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(GenAi.Source).AddOtlpExporter(options => Configure(options, traces)).Build()
                : null,
            settings.Metrics is { } metrics
                ? Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(GenAi.Source).AddOtlpExporter(options => Configure(options, metrics)).Build()
                : null);

        void Configure(OtlpExporterOptions options, Uri endpoint)
        {
            options.Endpoint = endpoint;
            options.Protocol = settings.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            options.Headers = settings.Headers?.Reveal();
            options.HttpClientFactory = () => OutboundHttpClient.Over(invoker, SendTimeout, ok =>
            {
                if (!ok)
                {
                    sendFailed();
                }
            });
        }
    }

    /// <summary>Sends what is waiting; false when the receiver did not take it in time.</summary>
    internal bool Flush(TimeSpan limit)
    {
        var milliseconds = (int)limit.TotalMilliseconds;
        return (_traces?.ForceFlush(milliseconds) ?? true) & (_metrics?.ForceFlush(milliseconds) ?? true);
    }

    /// <summary>Sends what is waiting, within the library's own limit, and stops listening.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }
}
