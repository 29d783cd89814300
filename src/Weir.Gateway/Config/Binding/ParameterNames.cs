namespace Weir.Gateway.Config.Binding;

/// <summary>
/// Which names of <c>litellm_params</c> are LiteLLM's own: connection, routing, limits, prices, policy. Every other name is a
/// parameter of the provider and goes into the body when the request does not set it.
/// </summary>
internal static class ParameterNames
{
    private static readonly HashSet<string> s_own = new(StringComparer.Ordinal)
    {
        // Connection and sign-in.
        "model", "custom_llm_provider", "api_key", "api_base", "base_url", "api_version", "organization", "headers", "extra_headers", "extra_body",
        "litellm_credential_name", "azure_ad_token", "azure_ad_token_provider", "tenant_id", "client_id", "client_secret", "azure_username",
        "azure_password", "azure_scope", "client_certificate_path", "ssl_verify", "region_name", "use_litellm_proxy", "litellm_system_prompt",

        // Routing, retries, time.
        "rpm", "tpm", "weight", "order", "max_parallel_requests", "timeout", "stream_timeout", "ttft_timeout", "stream_idle_timeout",
        "keepalive_seconds", "allow_client_keepalive_override", "max_retries", "num_retries", "cooldown_time", "tags", "silent_model",
        "mock_response", "mock_timeout", "mock_delay", "mock_tool_calls", "allowed_fails", "allowed_fails_policy", "retry_policy", "fallbacks",
        "context_window_fallbacks", "caching_groups", "auto_router_config", "auto_router_config_path", "auto_router_default_model",
        "auto_router_embedding_model", "complexity_router_config", "complexity_router_default_model", "adaptive_router_config",

        // Policy and accounting.
        "guardrails", "max_budget", "budget_duration", "drop_params", "additional_drop_params", "allowed_openai_params",
        "merge_reasoning_content_in_choices", "use_in_pass_through", "configurable_clientside_auth_params", "max_file_size_mb", "model_info",
        "base_model", "tiered_pricing", "cache", "caching", "no-log", "litellm_trace_id", "litellm_metadata", "default_api_key_rpm_limit",
        "default_api_key_tpm_limit", "s3_bucket_name", "s3_encryption_key_id", "gcs_bucket_name", "vector_store_id", "input_type_default",
        "hf_model_name", "model_alias_map", "supports_system_message", "ensure_alternating_roles", "custom_prompt_dict", "roles",
        "initial_prompt_value", "final_prompt_value", "bos_token", "eos_token", "verbose", "logger_fn", "mode", "metadata", "max_fallbacks",
        "user_continue_message", "assistant_continue_message", "provider_specific_header", "allowed_model_region", "request_timeout", "force_timeout",
        "prompt_id", "prompt_variables", "prompt_label", "prompt_version", "ignore_prompt_manager_model", "ignore_prompt_manager_optional_params",
        "vector_store_ids", "tag_regex", "use_psc_endpoint_format", "model_id", "turn_off_message_logging",
    };

    /// <summary>
    /// How the settings of LiteLLM's logging, storage and routing begin. Several hold keys of other services, so they must not reach the vendor.
    /// </summary>
    private static readonly string[] s_ownBeginnings =
    [
        "aws_", "vertex_", "watsonx_", "litellm_", "s3_", "gcs_", "langfuse_", "langsmith_", "arize_", "phoenix_", "humanloop_", "lunary_", "posthog_",
        "braintrust_", "wandb_", "weave_", "galileo_", "helicone_", "datadog_", "opik_", "slack_", "auto_router_", "complexity_router_",
        "adaptive_router_", "mock_", "vector_store_",
    ];

    /// <summary>Names that belong to <c>model_info</c> and do nothing here; the vendor would refuse them.</summary>
    private static readonly HashSet<string> s_modelInfo = new(StringComparer.Ordinal)
    {
        "max_input_tokens", "max_output_tokens", "context_window", "access_groups", "health_check_model", "description",
        "disable_background_health_check", "id", "team_id", "supported_environments", "health_check_timeout", "health_check_max_tokens", "health_check_voice",
    };

    /// <summary>What the caller alone decides.</summary>
    private static readonly HashSet<string> s_callers = new(StringComparer.Ordinal) { "stream", "messages", "input", "prompt", "stream_options" };

    /// <summary>True for a name of LiteLLM's own, which never goes into a body.</summary>
    public static bool IsOwn(string name) =>
        s_own.Contains(name) || IsPrice(name)
        || Array.Exists(s_ownBeginnings, beginning => name.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>True for a price.</summary>
    public static bool IsPrice(string name) =>
        name.Contains("_cost_per_", StringComparison.Ordinal) || name.EndsWith("_token_cost", StringComparison.Ordinal)
        || name.Contains("_token_cost_above_", StringComparison.Ordinal);

    /// <summary>Why a name is not sent to the provider; null when it is.</summary>
    public static string? WhyNotSent(string name) => name switch
    {
        "rpm_limit" => "LiteLLM's name is 'rpm'.",
        "tpm_limit" => "LiteLLM's name is 'tpm'.",
        _ when name.StartsWith("supports_", StringComparison.Ordinal) || s_modelInfo.Contains(name) => "It belongs under model_info.",
        _ when s_callers.Contains(name) => "The caller decides it.",
        _ => null,
    };

    /// <summary>The right name where <see cref="WhyNotSent"/> knows one.</summary>
    public static string? Meant(string name) => name switch
    {
        "rpm_limit" => "rpm",
        "tpm_limit" => "tpm",
        _ when name.StartsWith("supports_", StringComparison.Ordinal) || s_modelInfo.Contains(name) => $"model_info.{name}",
        _ => null,
    };
}
