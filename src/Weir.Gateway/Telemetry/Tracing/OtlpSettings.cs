using Weir.Providers;

namespace Weir.Gateway.Telemetry.Tracing;

/// <summary>Where traces and metrics go, as the environment says: the standard's variables, and LiteLLM's beside them.</summary>
internal sealed record OtlpSettings
{
    private const string TracesPath = "/v1/traces";
    private const string MetricsPath = "/v1/metrics";

    /// <summary>gRPC instead of HTTP with protobuf bodies.</summary>
    internal bool Grpc { get; private init; }

    /// <summary>Where spans are posted; null when they are switched off.</summary>
    internal Uri? Traces { get; private init; }

    /// <summary>Where metrics are posted; null when they are switched off.</summary>
    internal Uri? Metrics { get; private init; }

    /// <summary><c>name=value,name=value</c>; holds a credential more often than not.</summary>
    internal Secret? Headers { get; private init; }

    /// <summary><c>service.name</c>.</summary>
    internal string ServiceName { get; private init; } = "weir";

    /// <summary>Hosts that the outbound connector must count as named by the operator.</summary>
    internal IEnumerable<Uri> Hosts => new[] { Traces, Metrics }.OfType<Uri>();

    /// <summary>Reads the settings through <paramref name="variable"/>.</summary>
    /// <exception cref="FormatException">A value can't be used; the message names the variable and never a header's value.</exception>
    internal static OtlpSettings FromEnvironment(Func<string, string?> variable)
    {
        if (Is("OTEL_SDK_DISABLED", "true"))
        {
            return new OtlpSettings();
        }

        var grpc = Protocol();
        return new OtlpSettings
        {
            Grpc = grpc,
            Traces = Is("OTEL_TRACES_EXPORTER", "none") ? null : Address("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", TracesPath),
            Metrics = Is("OTEL_METRICS_EXPORTER", "none") ? null : Address("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", MetricsPath),
            Headers = (Value("OTEL_EXPORTER_OTLP_HEADERS") ?? Value("OTEL_HEADERS")) is { } headers ? new Secret(headers) : null,
            ServiceName = Value("OTEL_SERVICE_NAME") ?? "weir",
        };

        string? Value(string name) => variable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

        bool Is(string name, string expected) => string.Equals(Value(name), expected, StringComparison.OrdinalIgnoreCase);

        bool Protocol()
        {
            var (name, text) = Value("OTEL_EXPORTER_OTLP_PROTOCOL") is { } standard ? ("OTEL_EXPORTER_OTLP_PROTOCOL", standard) : ("OTEL_EXPORTER", Value("OTEL_EXPORTER"));
            return text switch
            {
                null or "otlp" or "otlp_http" or "http" or "http/protobuf" => false,
                "otlp_grpc" or "grpc" => true,
                _ => throw new FormatException($"{name} is '{text}': write http/protobuf (otlp_http) or grpc (otlp_grpc); Weir has no other exporter."),
            };
        }

        Uri Address(string own, string path)
        {
            // The variable of one signal is a whole address; the others are a base.
            var name = Value(own) is not null ? own : Value("OTEL_EXPORTER_OTLP_ENDPOINT") is not null ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "OTEL_ENDPOINT";
            var text = Value(name) ?? (grpc ? "http://localhost:4317" : "http://localhost:4318");
            if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                throw new FormatException($"{name} is no address of a receiver: write http://host:4318.");
            }

            if (name == own || grpc)
            {
                return uri;
            }

            var stem = uri.AbsolutePath.TrimEnd('/');
            foreach (var known in (string[])[TracesPath, MetricsPath, "/v1/logs"])
            {
                stem = stem.EndsWith(known, StringComparison.Ordinal) ? stem[..^known.Length] : stem;
            }

            return new UriBuilder(uri) { Path = stem + path }.Uri;
        }
    }
}
