using System.Diagnostics;
using Weir.Gateway.Config;
using Weir.Gateway.Telemetry.Metrics;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Tests.Telemetry.Metrics;

public sealed class GatewayMetricsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DeploymentConfig Azure = new()
    {
        Id = "d1", ModelGroup = "gpt-4o", Provider = "azure", UpstreamModel = "our-4o", LiteLlmModel = "azure/our-4o",
        ApiBase = new Uri("https://user:secret@x.openai.azure.com/base/?key=secret#frag"),
    };

    private readonly GatewayMetrics _metrics = new("1.2.3");
    private readonly CallerSeries _caller;
    private readonly DeploymentSeries _deployment;

    public GatewayMetricsTests()
    {
        _metrics.ConfigApplied(Config(Azure, Azure with { Id = "d2", ModelGroup = "openai/*" }), Start);
        _caller = _metrics.Caller(new CallerLabels(KeyHash: "abc", KeyAlias: "team-a's \"key\"\\\n", User: "u1"));
        _deployment = _metrics.Deployment(Azure);
    }

    [Fact]
    public void A_request_moves_LiteLLMs_series_under_LiteLLMs_labels()
    {
        Record(_deployment, "gpt-4o");
        Record(_deployment, "gpt-4o");
        var page = MetricsPage.Of(_metrics);
        const string key = "hashed_api_key=\"abc\",api_key_alias=\"team-a's \\\"key\\\"\\\\\\n\"";
        Assert.Equal(2, page[$"litellm_proxy_total_requests_metric_total{{end_user=\"None\",{key},requested_model=\"gpt-4o\",team=\"None\",team_alias=\"None\",user=\"u1\",status_code=\"200\",user_email=\"None\",route=\"/v1/chat/completions\",model_id=\"d1\"}}"]);
        const string spend = $"{{end_user=\"None\",{key},model=\"our-4o\",team=\"None\",team_alias=\"None\",user=\"u1\",user_email=\"None\",model_id=\"d1\",api_provider=\"azure\"}}";
        Assert.Equal(2, page[$"litellm_requests_metric_total{spend}"]);
        Assert.Equal(0.000024690, page[$"litellm_spend_metric_total{spend}"], 15);
        const string tokens = $"{{end_user=\"None\",{key},model=\"our-4o\",team=\"None\",team_alias=\"None\",user=\"u1\",user_email=\"None\",requested_model=\"gpt-4o\",model_id=\"d1\"}}";
        Assert.Equal(240, page[$"litellm_total_tokens_metric_total{tokens}"]);
        Assert.Equal(200, page[$"litellm_input_tokens_metric_total{tokens}"]);
        Assert.Equal(40, page[$"litellm_output_tokens_metric_total{tokens}"]);
        Assert.Equal(60, page[$"litellm_input_cached_tokens_metric_total{tokens}"]);
        Assert.Equal(10, page[$"litellm_output_reasoning_tokens_metric_total{tokens}"]);
        const string upstream = $"model=\"our-4o\",{key},team=\"None\",team_alias=\"None\",requested_model=\"gpt-4o\",end_user=\"None\",user=\"u1\",model_id=\"d1\"";
        Assert.Equal(0, page[$"litellm_llm_api_latency_metric_bucket{{{upstream},le=\"0.25\"}}"]);
        Assert.Equal(2, page[$"litellm_llm_api_latency_metric_bucket{{{upstream},le=\"0.5\"}}"]);
        Assert.Equal(2, page[$"litellm_llm_api_latency_metric_bucket{{{upstream},le=\"1.0\"}}"]);
        Assert.Equal(2, page[$"litellm_llm_api_latency_metric_bucket{{{upstream},le=\"+Inf\"}}"]);
        Assert.Equal(0.598, page[$"litellm_llm_api_latency_metric_sum{{{upstream}}}"], 9);
        Assert.Equal(0.1, page[$"litellm_llm_api_time_to_first_token_metric_sum{{{upstream}}}"], 9);
        Assert.Equal(0.002, page[$"litellm_overhead_latency_metric_sum{{model_group=\"gpt-4o\",api_provider=\"azure\",api_base=\"https://x.openai.azure.com/base\",litellm_model_name=\"our-4o\",{key},model_id=\"d1\"}}"], 9);
        Assert.Equal(0.0299, page[$"litellm_deployment_latency_per_output_token_sum{{litellm_model_name=\"our-4o\",model_id=\"d1\",api_base=\"https://x.openai.azure.com/base\",api_provider=\"azure\",{key},team=\"None\",team_alias=\"None\"}}"], 9);
    }

    [Fact]
    public void A_failed_request_is_counted_with_its_class_and_no_latency_of_an_upstream()
    {
        _metrics.Recorded(new RequestSample { Caller = GatewayMetrics.UnknownCaller, RequestedModel = "gpt-4o", Group = "gpt-4o", Route = "/v1/embeddings", Status = 401, ErrorClass = "AuthenticationError", Duration = TimeSpan.FromMilliseconds(1) });
        var page = MetricsPage.Of(_metrics);
        const string who = "end_user=\"None\",hashed_api_key=\"None\",api_key_alias=\"None\",requested_model=\"gpt-4o\",team=\"None\",team_alias=\"None\",user=\"None\"";
        Assert.Equal(1, page[$"litellm_proxy_failed_requests_metric_total{{{who},user_email=\"None\",exception_status=\"401\",exception_class=\"AuthenticationError\",route=\"/v1/embeddings\",model_id=\"None\"}}"]);
        Assert.Equal(1, page[$"litellm_proxy_total_requests_metric_total{{{who},status_code=\"401\",user_email=\"None\",route=\"/v1/embeddings\",model_id=\"None\"}}"]);
        Assert.Equal(0, page.Samples.Where(static s => s.Key.StartsWith("litellm_llm_api_latency_metric_count", StringComparison.Ordinal)).Sum(static s => s.Value));
        Assert.Equal(0, page.Samples.Where(static s => s.Key.StartsWith("litellm_requests_metric_total", StringComparison.Ordinal)).Sum(static s => s.Value));
    }

    [Fact]
    public void Attempts_cooldowns_and_fallbacks_are_counted_per_deployment()
    {
        _metrics.Attempted(_caller, _deployment, "gpt-4o", "gpt-4o", FaultKind.RateLimited, 429);
        _metrics.Attempted(_caller, _deployment, "gpt-4o", "gpt-4o", FaultKind.ConnectFailed, 0);
        _metrics.Attempted(_caller, _deployment, "gpt-4o", "gpt-4o", null, 200);
        _metrics.CooledDown(_deployment, 429);
        _metrics.FellBack(_caller, "gpt-4o", "gpt-4o", "openai/*", _deployment, FaultKind.RateLimited, 429, answered: true);
        _metrics.FellBack(_caller, "gpt-4o", "gpt-4o", "openai/*", null, FaultKind.RateLimited, 429, answered: false);
        var page = MetricsPage.Of(_metrics);
        Assert.Equal(3, Sum(page, "litellm_deployment_total_requests_total"));
        Assert.Equal(1, Sum(page, "litellm_deployment_success_responses_total"));
        Assert.Equal(1, Sum(page, "litellm_deployment_failure_responses_total", "exception_status=\"429\",exception_class=\"RateLimitError\""));
        Assert.Equal(1, Sum(page, "litellm_deployment_failure_responses_total", "exception_status=\"None\",exception_class=\"APIConnectionError\""));
        Assert.Equal(1, Sum(page, "litellm_deployment_cooled_down_total", "model_id=\"d1\"", "exception_status=\"429\""));
        Assert.Equal(1, Sum(page, "litellm_deployment_successful_fallbacks_total", "fallback_model=\"openai/*\"", "model_id=\"d1\""));
        Assert.Equal(1, Sum(page, "litellm_deployment_failed_fallbacks_total", "fallback_model=\"openai/*\"", "model_id=\"None\""));
    }

    [Fact]
    public void A_name_that_the_configuration_does_not_have_never_becomes_a_label()
    {
        var before = MetricsPage.Of(_metrics).Samples.Count;
        for (var i = 0; i < 50; i++)
        {
            Record(_deployment, $"canary-{i}", group: "");
            Record(_deployment, $"openai/canary-{i}", group: "openai/*");
        }

        var page = MetricsPage.Of(_metrics);
        Assert.DoesNotContain(page.Samples.Keys, static series => series.Contains("canary", StringComparison.Ordinal));
        Assert.Equal(50, Sum(page, "litellm_proxy_total_requests_metric_total", "requested_model=\"other\""));
        Assert.Equal(50, Sum(page, "litellm_proxy_total_requests_metric_total", "requested_model=\"openai/*\""));
        Assert.InRange(page.Samples.Count - before, 1, 250);
    }

    [Fact]
    public void An_address_on_the_page_holds_no_credential()
    {
        Record(_deployment, "gpt-4o");
        Assert.DoesNotContain(MetricsPage.Of(_metrics).Samples.Keys, static series => series.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Counters_and_deployments_survive_a_reload()
    {
        Record(_deployment, "gpt-4o");
        _metrics.ConfigApplied(Config(Azure), Start.AddMinutes(1));
        Assert.Same(_deployment, _metrics.Deployment(Azure with { Rpm = 3 }));
        Record(_deployment, "gpt-4o");
        Assert.Equal(2, Sum(MetricsPage.Of(_metrics), "litellm_requests_metric_total"));
    }

    [Fact]
    public void The_state_of_the_gateway_is_read_when_the_page_is_written()
    {
        var rows = 7L;
        _metrics.ObserveJournal(() => (rows, rows * 100));
        _metrics.ObserveConnections(static () => 12);
        _metrics.ObserveDeployments(() => [new DeploymentReading(_deployment, 0), new DeploymentReading(_deployment, 2)]);
        _metrics.Began();
        rows = 8;
        var page = MetricsPage.Of(_metrics);
        Assert.Equal(8, page["weir_journal_pending_rows"]);
        Assert.Equal(800, page["weir_journal_pending_bytes"]);
        Assert.Equal(12, page["weir_upstream_open_connections"]);
        Assert.Equal(1, page["litellm_in_flight_requests"]);
        Assert.Equal(2, page["litellm_deployment_state{litellm_model_name=\"our-4o\",model_id=\"d1\",api_base=\"https://x.openai.azure.com/base\",api_provider=\"azure\"}"]);
        Assert.Equal(1, page["weir_build_info{version=\"1.2.3\"}"]);
        Assert.Equal(Start.ToUnixTimeSeconds(), page["weir_config_last_reload_success_timestamp_seconds"]);
        _metrics.Ended();
        Assert.Equal(0, MetricsPage.Of(_metrics)["litellm_in_flight_requests"]);
    }

    [Fact]
    public void A_refused_reload_shows_until_one_is_applied()
    {
        Assert.Equal(1, MetricsPage.Of(_metrics)["weir_config_last_reload_successful"]);
        _metrics.ConfigRefused();
        var page = MetricsPage.Of(_metrics);
        Assert.Equal(0, page["weir_config_last_reload_successful"]);
        Assert.Equal(1, page["weir_config_reloads_total{result=\"refused\"}"]);
        _metrics.ConfigApplied(Config(Azure) with { Rejected = [new RejectedDeployment("g", "m", "c.yaml:1:1", "why")] }, Start);
        page = MetricsPage.Of(_metrics);
        Assert.Equal(1, page["weir_config_last_reload_successful"]);
        Assert.Equal(1, page["weir_rejected_deployments"]);
    }

    [Fact]
    public void Unknown_prices_estimates_and_aborts_are_said()
    {
        _metrics.Recorded(new RequestSample
        {
            Caller = _caller, Deployment = _deployment, RequestedModel = "gpt-4o", Group = "gpt-4o", Route = "/v1/chat/completions", Status = 499, ErrorClass = "ClientDisconnected",
            ClientGone = true, CostKnown = false, Usage = new TokenUsage { Prompt = 5, Estimated = true },
        });
        _metrics.CallbackFailed("otel");
        var page = MetricsPage.Of(_metrics);
        Assert.Equal(1, page["weir_price_unknown_requests_total{model_group=\"gpt-4o\",model_id=\"d1\"}"]);
        Assert.Equal(1, page["weir_usage_estimated_requests_total{model_group=\"gpt-4o\",model_id=\"d1\"}"]);
        Assert.Equal(1, page["weir_client_aborts_total"]);
        Assert.Equal(1, page["litellm_callback_logging_failures_metric_total{callback_name=\"otel\"}"]);
    }

    [Fact]
    public void Recording_allocates_nothing_once_its_labels_were_seen()
    {
        Record(_deployment, "gpt-4o");
        _metrics.Attempted(_caller, _deployment, "gpt-4o", "gpt-4o", null, 200);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                _metrics.Began();
                _metrics.Attempted(_caller, _deployment, "gpt-4o", "gpt-4o", null, 200);
                Record(_deployment, "gpt-4o");
                _metrics.Ended();
            }
        }));
    }

    [Fact]
    public async Task Parallel_records_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                Record(_deployment, "gpt-4o");
            }
        })));
        var page = MetricsPage.Of(_metrics);
        Assert.Equal(40_000, Sum(page, "litellm_requests_metric_total"));
        Assert.Equal(40_000, Sum(page, "litellm_request_total_latency_metric_count"));
    }

    [Fact]
    public void A_family_stops_growing_at_its_bound()
    {
        var family = new CounterFamily("x_total", "x", ["a"]);
        for (var i = 0; i < MetricFamily.MostSeries + 500; i++)
        {
            family.With($"v{i}").Increment();
        }

        Assert.Equal(500, family.With("other").Value);
        Assert.Same(family.With("other"), family.With("never seen"));
    }

    [Fact]
    public async Task Prometheus_own_tool_accepts_the_page()
    {
        const string promtool = "/usr/bin/promtool";
        Assert.SkipUnless(File.Exists(promtool), "promtool is not installed (Debian package prometheus)");
        Record(_deployment, "gpt-4o");
        _metrics.Attempted(_caller, _deployment, "gpt-4o", "gpt-4o", FaultKind.Timeout, 0);
        using var process = Process.Start(new ProcessStartInfo(promtool, "check metrics") { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true });
        Assert.NotNull(process);
        await process.StandardInput.BaseStream.WriteAsync(MetricsPage.Bytes(_metrics), TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        // Exit 3 is advice on names (a unit is missing): LiteLLM's names are what they are. Exit 1 is a page that cannot be read.
        Assert.True(process.ExitCode is 0 or 3, said);
        Assert.DoesNotContain(said.Split('\n'), static line => line.StartsWith("weir_", StringComparison.Ordinal));
        Assert.DoesNotContain("error while linting", said, StringComparison.Ordinal);
    }

    private void Record(DeploymentSeries deployment, string model, string group = "gpt-4o") => _metrics.Recorded(new RequestSample
    {
        Caller = _caller,
        Deployment = deployment,
        RequestedModel = model,
        Group = group,
        Route = "/v1/chat/completions",
        Status = 200,
        Streamed = true,
        Usage = new TokenUsage { Prompt = 100, Completion = 20, Total = 120, CachedPrompt = 30, Reasoning = 5 },
        Cost = new Money(12_345),
        CostKnown = true,
        Duration = TimeSpan.FromMilliseconds(300),
        Overhead = TimeSpan.FromMilliseconds(1),
        TimeToFirstToken = TimeSpan.FromMilliseconds(50),
    });

    private static double Sum(MetricsPage page, string name, params string[] holding) => page.Samples
        .Where(s => s.Key.Split('{')[0] == name && holding.All(text => s.Key.Contains(text, StringComparison.Ordinal)))
        .Sum(static s => s.Value);

    private static GatewayConfig Config(params DeploymentConfig[] deployments) => new() { Deployments = [.. deployments] };
}
