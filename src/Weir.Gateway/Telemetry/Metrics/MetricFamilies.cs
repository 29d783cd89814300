namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>
/// Every counter and histogram, with LiteLLM's names and labels first and our own behind them. Labels that a caller could choose
/// freely (<c>client_ip</c>, <c>user_agent</c>, <c>end_user</c>) are left out or say None.
/// </summary>
internal sealed class MetricFamilies
{
    private static readonly string[] TokenLabels =
        ["end_user", "hashed_api_key", "api_key_alias", "model", "team", "team_alias", "user", "user_email", "requested_model", "model_id"];

    private static readonly string[] SpendLabels =
        ["end_user", "hashed_api_key", "api_key_alias", "model", "team", "team_alias", "user", "user_email", "model_id", "api_provider"];

    private static readonly string[] UpstreamLabels =
        ["model", "hashed_api_key", "api_key_alias", "team", "team_alias", "requested_model", "end_user", "user", "model_id"];

    private static readonly string[] DeploymentCallLabels =
        ["requested_model", "litellm_model_name", "model_id", "api_base", "api_provider", "hashed_api_key", "api_key_alias", "team", "team_alias"];

    private static readonly string[] FallbackLabels =
        ["requested_model", "fallback_model", "hashed_api_key", "api_key_alias", "team", "team_alias", "exception_status", "exception_class", "model_id"];

    /// <summary>The labels of a deployment alone.</summary>
    internal static readonly string[] DeploymentLabelNames = ["litellm_model_name", "model_id", "api_base", "api_provider"];

    internal readonly CounterFamily TotalRequests = new(
        "litellm_proxy_total_requests_metric_total", "Requests that reached the gateway.",
        ["end_user", "hashed_api_key", "api_key_alias", "requested_model", "team", "team_alias", "user", "status_code", "user_email", "route", "model_id"]);

    internal readonly CounterFamily Failed = new(
        "litellm_proxy_failed_requests_metric_total", "Requests that the gateway answered with an error.",
        ["end_user", "hashed_api_key", "api_key_alias", "requested_model", "team", "team_alias", "user", "user_email", "exception_status", "exception_class", "route", "model_id"]);

    internal readonly CounterFamily Requests = new("litellm_requests_metric_total", "Requests that were sent to a deployment.", SpendLabels);
    internal readonly CounterFamily Spend = new("litellm_spend_metric_total", "US dollars spent.", SpendLabels, unitsPerWhole: 1e9);
    internal readonly CounterFamily TotalTokens = new("litellm_total_tokens_metric_total", "Input and output tokens.", TokenLabels);
    internal readonly CounterFamily InputTokens = new("litellm_input_tokens_metric_total", "Input tokens.", TokenLabels);
    internal readonly CounterFamily OutputTokens = new("litellm_output_tokens_metric_total", "Output tokens.", TokenLabels);
    internal readonly CounterFamily CachedTokens = new("litellm_input_cached_tokens_metric_total", "Input tokens that the provider read from its cache.", TokenLabels);
    internal readonly CounterFamily CacheWriteTokens = new("litellm_input_cache_creation_tokens_metric_total", "Input tokens that the provider wrote to its cache.", TokenLabels);
    internal readonly CounterFamily ReasoningTokens = new("litellm_output_reasoning_tokens_metric_total", "Output tokens that were reasoning.", TokenLabels);

    internal readonly CounterFamily DeploymentTotal = new("litellm_deployment_total_requests_total", "Attempts at a deployment.", DeploymentCallLabels);
    internal readonly CounterFamily DeploymentSuccess = new("litellm_deployment_success_responses_total", "Attempts that a deployment answered.", DeploymentCallLabels);
    internal readonly CounterFamily DeploymentFailure = new("litellm_deployment_failure_responses_total", "Attempts that failed.", [.. DeploymentCallLabels, "exception_status", "exception_class"]);
    internal readonly CounterFamily CooledDown = new("litellm_deployment_cooled_down_total", "Times that a deployment was rested after failures.", [.. DeploymentLabelNames, "exception_status"]);
    internal readonly CounterFamily FallbackSuccess = new("litellm_deployment_successful_fallbacks_total", "Requests that a fallback group answered.", FallbackLabels);
    internal readonly CounterFamily FallbackFailure = new("litellm_deployment_failed_fallbacks_total", "Requests that a fallback group could not answer either.", FallbackLabels);
    internal readonly CounterFamily CallbackFailures = new("litellm_callback_logging_failures_metric_total", "Sends to a telemetry receiver that failed.", ["callback_name"]);

    internal readonly HistogramFamily TotalLatency = new(
        "litellm_request_total_latency_metric", "Seconds from the request's arrival to its last byte.",
        ["end_user", "hashed_api_key", "api_key_alias", "requested_model", "team", "team_alias", "user", "model", "model_id"]);

    internal readonly HistogramFamily UpstreamLatency = new("litellm_llm_api_latency_metric", "Seconds that the upstream took.", UpstreamLabels);
    internal readonly HistogramFamily FirstToken = new("litellm_llm_api_time_to_first_token_metric", "Seconds until the first content of a stream.", UpstreamLabels);

    internal readonly HistogramFamily Overhead = new(
        "litellm_overhead_latency_metric", "Seconds spent in the gateway itself.",
        ["model_group", "api_provider", "api_base", "litellm_model_name", "hashed_api_key", "api_key_alias", "model_id"]);

    internal readonly HistogramFamily LatencyPerToken = new(
        "litellm_deployment_latency_per_output_token", "Seconds per output token.",
        [.. DeploymentLabelNames, "hashed_api_key", "api_key_alias", "team", "team_alias"]);

    internal readonly CounterFamily PriceUnknown = new("weir_price_unknown_requests_total", "Requests whose cost is not known: no price for the model.", ["model_group", "model_id"]);
    internal readonly CounterFamily UsageEstimated = new("weir_usage_estimated_requests_total", "Requests whose tokens were counted here because the upstream sent no usage.", ["model_group", "model_id"]);
    internal readonly CounterFamily Dropped = new("weir_dropped_params_total", "Members of requests that the upstream's format could not carry.", ["param", "api_provider"]);
    internal readonly CounterFamily ClientAborts = new("weir_client_aborts_total", "Requests whose client went away before the answer was whole.", []);
    internal readonly CounterFamily Reloads = new("weir_config_reloads_total", "Times that the configuration was read anew.", ["result"]);

    /// <summary>In the order of the page.</summary>
    internal IEnumerable<MetricFamily> All =>
    [
        TotalRequests, Failed, Requests, Spend, TotalTokens, InputTokens, OutputTokens, CachedTokens, CacheWriteTokens, ReasoningTokens,
        DeploymentTotal, DeploymentSuccess, DeploymentFailure, CooledDown, FallbackSuccess, FallbackFailure, CallbackFailures,
        TotalLatency, UpstreamLatency, FirstToken, Overhead, LatencyPerToken,
        PriceUnknown, UsageEstimated, Dropped, ClientAborts, Reloads,
    ];
}
