using Weir.Gateway.Telemetry.Tracing;

namespace Weir.Gateway.Tests.Telemetry.Tracing;

public sealed class OtlpSettingsTests
{
    [Fact]
    public void Nothing_set_means_the_collector_beside_the_gateway()
    {
        var settings = Read();
        Assert.Equal("http://localhost:4318/v1/traces", settings.Traces?.AbsoluteUri);
        Assert.Equal("http://localhost:4318/v1/metrics", settings.Metrics?.AbsoluteUri);
        Assert.Equal((false, "weir", null), (settings.Grpc, settings.ServiceName, settings.Headers));
    }

    [Theory]
    [InlineData("OTEL_ENDPOINT", "http://c:4318", "http://c:4318/v1/traces", "http://c:4318/v1/metrics")]
    [InlineData("OTEL_ENDPOINT", "http://c:4318/v1/traces", "http://c:4318/v1/traces", "http://c:4318/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c/otlp/", "https://c/otlp/v1/traces", "https://c/otlp/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:1/x", "http://t:1/x", "http://localhost:4318/v1/metrics")]
    [InlineData("OTEL_ENDPOINT", "collector:4318", "http://collector:4318/v1/traces", "http://collector:4318/v1/metrics")]
    public void An_address_is_taken_as_its_variable_means_it(string name, string value, string traces, string metrics)
    {
        var settings = Read((name, value));
        Assert.Equal((traces, metrics), (settings.Traces?.AbsoluteUri, settings.Metrics?.AbsoluteUri));
    }

    [Fact]
    public void The_standards_variables_win_over_LiteLLMs()
    {
        var settings = Read(
            ("OTEL_ENDPOINT", "http://old:1"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://new:2"), ("OTEL_EXPORTER", "otlp_http"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_HEADERS", "a=1"), ("OTEL_EXPORTER_OTLP_HEADERS", "b=2"), ("OTEL_SERVICE_NAME", "edge"));
        Assert.Equal(("http://new:2/", true, "b=2", "edge"), (settings.Traces?.AbsoluteUri, settings.Grpc, settings.Headers?.Reveal(), settings.ServiceName));
    }

    [Fact]
    public void Signals_can_be_switched_off()
    {
        Assert.Null(Read(("OTEL_METRICS_EXPORTER", "none")).Metrics);
        Assert.NotNull(Read(("OTEL_METRICS_EXPORTER", "none")).Traces);
        Assert.Empty(Read(("OTEL_SDK_DISABLED", "TRUE")).Hosts);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER", "console", "OTEL_EXPORTER is 'console'")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json'")]
    [InlineData("OTEL_ENDPOINT", "ftp://user:secret@x", "OTEL_ENDPOINT is no address")]
    public void What_cannot_be_used_is_said_by_its_variable(string name, string value, string expected)
    {
        var error = Assert.Throws<FormatException>(() => Read((name, value)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static OtlpSettings Read(params (string Name, string Value)[] variables) =>
        OtlpSettings.FromEnvironment(name => variables.Where(v => v.Name == name).Select(static v => v.Value).FirstOrDefault());
}
