using Weir.Gateway.Config;
using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed class RouterTests
{
    private const string Models = """
        model_list:
          - {model_name: a, litellm_params: {model: openai/a, api_key: k}}
          - {model_name: b, litellm_params: {model: openai/b, api_key: k}}
          - {model_name: "open/*", litellm_params: {model: "openai/*", api_key: k}}

        """;

    [Fact]
    public void Router_settings_win_over_the_same_name_elsewhere()
    {
        var router = Read("""
            litellm_settings: {num_retries: 5, request_timeout: 100, allowed_fails: 9, cooldown_time: 90, fallbacks: [{a: [a]}]}
            router_settings: {num_retries: 1, timeout: 20, stream_timeout: 3, cooldown_time: "1.5", fallbacks: [{a: [b]}], retry_after: 2}
            """).Config.Router;

        Assert.Equal((1, 9, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2)), (router.Retries, router.AllowedFails, router.Cooldown, router.RetryAfter));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)), (router.Timeouts.Total, router.Timeouts.Stream));
        Assert.Equal(["b"], router.Fallbacks["a"]);
    }

    [Fact]
    public void Litellm_settings_count_where_the_router_says_nothing()
    {
        var router = Read("""
            litellm_settings: {num_retries: 5, request_timeout: "100", default_fallbacks: [b], context_window_fallbacks: [{a: [b]}]}
            """).Config.Router;

        Assert.Equal((5, TimeSpan.FromSeconds(100)), (router.Retries, router.Timeouts.Total));
        Assert.Equal(["b"], router.DefaultFallbacks);
        Assert.Equal(["b"], router.ContextWindowFallbacks["a"]);
    }

    [Fact]
    public void Nothing_said_means_litellm_s_defaults()
    {
        var router = Read("").Config.Router;

        Assert.Equal(
            (RoutingStrategy.SimpleShuffle, 2, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(5), 5),
            (router.Strategy, router.Retries, router.Timeouts.Total, router.Cooldown, router.MaxFallbacks));
        Assert.Null(router.AllowedFails);
    }

    [Theory]
    [InlineData("simple-shuffle", RoutingStrategy.SimpleShuffle)]
    [InlineData("least-busy", RoutingStrategy.LeastBusy)]
    [InlineData("usage-based-routing", RoutingStrategy.UsageBased)]
    [InlineData("usage-based-routing-v2", RoutingStrategy.UsageBased)]
    [InlineData("latency-based-routing", RoutingStrategy.LatencyBased)]
    [InlineData("cost-based-routing", RoutingStrategy.CostBased)]
    public void Each_strategy_has_its_name(string name, RoutingStrategy strategy) =>
        Assert.Equal(strategy, Read($"router_settings: {{routing_strategy: {name}}}").Config.Router.Strategy);

    [Theory]
    [InlineData("usage-based", "usage-based-routing")]
    [InlineData("simple", "simple-shuffle")]
    [InlineData("leastbusy", "least-busy")]
    public void An_invented_strategy_falls_back_to_shuffling_and_says_so(string name, string meant)
    {
        var bound = Read($"router_settings: {{routing_strategy: {name}}}");

        Assert.Equal(RoutingStrategy.SimpleShuffle, bound.Config.Router.Strategy);
        Assert.Equal((meant, ProblemSeverity.Warning), (bound.Problem(BindingCodes.UnknownStrategy).Suggestion, bound.Problem(BindingCodes.UnknownStrategy).Severity));
    }

    [Fact]
    public void Strategy_arguments_and_groups_are_read()
    {
        var router = Read("""
            router_settings:
              routing_strategy: latency-based-routing
              routing_strategy_args: {ttl: 60, lowest_latency_buffer: 0.5}
              routing_groups:
                - {group_name: cheap, models: [a, b], routing_strategy: cost-based-routing}
            """).Config.Router;

        Assert.Equal((TimeSpan.FromSeconds(60), 0.5), (router.LatencyTtl, router.LowestLatencyBuffer));
        Assert.Equal(RoutingStrategy.CostBased, router.GroupStrategies["b"]);
    }

    [Fact]
    public void Policies_are_read_by_kind_of_error()
    {
        var router = Read("""
            router_settings:
              retry_policy: {TimeoutErrorRetries: 3, RateLimitErrorRetries: 0, AuthenticationErrorRetries: 0}
              allowed_fails_policy: {InternalServerErrorAllowedFails: 20}
              model_group_retry_policy: {a: {ContentPolicyViolationErrorRetries: 4, BadRequestErrorRetries: 1}}
            """);

        router.HasNoProblem();
        Assert.Equal(3, router.Config.Router.RetryPolicy[RetryClass.Timeout]);
        Assert.Equal(0, router.Config.Router.RetryPolicy[RetryClass.RateLimit]);
        Assert.Equal(20, router.Config.Router.AllowedFailsPolicy[RetryClass.InternalServer]);
        Assert.Equal(4, router.Config.Router.GroupRetryPolicy["a"][RetryClass.ContentPolicyViolation]);
    }

    [Theory]
    [InlineData("ContentPolicyViolationRetries: 2", "'ContentPolicyViolationErrorRetries'")]
    [InlineData("RateLimitError: 2", "'RateLimitErrorRetries'")]
    [InlineData("max_retries: 2", "'num_retries' in router_settings")]
    [InlineData("retry_count: 2", "'num_retries' in router_settings")]
    public void An_invented_key_of_a_policy_is_named_and_has_no_effect(string line, string meant)
    {
        var bound = Read($"router_settings:\n  retry_policy:\n    {line}");

        Assert.Empty(bound.Config.Router.RetryPolicy);
        Assert.Equal(meant, bound.Problem(BindingCodes.UnknownErrorClass).Suggestion);
    }

    [Fact]
    public void Aliases_are_names_or_maps_and_a_list_is_explained()
    {
        var bound = Read("""
            router_settings:
              model_group_alias:
                gpt: a
                hidden: {model: b, hidden: true}
                several: [a, b]
            """);

        Assert.Equal(new ModelAlias("a", false), bound.Config.Router.Aliases["gpt"]);
        Assert.Equal(new ModelAlias("b", true), bound.Config.Router.Aliases["hidden"]);
        Assert.False(bound.Config.Router.Aliases.ContainsKey("several"));
        Assert.Contains("fallbacks", bound.Problem(BindingCodes.AliasShape).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[a, b]", "default_fallbacks (a plain list for every group)", 2)]
    [InlineData("[{model: a, context_window: 8000}]", null, 1)]
    public void Fallbacks_that_stand_for_no_group_are_left_out_and_explained(string value, string? meant, int times)
    {
        var bound = Read($"router_settings: {{fallbacks: {value}}}");

        Assert.Empty(bound.Config.Router.Fallbacks);
        Assert.Equal(times, bound.Problems.Count);
        Assert.All(bound.Problems, item => Assert.Equal((BindingCodes.FallbackShape, meant), (item.Code, item.Suggestion)));
    }

    [Theory]
    [InlineData("{a: [b]}")]
    [InlineData("[{a: b}]")]
    [InlineData("[{a: [{model: b, temperature: 0}]}]")]
    public void Fallbacks_whose_meaning_is_plain_are_read_and_warned(string value)
    {
        var bound = Read($"router_settings: {{fallbacks: {value}}}");

        Assert.Equal(["b"], bound.Config.Router.Fallbacks["a"]);
        bound.Problem(BindingCodes.FallbackShape);
    }

    [Fact]
    public void A_setting_that_does_not_fit_is_an_error_with_its_place()
    {
        var problem = Read("router_settings:\n  num_retries: three").Problem(BindingCodes.WrongType);

        Assert.Equal((ProblemSeverity.Error, "router_settings.num_retries", 16), (problem.Severity, problem.Path, problem.Position.Column));
    }

    [Fact]
    public void Health_and_tag_settings_are_read()
    {
        var router = Read("""
            general_settings: {background_health_checks: true, health_check_interval: 60, enable_health_check_routing: true}
            router_settings: {enable_tag_filtering: true, tag_filtering_match_any: false, enable_pre_call_checks: true, default_max_parallel_requests: 8, max_fallbacks: 2, disable_cooldowns: yes}
            """).Config.Router;

        Assert.True(router is { BackgroundHealthChecks: true, EnableHealthCheckRouting: true, EnableTagFiltering: true, TagMatchAny: false });
        Assert.True(router is { EnablePreCallChecks: true, DefaultMaxParallelRequests: 8, MaxFallbacks: 2, DisableCooldowns: true });
        Assert.Equal(TimeSpan.FromSeconds(60), router.HealthCheckInterval);
    }

    private static Bound Read(string yaml) => Bound.From(Models + yaml);
}
