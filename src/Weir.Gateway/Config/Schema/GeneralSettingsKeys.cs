using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary><c>general_settings</c>.</summary>
internal static class GeneralSettingsKeys
{
    private const string NoDatabase = "Write it into database_url: connection_limit, pool_timeout, connect_timeout, socket_timeout, sslmode, schema.";
    private const string NoPython = "Python can't be loaded: bound keys with litellm_settings.upperbound_key_generate_params, and say who may make them by the roles of users.";
    private const string NoMcp = "MCP servers are not served by this build.";
    private const string NoUi = "There is no admin UI in this build.";
    private const string NoContent = "Rows never hold prompts or replies.";
    private const string NoAlerts = "Alert on /metrics instead.";

    private static readonly ConfigSection Audit = new(
        "general_settings.audit", false,
        Served("signing_key_file", Text, "PEM file of the private key that signs the audit's checkpoints"),
        Served("arguments", Text, "What is kept of the arguments of commands") with { Choices = ["masked", "hash", "off"] });

    /// <summary>The section.</summary>
    public static readonly ConfigSection Section = new(
        "general_settings", false,
        [
            Served("master_key", Text, "The key that may do everything") with { Secret = true },
            Served("database_url", Text, "Where data is kept: postgresql://user:password@host/database, or sqlite:///path") with { Secret = true },
            Served("litellm_key_header_name", Text, "Another header that carries the key"),
            Served("allowed_ips", TextList, "The addresses that may call; networks such as 10.0.0.0/8 too"),
            Served("allowed_routes", TextList, "The routes that may be called"),
            Served("admin_only_routes", TextList, "Routes for administrators alone"),
            Served("enforce_fallback_model_access", Bool, "A fallback is tried only for keys that may use it themselves"),
            Served("user_header_name", Text, "Header that carries the end user's id"),
            Served("cancel_on_disconnect", Bool, "End the upstream call when its client has gone"),
            Served("always_include_stream_usage", Bool, "Send usage at the end of every stream"),
            Served("include_call_id_in_error_body", Bool, "Add the call's id to error bodies"),
            Served("background_health_checks", Bool, "Probe models in the background"),
            Served("health_check_interval", Number, "Seconds between two probes"),
            Served("enable_health_check_routing", Bool, "Leave out what the last probe found down"),
            Served("completion_model", Text, "Model forced on every chat call"),
            Served("embedding_model", Text, "Model forced on every embedding call"),
            Served("image_generation_model", Text, "Model forced on every image call"),
            Served("moderation_model", Text, "Model forced on every moderation call"),
            Served("max_file_size_mb", Number, "Largest form with files (uploads, images, audio); else max_request_size_mb, else 128"),
            Served("max_request_size_mb", Number, "Largest request body"),
            Served("audit", Map, "The tamper-evident audit") with { Map = Audit },
            Served("dangerously_permit_weak_or_unset_master_key", Bool, "Start with a weak master key, or none"),
            Served("dangerously_allow_mock_testing_request_params", Bool, "Let requests carry mock_testing_* members"),

            Served("pass_through_endpoints", List, "More routes, which go to another server as they are") with { Items = PassThroughKeys.Section },
            Served("pass_through_request_timeout", Number, "Seconds until a passed-through answer begins, and between two pieces of it"),

            Restricts("custom_auth", Text, "authentication by your own Python",
                "Python can't be loaded: put an authenticating reverse proxy in front, or give callers Weir's own key."),
            Restricts("enable_jwt_auth", Bool, "authentication by signed tokens (JWT)"),
            Restricts("enable_oauth2_auth", Bool, "authentication by OAuth 2 tokens"),
            Restricts("enable_oauth2_proxy_auth", Bool, "authentication by headers of an OAuth 2 proxy in front"),
            Restricts("custom_key_generate", Text, "your own Python for new keys", NoPython),
            Restricts("custom_key_update", Text, "your own Python for changed keys", NoPython),
            Restricts("custom_key_policy", Text, "your own Python for keys", NoPython),
            Restricts("service_account_settings", Map, "what requests of service accounts must carry"),
            Restricts("default_team_disabled", Bool, "no keys without a team"),
            Restricts("enforce_user_param", Bool, "every request must name its user"),
            Restricts("enforced_params", TextList, "members that every request must carry"),
            Limit("max_parallel_requests", "calls in flight per deployment", "Set router_settings.default_max_parallel_requests."),
            Served("global_max_parallel_requests", Int, "Requests in flight of the whole gateway; 0 for no limit"),
            Limit("max_in_flight_requests_per_worker", "calls in flight of the process"),
            Limit("max_queued_requests_per_worker", "waiting calls of the process"),
            Limit("max_response_size_mb", "the size of an answer"),
            Restricts("reject_clientside_metadata_tags", Bool, "requests may not bring their own tags"),
            new ConfigKey("missing_session_id", KeyMark.Restricts, Text, "requests without a session id are refused")
            {
                Choices = ["generate", "reject"], When = RestrictsWhen.Named, RestrictingValues = ["reject"],
            },
            new ConfigKey("health_check_details", KeyMark.Restricts, Bool, "/health hides details of deployments") { When = RestrictsWhen.False },

            Ignored("allow_requests_on_db_unavailable", Bool, "Let requests through while the database is down", "Keys are checked without the database."),
            Ignored("store_model_in_db", Bool, "Keep models in the database", "Models come from the file only."),
            Ignored("store_prompts_in_spend_logs", Bool, "Keep prompts and replies with each row", NoContent),
            Ignored("disable_spend_logs", Bool, "Write no row per request", "A row is always written. " + NoContent),
            Ignored("disable_spend_updates", Bool, "Do not add spend up"),
            Ignored("disable_error_logs", Bool, "Write no row for failed requests", "A row is always written. " + NoContent),
            Ignored("maximum_spend_logs_retention_period", Text, "How long rows are kept", "Rows are kept until you delete the file. " + NoContent),
            .. new[] { "interval", "cleanup_cron", "batch_size", "max_batches", "run_budget", "batch_timeout" }
                .Select(static part => Quiet("maximum_spend_logs_retention_" + part, Text | Number, "How rows are deleted")),
            Quiet("maximum_spend_logs_cleanup_cron", Text, "When rows are deleted"),
            Quiet("maximum_spend_logs_cleanup_batch_size", Int, "How many rows are deleted at once"),
            Ignored("proxy_batch_write_at", Number, "Seconds between two writes of rows", "A row is written before its answer ends."),
            Ignored("proxy_config_reload_interval_seconds", Number, "Seconds between two reads of the configuration", "A changed file is read at once."),
            Ignored("use_redis_transaction_buffer", Bool, "Collect rows in Redis", NoDatabase),
            .. new[] { "connection_pool_limit", "connection_pool_timeout", "connection_timeout", "connect_timeout", "socket_timeout", "statement_timeout", "lock_timeout" }
                .Select(static part => Ignored("database_" + part, Number, "Tuning of PostgreSQL", NoDatabase)),
            Ignored("database_extra_connection_params", Map, "Tuning of PostgreSQL", NoDatabase),
            Ignored("database_disable_prepared_statements", Bool, "Tuning of PostgreSQL", NoDatabase),
            Ignored("disable_prisma_schema_update", Bool, "Do not change the tables", NoDatabase),
            Ignored("alerting", TextList, "Where alerts go", NoAlerts),
            Ignored("alerting_threshold", Number, "Seconds after which a call is slow", NoAlerts),
            Ignored("alert_types", TextList, "Which alerts", NoAlerts),
            Ignored("alert_to_webhook_url", Map, "Address of each alert", NoAlerts) with { Secret = true },
            Ignored("alert_type_config", Map, "Digests of alerts", NoAlerts),
            Ignored("alerting_args", Map, "Tuning of alerts", NoAlerts),
            Ignored("spend_report_frequency", Text, "How often spend is reported", NoAlerts),
            Ignored("forward_client_headers_to_llm_api", Bool, "Pass the client's headers on", "Only the headers of Weir's allow-list go upstream."),
            Ignored("user_header_mappings", List, "Headers that name users"),
            Ignored("use_x_forwarded_for", Bool, "Believe X-Forwarded-For", "It is believed from weir_settings.trusted_proxies alone (and, with it, from mcp_trusted_proxy_ranges)."),
            Ignored("public_routes", TextList, "Routes without a key", "They ask for a key."),
            Ignored("allow_user_auth", Bool, "Let users sign in", NoUi),
            Ignored("allow_client_side_credentials", Bool, "Let clients bring the upstream's key", "Use configurable_clientside_auth_params of the model."),
            Ignored("litellm_jwtauth", Map, "Claims of the token", "It goes with enable_jwt_auth."),
            Ignored("role_permissions", List, "What roles may do", "It goes with enable_jwt_auth."),
            Ignored("enforce_rbac", Bool, "Take only tokens that carry a role", "It goes with enable_jwt_auth."),
            Ignored("oauth2_config_mappings", Map, "Which header says what", "It goes with enable_oauth2_proxy_auth."),
            Ignored("custom_auth_run_common_checks", Bool, "Checks after custom_auth"),
            Ignored("custom_auth_settings", Map, "Settings of custom_auth"),
            Ignored("enable_post_custom_auth_checks", Bool, "Checks after custom_auth"),
            Ignored("custom_sso", Text, "Your own Python for sign-in", NoUi),
            Ignored("key_management_system", Text, "Where secrets come from", "Give secrets as environment variables or files."),
            Ignored("key_management_settings", Map, "Settings of that", "Give secrets as environment variables or files."),
            Quiet("user_api_key_cache_ttl", Number, "Seconds for which a key is cached; here until it changes"),
            Quiet("user_api_key_cache_max_size", Int, "Keys in that cache"),
            Ignored("proxy_budget_rescheduler_min_time", Number, "Seconds between two budget resets"),
            Ignored("proxy_budget_rescheduler_max_time", Number, "Seconds between two budget resets"),
            Ignored("token_rate_limit_type", Text, "Which tokens count for limits") with { Choices = ["total", "input", "output"] },
            Ignored("disable_budget_reservation", Bool, "Do not reserve budgets"),
            Ignored("fail_closed_budget_enforcement", Bool, "Refuse when budgets can't be read", "Weir always refuses then."),
            Ignored("fail_closed_rate_limit_enforcement", Bool, "Refuse when limits can't be read", "There are no rate limits in this build."),
            Ignored("enforce_fallback_budget", Bool, "Check budgets of fallback models", "Each fallback must always fit the budget."),
            Ignored("max_batch_file_size_mb", Number, "Largest batch file", "The largest upload is max_file_size_mb, also for batches."),
            Ignored("allowed_file_extensions", TextList, "Kinds of file", "Files of every kind are taken."),
            Ignored("admission_queue_timeout_seconds", Number, "Longest wait in the queue"),
            Ignored("enable_drain_endpoint", Bool, "A route that drains the process", "SIGTERM drains."),
            Ignored("drain_endpoint_token", Text, "Its token", "SIGTERM drains.") with { Secret = true },
            Ignored("sse_keepalive_ping_interval_seconds", Number, "Seconds between keep-alive lines of a stream"),
            Ignored("disable_responses_id_security", Bool, "Do not bind response ids to their user"),
            Ignored("use_shared_health_check", Bool, "Share probes through Redis"),
            Ignored("supported_db_objects", TextList, "What the database may hold", NoDatabase),
            Ignored("infer_model_from_keys", Bool, "Offer the models of the keys in the environment"),
            Ignored("block_robots", Bool, "Tell search engines to stay away", "There are no pages to index."),
            Ignored("ui_access_mode", Any, "Who may open the admin UI", NoUi),
            Ignored("max_failed_login_attempts", Int, "Sign-ins that may fail", NoUi),
            Ignored("max_failed_login_attempts_per_source", Int, "Sign-ins that may fail", NoUi),
            Ignored("failed_login_window_seconds", Number, "Window of failed sign-ins", NoUi),
            Ignored("otel", Bool, "Old switch for traces", "Write litellm_settings.callbacks: [otel]."),
            .. Further(),
            .. new[]
            {
                "mcp_client_side_auth_header_name", "mcp_internal_ip_ranges", "mcp_trusted_proxy_ranges", "mcp_required_fields", "enable_mcp_registry",
                "user_mcp_management_mode", "require_key_mcp_access_defined", "require_end_user_mcp_access_defined", "mcp_advertised_versions",
                "mcp_allowed_clients", "mcp_client_id_header",
            }.Select(static name => Ignored(name, Any, "Setting of the MCP gateway", NoMcp)),
        ]);

    private static IEnumerable<ConfigKey> Further() =>
    [
        Ignored("disable_reset_budget", Bool, "Never start budgets again", "Leave budget_duration out of what shall never start again."),
        Ignored("disable_adding_master_key_hash_to_db", Bool, "Rows do not name the master key", "A row names its key by a hash."),
        Ignored("disable_retry_on_max_parallel_request_limit_error", Bool, "No retry at the limit of calls in flight"),
        Ignored("use_client_credentials_pass_through_routes", Bool, "Pass-through routes with the client's key", "They use the key of the configuration."),
        Ignored("forward_openai_org_id", Bool, "Pass the client's OpenAI-Organization on", "Write organization in the model's litellm_params."),
        Ignored("forward_llm_provider_auth_headers", Bool, "Pass the client's upstream key on", "Use configurable_clientside_auth_params of the model."),
        Ignored("use_azure_key_vault", Bool, "Where secrets come from (old)", "Give secrets as environment variables or files."),
        Ignored("use_google_kms", Bool, "Where secrets come from (old)", "Give secrets as environment variables or files."),
        Ignored("health_check_concurrency", Int, "Probes at once"),
        Ignored("health_check_ignore_transient_errors", Bool, "Do not count a passing error of a probe"),
        Ignored("store_prompts_in_cold_storage", Bool, "Keep prompts and replies outside the database", NoContent),
        Ignored("database_type", Text, "Kind of database (old)", NoDatabase),
        Ignored("database_args", Map, "Settings of that (old)", NoDatabase),
        Ignored("control_plane_url", Text, "Address of a control plane"),
        .. new[] { "disable_master_key_return", "auto_redirect_ui_login_to_sso", "custom_ui_sso_sign_in_handler", "enable_public_model_hub" }
            .Select(static name => Ignored(name, Any, "Setting of the admin UI", NoUi)),
        Quiet("proxy_batch_polling_interval", Number, "Seconds between two looks at a batch"),
        Quiet("litellm_license", Text, "LiteLLM's licence; Weir needs none") with { Secret = true },
    ];
}
