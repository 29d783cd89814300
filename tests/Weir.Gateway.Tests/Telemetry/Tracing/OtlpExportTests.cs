using Weir.Gateway.Config;
using Weir.Gateway.Telemetry.Metrics;
using Weir.Gateway.Telemetry.Tracing;
using Weir.Providers;
using Weir.Providers.Neutral;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Tests.Telemetry.Tracing;

[Collection(TracingGroup.Name)]
public sealed class OtlpExportTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private int _failures;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_arrives_as_a_server_span_with_a_client_span_per_attempt(bool grpc)
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc);
        using var connector = new OutboundConnector(new OutboundOptions());
        using var export = Start(receiver, connector, grpc);

        var trace = RequestTracing.Start("POST", "/v1/chat/completions", Parent, "vendor=1");
        Assert.True(trace.IsRecording);
        trace.Asked("call-1", "gpt-4o", "chat", streamed: true);
        var first = trace.StartAttempt(new AttemptTarget("chat", "azure", "our-4o", "d1", "gpt-4o", new Uri("https://x.openai.azure.com/openai?key=secret")));
        first.Failed(FaultKind.RateLimited, 429);
        var second = trace.StartAttempt(new AttemptTarget("chat", "hosted_vllm", "llama", "d2", "llama", new Uri("http://10.0.0.1:8000/v1")));
        second.Answered(200, "llama-3.3", new TokenUsage { Prompt = 11, Completion = 7 });
        trace.End(200, null);
        Assert.True(export.Flush(TimeSpan.FromSeconds(10)));

        var spans = receiver.Spans.ToArray();
        var server = Assert.Single(spans, static s => s.Kind == 2);
        Assert.Equal("POST /v1/chat/completions", server.Name);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", server.TraceId);
        Assert.Equal("b7ad6b7169203331", server.ParentId);
        Assert.Equal("call-1", server.Attributes["weir.call_id"]);
        Assert.Equal("gpt-4o", server.Attributes["gen_ai.request.model"]);
        Assert.Equal("200", server.Attributes["http.response.status_code"]);
        Assert.Equal("/v1/chat/completions", server.Attributes["http.route"]);
        Assert.Equal(0, server.Status);

        var failed = Assert.Single(spans, static s => s.Name == "chat our-4o");
        Assert.Equal((3, server.TraceId, server.SpanId, 2), (failed.Kind, failed.TraceId, failed.ParentId, failed.Status));
        Assert.Equal("RateLimitError", failed.Attributes["error.type"]);
        Assert.Equal("azure.ai.openai", failed.Attributes["gen_ai.provider.name"]);
        Assert.Equal("x.openai.azure.com", failed.Attributes["server.address"]);
        Assert.Equal("443", failed.Attributes["server.port"]);

        var answered = Assert.Single(spans, static s => s.Name == "chat llama");
        Assert.Equal(server.SpanId, answered.ParentId);
        Assert.Equal("hosted_vllm", answered.Attributes["gen_ai.system"]);
        Assert.Equal("llama-3.3", answered.Attributes["gen_ai.response.model"]);
        Assert.Equal(("11", "7"), (answered.Attributes["gen_ai.usage.input_tokens"], answered.Attributes["gen_ai.usage.output_tokens"]));
        Assert.DoesNotContain(spans.SelectMany(static s => s.Attributes.Values), static value => value.Contains("secret", StringComparison.Ordinal));

        Assert.Equal("weir", receiver.Resource["service.name"]);
        Assert.Equal("1.2.3", receiver.Resource["service.version"]);
        Assert.Equal("canary", receiver.Headers["x-token"]);
        Assert.Contains(grpc ? "/opentelemetry.proto.collector.trace.v1.TraceService/Export" : "/v1/traces", receiver.Paths);
        Assert.Equal(0, _failures);
    }

    [Fact]
    public async Task Metrics_arrive_under_the_names_of_the_conventions()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var connector = new OutboundConnector(new OutboundOptions());
        using var export = Start(receiver, connector, grpc: false);
        var metrics = new GatewayMetrics("1.2.3");
        GenAiInstruments.Recorded(new RequestSample
        {
            Caller = GatewayMetrics.UnknownCaller,
            Deployment = metrics.Deployment(new DeploymentConfig { Id = "d1", ModelGroup = "g", Provider = "azure", UpstreamModel = "our-4o", LiteLlmModel = "azure/our-4o" }),
            RequestedModel = "g",
            Group = "g",
            Operation = Operation.Chat,
            Route = "/v1/chat/completions",
            Status = 200,
            Usage = new TokenUsage { Prompt = 11, Completion = 7 },
            Duration = TimeSpan.FromSeconds(1.5),
            Overhead = TimeSpan.FromSeconds(0.5),
        });
        Assert.True(export.Flush(TimeSpan.FromSeconds(10)));

        Assert.Contains("/v1/metrics", receiver.Paths);
        var tokens = receiver.Metrics.Where(static m => m.Name == "gen_ai.client.token.usage").ToDictionary(static m => m.Attributes["gen_ai.token.type"]);
        Assert.Equal((11, 7), (tokens["input"].Sum, tokens["output"].Sum));
        Assert.Equal("our-4o", tokens["input"].Attributes["gen_ai.request.model"]);
        var operation = Assert.Single(receiver.Metrics, static m => m.Name == "gen_ai.client.operation.duration");
        Assert.Equal((1.0, "chat", "azure.ai.openai"), (operation.Sum, operation.Attributes["gen_ai.operation.name"], operation.Attributes["gen_ai.provider.name"]));
        var request = Assert.Single(receiver.Metrics, static m => m.Name == "http.server.request.duration");
        Assert.Equal((1.5, "200", "/v1/chat/completions"), (request.Sum, request.Attributes["http.response.status_code"], request.Attributes["http.route"]));
    }

    [Fact]
    public async Task A_receiver_that_refuses_is_counted_and_hurts_nobody()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        receiver.Status = 400;
        using var connector = new OutboundConnector(new OutboundOptions());
        using var export = Start(receiver, connector, grpc: false);
        RequestTracing.Start("POST", "/v1/embeddings", null, null).End(200, null);
        export.Flush(TimeSpan.FromSeconds(10));
        Assert.InRange(Volatile.Read(ref _failures), 1, 10);
    }

    [Fact]
    public async Task A_receiver_in_a_private_network_must_be_named_by_the_operator()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var connector = new OutboundConnector(new OutboundOptions());
        using var export = Start(receiver, connector, grpc: false, named: false);
        RequestTracing.Start("POST", "/v1/embeddings", null, null).End(200, null);
        export.Flush(TimeSpan.FromSeconds(10));
        Assert.Empty(receiver.Paths);
        Assert.InRange(Volatile.Read(ref _failures), 1, 10);
    }

    [Fact]
    public async Task A_trace_that_its_caller_did_not_sample_is_not_exported()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var connector = new OutboundConnector(new OutboundOptions());
        using var export = Start(receiver, connector, grpc: false);
        var trace = RequestTracing.Start("POST", "/v1/chat/completions", Parent[..^2] + "00", null);
        Assert.False(trace.IsRecording);
        trace.StartAttempt(new AttemptTarget("chat", "openai", "gpt-4o", "d", "g", null)).Answered(200, null, default);
        trace.End(200, null);
        export.Flush(TimeSpan.FromSeconds(10));
        Assert.Empty(receiver.Spans);
    }

    [Fact]
    public async Task A_callers_mistake_is_no_error_of_the_server_and_a_failure_is()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var connector = new OutboundConnector(new OutboundOptions());
        using var export = Start(receiver, connector, grpc: false);
        RequestTracing.Start("POST", "/a", "not a traceparent", null).End(400, "invalid_request_error");
        RequestTracing.Start("POST", "/b", null, null).End(503, "service_unavailable");
        Assert.True(export.Flush(TimeSpan.FromSeconds(10)));
        var (mistake, failure) = (Assert.Single(receiver.Spans, static s => s.Name == "POST /a"), Assert.Single(receiver.Spans, static s => s.Name == "POST /b"));
        Assert.Equal((0, "invalid_request_error", ""), (mistake.Status, mistake.Attributes["error.type"], mistake.ParentId));
        Assert.Equal((2, "service_unavailable"), (failure.Status, failure.Attributes["error.type"]));
    }

    [Fact]
    public void Without_an_exporter_a_trace_does_nothing_and_allocates_nothing()
    {
        var target = new AttemptTarget("chat", "openai", "gpt-4o", "d", "g", new Uri("https://api.openai.com"));
        RunOnce(target);
        var before = GC.GetAllocatedBytesForCurrentThread();
        RunOnce(target);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void RunOnce(in AttemptTarget target)
    {
        var trace = RequestTracing.Start("POST", "/v1/chat/completions", Parent, null);
        trace.Asked("call", "model", "chat", streamed: false);
        var attempt = trace.StartAttempt(target);
        attempt.Answered(200, "m", new TokenUsage { Prompt = 1 });
        trace.End(200, null);
        GenAiInstruments.Recorded(new RequestSample { Caller = GatewayMetrics.UnknownCaller, RequestedModel = "m", Route = "/v1/chat/completions", Status = 200 });
        Assert.False(trace.IsRecording);
        Assert.Null(attempt.TraceParent);
    }

    private OtlpExport Start(OtlpReceiver receiver, OutboundConnector connector, bool grpc, bool named = true)
    {
        var settings = OtlpSettings.FromEnvironment(name => name switch
        {
            "OTEL_ENDPOINT" => receiver.Address.ToString(),
            "OTEL_EXPORTER" => grpc ? "otlp_grpc" : "otlp_http",
            "OTEL_HEADERS" => "x-token=canary",
            _ => null,
        });
        connector.NameHosts(named ? settings.Hosts : []);
        return OtlpExport.Start(settings, connector.Invoker(TlsTrust.Default), "1.2.3", () => Interlocked.Increment(ref _failures));
    }
}
