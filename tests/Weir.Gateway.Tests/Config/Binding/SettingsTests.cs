using Weir.Gateway.Config;
using Weir.Gateway.Config.Binding;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed class SettingsTests
{
    [Fact]
    public void General_settings_arrive()
    {
        var config = Bound.From("""
            general_settings:
              master_key: sk-own
              database_url: sqlite:///data/weir.db
              completion_model: a
              embedding_model: e
              cancel_on_disconnect: "false"
              always_include_stream_usage: true
              include_call_id_in_error_body: true
              dangerously_allow_mock_testing_request_params: true
              litellm_key_header_name: X-Key
              user_header_name: X-User
              max_request_size_mb: 1.5
            """).Config;

        Assert.Equal(("sk-own", "sqlite:///data/weir.db"), (config.Access.MasterKey?.Reveal(), config.DatabaseUrl?.Reveal()));
        Assert.Equal(("X-Key", 1_572_864L, false), (config.Access.KeyHeaderName, config.Access.MaxRequestBytes, config.Access.PermitWeakMasterKey));
        Assert.True(config.Request is
        {
            CompletionModel: "a", EmbeddingModel: "e", CancelOnDisconnect: false, AlwaysIncludeStreamUsage: true, IncludeCallIdInErrors: true,
            AllowMockTesting: true, UserHeaderName: "X-User",
        });
    }

    [Theory]
    [InlineData("callbacks: prometheus", true, false)]
    [InlineData("callbacks: [prometheus, otel]", true, true)]
    [InlineData("success_callback: [\"prometheus\"]", true, false)]
    [InlineData("failure_callback: [otel, langfuse]", false, true)]
    [InlineData("callbacks: [my_module.handler]", false, false)]
    [InlineData("callbacks:", false, false)]
    public void Callbacks_may_be_a_text_or_a_list_in_any_of_their_places(string line, bool prometheus, bool otel)
    {
        var telemetry = Bound.From($"litellm_settings:\n  {line}").Config.Telemetry;

        Assert.Equal((prometheus, otel), (telemetry.Prometheus, telemetry.OpenTelemetry));
    }

    [Theory]
    [InlineData("true", true, null)]
    [InlineData("false", false, null)]
    [InlineData("\"False\"", false, null)]
    [InlineData("/etc/ca.pem", true, "/etc/ca.pem")]
    public void Ssl_verify_is_a_flag_or_a_file(string value, bool verify, string? file)
    {
        var request = Bound.From($"litellm_settings: {{ssl_verify: {value}}}").Config.Request;

        Assert.Equal((verify, file), (request.VerifyTls, request.CaFile));
    }

    [Fact]
    public void The_environment_says_what_the_file_leaves_open()
    {
        var config = Bound.From(
            "general_settings:",
            ("DATABASE_URL", "sqlite:///env.db"), ("SSL_CERT_FILE", "/ca.pem"), ("JSON_LOGS", "True"), ("LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY", "true")).Config;

        Assert.Equal(("sqlite:///env.db", "/ca.pem"), (config.DatabaseUrl?.Reveal(), config.Request.CaFile));
        Assert.True(config.Telemetry.JsonLogs);
        Assert.True(config.Access.PermitWeakMasterKey);
        Assert.False(Bound.From("general_settings:", ("SSL_VERIFY", "False")).Config.Request.VerifyTls);
    }

    [Fact]
    public void Litellm_settings_arrive()
    {
        var config = Bound.From("""
            litellm_settings: {drop_params: true, json_logs: true, require_auth_for_metrics_endpoint: true, return_response_headers: false, expose_router_debug_in_errors: false}
            """).Config;

        Assert.True(config.Request is { DropParams: true, ReturnResponseHeaders: false, ExposeRouterDebug: false });
        Assert.True(config.Telemetry.JsonLogs);
        Assert.True(config.Access.RequireAuthForMetrics);
    }

    [Fact]
    public void Weir_s_own_settings_have_a_section_that_litellm_ignores()
    {
        var bound = Bound.From("weir_settings: {metrics_port: 9090, durability: disk, azure_compat: strip, price_file: prices.json, retry_after_cap: 30}");

        bound.HasNoProblem();
        Assert.Equal((9090, Durability.Disk), (bound.Config.Telemetry.MetricsPort, bound.Config.Telemetry.Durability));
        Assert.Equal((true, "prices.json"), (bound.Config.Request.AzureCompatStrip, bound.Config.Request.PriceFile));
        Assert.Equal(TimeSpan.FromSeconds(30), bound.Config.Router.RetryAfterCap);
    }

    [Fact]
    public void A_word_that_is_none_of_the_choices_is_an_error() =>
        Assert.Contains("process, disk, store", Bound.From("weir_settings: {durability: paranoid}").Problem(BindingCodes.WrongType).Expected, StringComparison.Ordinal);

    [Fact]
    public void A_section_that_is_no_map_is_an_error_and_not_a_crash() =>
        Assert.Equal("a map", Bound.From("litellm_settings: [drop_params]").Problem(BindingCodes.WrongType).Expected);
}
