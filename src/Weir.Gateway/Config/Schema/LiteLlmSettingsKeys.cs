using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary><c>litellm_settings</c>.</summary>
internal static class LiteLlmSettingsKeys
{
    private const string NoCache = "Answers are not cached by this build: every request goes to a model.";
    private const string SendOtlp = "Set callbacks: [otel] and OTEL_EXPORTER_OTLP_ENDPOINT instead.";
    private const string InTheModel = "Write it in the litellm_params of the model, or for all models in router_settings.default_litellm_params.";
    private const string NoPrompts = "Prompts are not kept here: send them with the request.";
    private const string WithCallback = "It goes with the callback that it tunes.";
    private const string SystemTls = "TLS to upstreams follows the settings of the machine.";

    /// <summary><c>cache_params</c>.</summary>
    public static readonly ConfigSection CacheParams = new(
        "cache_params", true,
        [
            Quiet("type", Text, "Kind of cache") with { Choices = ["local", "redis", "redis-semantic", "qdrant-semantic", "s3", "gcs", "azure-blob", "disk"] },
            Quiet("host", Text, "Host of Redis"),
            Quiet("port", Int | Text, "Port of Redis"),
            Quiet("password", Text, "Password of Redis") with { Secret = true },
            Quiet("username", Text, "User of Redis"),
            Quiet("url", Text, "Address of Redis") with { Secret = true },
            Quiet("ssl", Bool, "Speak TLS to Redis"),
            Quiet("db", Int, "Number of the Redis database"),
            Quiet("namespace", Text, "Prefix of the keys"),
            Quiet("ttl", Number, "Seconds for which an answer is kept"),
            Quiet("mode", Text, "Cache by default or on request") with { Choices = ["default_on", "default_off"] },
            Quiet("supported_call_types", TextList, "Calls that are cached"),
            Quiet("redis_startup_nodes", List, "Nodes of a Redis cluster"),
            Quiet("service_name", Text, "Name of the Redis service"),
            Quiet("sentinel_nodes", List, "Sentinels"),
            Quiet("sentinel_password", Text, "Password of the sentinels") with { Secret = true },
            Quiet("similarity_threshold", Number, "How alike two questions must be"),
            Quiet("redis_semantic_cache_embedding_model", Text, "Model for that"),
            Quiet("max_connections", Int, "Connections at most"),
        ]);

    /// <summary>The section.</summary>
    public static readonly ConfigSection Section = new(
        "litellm_settings", false,
        [
            Served("callbacks", CallbackNames, "Where requests are reported; prometheus and otel are built in"),
            Served("success_callback", CallbackNames, "Where successful requests are reported"),
            Served("failure_callback", CallbackNames, "Where failed requests are reported"),
            Served("num_retries", Int, "Retries inside a model group"),
            Served("request_timeout", Number, "Longest whole call, in seconds"),
            Served("fallbacks", List, "Model group to the groups that are tried when it fails"),
            Served("context_window_fallbacks", List, "Model group to groups with a longer context"),
            Served("content_policy_fallbacks", List, "Model group to groups with another content filter"),
            Served("default_fallbacks", TextList, "Groups that are tried for a group without a list of its own"),
            Served("max_fallbacks", Int, "Most fallback groups for one request"),
            Served("model_alias_map", Map, "Name in a request to the model group that answers it"),
            Served("allowed_fails", Int, "Failures in a minute before a deployment cools down"),
            Served("cooldown_time", Number, "How long a failing deployment rests, in seconds"),
            Served("drop_params", Bool, "Drop parameters that the provider does not take"),
            Served("json_logs", Bool, "Logs as JSON"),
            Served("turn_off_message_logging", Bool, "Never log prompts and replies"),
            Served("redact_messages_in_exceptions", Bool, "Never log prompts with an error"),
            Served("ssl_verify", ValueTypes.Bool | Text, "Verify certificates of upstreams; or a CA file"),
            Served("return_response_headers", Bool, "Pass the upstream's headers on as llm_provider-*"),
            Served("expose_router_debug_in_errors", Bool, "Say the chain of fallbacks in error messages"),
            Served("enable_azure_ad_token_refresh", Bool, "Sign in at Entra and refresh the token"),
            Served("require_auth_for_metrics_endpoint", Bool, "/metrics asks for a key"),
            Served("user_url_validation", Bool, "Refuse private addresses in URLs that users send"),
            Served("default_internal_user_params", Map, "What a new internal user gets"),
            Served("default_team_params", Map, "What a new team gets"),
            Served("default_key_generate_params", Map, "What a new key gets"),
            Served("upperbound_key_generate_params", Map, "The most that a new key may get"),

            Served("max_budget", Number, "What the whole gateway may spend, in USD; 0 for no limit"),
            Limit("max_internal_user_budget", "the budget of each internal user"),
            Limit("default_max_internal_user_budget", "the budget of each internal user"),
            Restricts("key_generation_settings", Map, "who may make keys", "Give users roles, and teams team_member_permissions."),
            Served("max_end_user_budget_id", Text, "The budget of each end user that has none of its own"),
            Served("max_end_user_budget", Number, "What each end user may spend, in USD; 0 for no limit"),
            Restricts("tag_budget_config", Map, "budgets by tag"),
            Restricts("pre_call_rules", Any, "checks of requests by your own Python", "Python can't be loaded: check in a service in front of the models."),
            Restricts("post_call_rules", Any, "checks of answers by your own Python", "Python can't be loaded: check in a service in front of the models."),
            Restricts("guardrails", List, "guardrails (old place)", "Write them in the top-level section guardrails."),
            Restricts("redact_user_api_key_info", Bool, "hides who called in logs and traces", "Leave callbacks off so that nothing is sent away, and remove it."),
            Restricts("overwrite_user_with_key_hash", Bool, "hides the user's name from the upstream"),
            Restricts("banned_keywords_list", Any, "words that are refused"),
            Restricts("blocked_user_list", Any, "end users that are refused"),
            Restricts("prompt_injection_params", Map, "detection of prompt injection"),
            Restricts("llm_guard_mode", Text, "moderation by LLM Guard"),
            Restricts("presidio_ad_hoc_recognizers", Text, "masking of personal data by Presidio"),
            Restricts("output_parse_pii", Bool, "masking of personal data by Presidio"),
            Restricts("detect_secrets_config", Map, "redaction of secrets"),

            Ignored("service_callback", CallbackNames, "Where the state of services is reported", "/metrics holds them."),
            Ignored("service_callbacks", CallbackNames, "Where the state of services is reported", "/metrics holds them."),
            Ignored("input_callback", CallbackNames, "Where requests are reported before they are sent", SendOtlp),
            Ignored("cache", Bool, "Answer equal requests from a cache", NoCache),
            Ignored("cache_params", Map, "Where that cache is", NoCache) with { Map = CacheParams },
            Ignored("enable_redis_auth_cache", Bool, "Cache keys in Redis"),
            Ignored("modify_params", Bool, "Change a request so that the provider takes it"),
            Ignored("add_function_to_prompt", Bool, "Describe tools in the prompt"),
            Ignored("force_ipv4", Bool, "Use IPv4 only"),
            Served("budget_duration", Text, "How often max_budget starts again, such as 30d"),
            Ignored("internal_user_budget_duration", Text, "Period of the user's budget", "It goes with max_internal_user_budget."),
            Ignored("max_ui_session_budget", Number, "Budget of a session of the admin UI", "There is no admin UI in this build."),
            Ignored("default_end_user_params", Map, "What a new end user gets", "Make the end user with /customer/new, or set max_end_user_budget_id."),
            Ignored("default_team_settings", List, "Callbacks by team", SendOtlp),
            Ignored("enable_key_alias_format_validation", Bool, "Check the alias of a new key"),
            Served("budget_exceeded_status_code", Int, "Status when a budget is spent"),
            Ignored("budget_reset_time", Text, "Time of day at which budgets start again"),
            Served("timezone", Text, "Time zone whose midnight begins a new budget"),
            Ignored("store_audit_logs", Bool, "Record changes by administrators", "Every change is audited, without asking: see `weir audit`."),
            Ignored("audit_log_callbacks", TextList, "Where those records go", "`weir audit export` writes them out."),
            Ignored("cost_discount_config", Map, "Discount by provider", "Write the price in model_info instead."),
            Ignored("cost_margin_config", Map, "Margin by provider", "Write the price in model_info instead."),
            Ignored("mcp_aliases", Map, "Alias to MCP server", "MCP servers are not served by this build."),
            Ignored("mcp_semantic_tool_filter", Map, "Offer only fitting MCP tools", "MCP servers are not served by this build."),
            Ignored("enable_json_schema_validation", Bool, "Check answers against the JSON schema", "Answers pass as the upstream sent them."),
            Ignored("public_model_groups", TextList, "Models that the public page shows"),
            Ignored("prometheus_metrics_config", List, "Which metrics with which labels", "All metrics are shown."),
            Ignored("custom_prometheus_metadata_labels", TextList, "Metric labels from request metadata", "Labels come from the configuration only."),
            Ignored("custom_prometheus_tags", TextList, "Metric labels from tags", "Labels come from the configuration only."),
            Ignored("prometheus_initialize_budget_metrics", Bool, "Show budgets in /metrics from the start"),
            Ignored("prometheus_emit_stream_label", Bool, "Label metrics by stream"),
            Quiet("telemetry", Bool, "LiteLLM's own telemetry; Weir sends none"),
            Quiet("set_verbose", Bool, "Log more; the field calls it deprecated"),
            Quiet("stream", Bool, "Stream by default; the request decides"),
            Ignored("user_url_allowed_hosts", TextList, "Hosts that users may name although private", "They stay refused."),
            Ignored("skip_system_message_in_guardrail", Bool, "Guardrails leave the system message out"),
            Ignored("skip_tool_message_in_guardrail", Bool, "Guardrails leave tool messages out"),
            Ignored("disable_end_user_cost_tracking", Bool, "Do not count cost by end user"),
            Ignored("enable_end_user_cost_tracking_prometheus_only", Bool, "Count cost by end user in metrics only"),
            Ignored("request_correlation_in_logs", Bool, "Request ids in every log line"),
            Quiet("http2", Bool, "Speak HTTP/2"),
            Quiet("disable_aiohttp_transport", Bool, "Choice of Python's HTTP client"),
            Ignored("route_all_chat_openai_to_responses", Bool, "Use the responses API upstream"),
            Ignored("use_chat_completions_url_for_anthropic_messages", Bool, "Use chat completions for Anthropic messages"),
            Ignored("require_managed_files", Bool, "Take managed files only", "There are no file routes in this build."),
            Ignored("check_provider_endpoint", Bool, "Ask providers for their models"),
            Ignored("log_raw_request_response", Bool, "Log what goes upstream", "Bodies are never logged."),
            Ignored("langfuse_default_tags", TextList, "Tags for Langfuse", SendOtlp),
            Ignored("extra_spend_tag_headers", TextList, "Headers that become tags"),
            Ignored("custom_provider_map", List, "Providers written in Python", "Python can't be loaded: run that provider behind an OpenAI-compatible server and use openai/ with its api_base."),
            Ignored("reasoning_auto_summary", Bool, "Ask for a summary of the reasoning"),
            Ignored("parse_tool_call_from_content", Bool, "Find tool calls in the text"),
            Ignored("s3_callback_params", Map, "Bucket for logs", SendOtlp),
            Ignored("gcs_callback_params", Map, "Bucket for logs", SendOtlp),
            .. Further(),
        ]);

    /// <summary>Settings that LiteLLM keeps as variables of its Python module; most are seen in its documentation only.</summary>
    private static IEnumerable<ConfigKey> Further() =>
    [
        .. new[] { "api_base", "api_version", "organization", "vertex_project", "vertex_location" }
            .Select(static name => Ignored(name, Text, "The same for every model that sets none", InTheModel)),
        Ignored("headers", Map, "The same for every model that sets none", InTheModel) with { Secret = true },
        .. new[]
        {
            "api_key", "openai_key", "azure_key", "anthropic_key", "groq_key", "databricks_key", "cohere_key", "replicate_key", "openrouter_key",
            "huggingface_key", "togetherai_api_key",
        }.Select(static name => Ignored(name, Text, "Key for every model that sets none", InTheModel) with { Secret = true }),
        Ignored("vertex_ai_safety_settings", List, "Safety settings of every Vertex model", InTheModel),
        Ignored("default_vertex_config", Map, "Project of Vertex pass-through routes", "Write it at the top level."),
        Ignored("max_tokens", Int, "Length of answers where the vendor asks for one", InTheModel),
        Ignored("model_group_settings", Map, "Which groups get the client's headers", "Only the headers of Weir's allow-list go upstream."),
        Ignored("forward_traceparent_to_llm_provider", Bool, "Pass the client's trace on to the upstream"),
        Ignored("add_user_information_to_llm_headers", Bool, "Tell the upstream who called", "The upstream is not told."),
        Ignored("disable_end_user_cost_tracking_prometheus_only", Bool, "No end users in metrics", "Metric labels come from the configuration only."),
        Ignored("enable_preview_features", Bool, "Switch on what LiteLLM still tries out"),
        Ignored("enable_model_config_credential_overrides", Bool, "Let teams bring their own keys"),
        Ignored("default_soft_budget", Number, "Spend at which a key is reported", "Give the key a soft_budget."),
        Ignored("global_disable_no_log_param", Bool, "Log requests that ask not to be logged", "A row is always written; it never holds prompts or replies."),
        Ignored("enable_caching_on_provider_specific_optional_params", Bool, "What makes two requests equal", NoCache),
        Ignored("enable_loadbalancing_on_batch_endpoints", Bool, "Share batches between deployments", "There are no batch routes in this build."),
        Ignored("logged_real_time_event_types", Any, "Which realtime events are logged", "Bodies are never logged."),
        Ignored("cold_storage_custom_logger", Text, "Where bodies are kept", "Bodies are never kept."),
        Ignored("ssl_certificate", Text, "Client certificate for upstreams", "Put a TLS proxy that holds it in front of the upstream."),
        Ignored("ssl_security_level", Text, "Which ciphers are allowed", SystemTls),
        Ignored("ssl_ecdh_curve", Text, "Which curve is used", SystemTls),
        Ignored("ui_theme_config", Map, "Look of the admin UI", "There is no admin UI in this build."),
        .. new[] { "global_prompt_directory", "global_gitlab_config", "global_bitbucket_config" }.Select(static name => Ignored(name, Any, "Where prompts are kept", NoPrompts)),
        .. new[] { "aws_sqs_callback_params", "argilla_transformation_object", "generic_logger_headers", "datadog_params" }
            .Select(static name => Ignored(name, Any, "Setting of a callback", SendOtlp)),
        .. new[] { "langsmith_batch_size", "argilla_batch_size", "datadog_use_v1" }.Select(static name => Ignored(name, Any, "Setting of a callback", SendOtlp)),
        .. new[]
        {
            "priority_reservation", "priority_reservation_settings", "azure_content_safety_params", "llamaguard_model_name", "llamaguard_unsafe_content_categories",
            "openai_moderations_model_name", "google_moderation_confidence_threshold", "toxic_confidence_threshold", "websearch_interception_params",
            "compression_interception_params",
        }.Select(static name => Ignored(name, Any, "Setting of a callback that looks at requests", WithCallback)),
        .. new[]
        {
            "default_in_memory_ttl", "default_redis_ttl", "default_redis_batch_cache_expiry", "disable_hf_tokenizer_download", "disable_copilot_system_to_assistant",
            "disable_add_transform_inline_image_block", "disable_add_user_agent_to_request_tags", "disable_streaming_logging", "suppress_debug_info",
            "allow_dynamic_callback_disabling", "model_cost_map_url", "network_mock", "REPEATED_STREAMING_CHUNK_LIMIT", "LITELLM_DISABLE_STOP_SEQUENCE_LIMIT",
        }.Select(static name => Quiet(name, Any, "Detail of LiteLLM's own working")),
    ];
}
