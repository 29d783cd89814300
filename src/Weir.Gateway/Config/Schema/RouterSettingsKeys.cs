using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary><c>router_settings</c>.</summary>
internal static class RouterSettingsKeys
{
    private static readonly string[] ErrorNames =
        ["BadRequestError", "AuthenticationError", "TimeoutError", "RateLimitError", "ContentPolicyViolationError", "InternalServerError"];

    /// <summary>The strategies that a router, or a routing group, can use.</summary>
    public static readonly string[] Strategies =
    [
        "simple-shuffle", "least-busy", "usage-based-routing", "usage-based-routing-v2", "latency-based-routing", "cost-based-routing",
    ];

    /// <summary>Retries by kind of error.</summary>
    public static readonly ConfigSection RetryPolicy = new(
        "retry_policy", false, ErrorNames.Select(static name => Served(name + "Retries", Int, $"Retries after a {name}")));

    /// <summary>Failures before a cooldown, by kind of error.</summary>
    public static readonly ConfigSection AllowedFailsPolicy = new(
        "allowed_fails_policy", false, ErrorNames.Select(static name => Served(name + "AllowedFails", Int, $"Failures by {name} in a minute before a cooldown")));

    private static readonly ConfigSection StrategyArgs = new(
        "routing_strategy_args", true,
        Served("ttl", Number, "Seconds for which a latency sample counts"),
        Served("lowest_latency_buffer", Number, "Share above the lowest latency that counts as equally fast"));

    /// <summary>The section.</summary>
    public static readonly ConfigSection Section = new(
        "router_settings", false,
        Served("routing_strategy", Text, "How a deployment is chosen") with { Choices = [.. Strategies] },
        Served("routing_strategy_args", Map, "Arguments of the strategy") with { Map = StrategyArgs },
        Served("num_retries", Int, "Retries inside a model group"),
        Served("retry_after", Number, "Shortest wait before a retry, in seconds"),
        Served("timeout", Number, "Longest whole call, in seconds"),
        Served("stream_timeout", Number, "Longest wait for the first chunk of a stream, in seconds"),
        Served("allowed_fails", Int, "Failures in a minute before a deployment cools down"),
        Served("cooldown_time", Number, "How long a failing deployment rests, in seconds"),
        Served("disable_cooldowns", Bool, "Never rest a deployment"),
        Served("retry_policy", Map, "Retries by kind of error") with { Map = RetryPolicy },
        Served("model_group_retry_policy", Map, "Model group to its own retry policy") with { Values = RetryPolicy },
        Served("allowed_fails_policy", Map, "Failures before a cooldown, by kind of error") with { Map = AllowedFailsPolicy },
        Served("fallbacks", List, "Model group to the groups that are tried when it fails"),
        Served("context_window_fallbacks", List, "Model group to groups with a longer context"),
        Served("content_policy_fallbacks", List, "Model group to groups with another content filter"),
        Served("default_fallbacks", TextList, "Groups that are tried for a group without a list of its own"),
        Served("max_fallbacks", Int, "Most fallback groups for one request"),
        Served("model_group_alias", Map, "Alias to a model group, or to {model, hidden}"),
        Served("enable_pre_call_checks", Bool, "Count tokens and look at limits before a deployment is chosen"),
        Served("enable_tag_filtering", Bool, "Route by tags"),
        Served("tag_filtering_match_any", Bool, "One common tag is enough"),
        Served("default_litellm_params", Map, "Parameters of every deployment that sets them not itself") with { Map = ModelListKeys.LiteLlmParams },
        Served("default_max_parallel_requests", Int, "Calls in flight per deployment that sets no limit"),
        Served("ignore_invalid_deployments", Bool, "Leave an invalid deployment out instead of refusing the start"),
        Served("routing_groups", List, "Sets of models with their own strategy") with { Items = new ConfigSection(
            "routing_groups[]", false,
            Served("group_name", Text, "Name of the set"),
            Served("models", TextList, "Its model groups"),
            Served("routing_strategy", Text, "Its strategy") with { Choices = [.. Strategies] },
            Served("routing_strategy_args", Map, "Arguments of the strategy") with { Map = StrategyArgs }) },
        Served("enable_health_check_routing", Bool, "Leave out what the last background probe found down"),
        Served("health_check_staleness_threshold", Number, "Seconds after which a probe does not count"),
        Served("provider_budget_config", Map, "What may be spent at each provider: budget_limit (USD) and time_period"),
        Restricts("guardrail_list", List, "guardrails of the router"),
        new ConfigKey("optional_pre_call_checks", KeyMark.Restricts, TextList, "checks before a deployment is chosen; enforce_model_rate_limits enforces rpm and tpm")
        {
            When = RestrictsWhen.Named, RestrictingValues = ["enforce_model_rate_limits"],
            Instead = "Budgets are enforced without it; of the checks only this one limits anything, and the others are passed over.",
        },
        Ignored("redis_host", Text, "Redis of the router", "Routing state is kept in this process."),
        Ignored("redis_port", Int | Text, "Port of that Redis", "Routing state is kept in this process."),
        Ignored("redis_password", Text, "Password of that Redis", "Routing state is kept in this process.") with { Secret = true },
        Ignored("redis_db", Int, "Number of the Redis database", "Routing state is kept in this process."),
        Ignored("redis_url", Text, "Address of that Redis", "Routing state is kept in this process.") with { Secret = true },
        Ignored("cache_kwargs", Map, "More arguments for that Redis"),
        Ignored("cache_responses", Bool, "Answer equal requests from a cache", "Every request goes to a model."),
        Ignored("caching_groups", List, "Groups that share a cache", "Every request goes to a model."),
        Ignored("client_ttl", Number, "Seconds for which an HTTP client is kept", "Connections are renewed on their own."),
        Ignored("deployment_affinity_ttl_seconds", Number, "How long a key stays with its deployment"),
        Ignored("model_group_affinity_config", Map, "Affinity by model group"),
        Ignored("tag_routing_prefix", Text, "Prefix of tags that route"),
        Ignored("enable_weighted_failover", Bool, "Fail over by weight"),
        Ignored("search_tools", List, "Search tools of the router"),
        Ignored("health_check_ignore_transient_errors", Bool, "Do not count a passing error of a probe"),
        Ignored("background_health_check_model_groups", TextList, "Model groups that are probed in the background", "All are probed."),
        Ignored("default_priority", Int, "Priority of a request that names none"),
        Quiet("polling_interval", Number, "Seconds between two looks at the scheduler's queue"),
        Quiet("router_general_settings", Map, "Settings of LiteLLM's Python library"),
        Ignored("alerting_config", Map, "Alerts of the router", "Alert on /metrics instead."),
        Ignored("assistants_config", Map, "Where assistants go", "Their routes are not opened in this build."),
        Quiet("set_verbose", Bool, "Log more"),
        Quiet("debug_level", Text, "Log level of the router"));
}
