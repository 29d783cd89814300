using System.Collections.Frozen;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>Names that people write although no such setting exists.</summary>
internal static class KnownMistakes
{
    private static readonly FrozenSet<string> Variables = new[]
    {
        "proxy_base_url", "server_root_path", "ui_username", "ui_password", "salt_key", "litellm_salt_key", "log_level", "litellm_log", "port", "host",
        "debug", "detailed_debug", "num_workers", "litellm_master_key", "redis_ssl", "litellm_license", "config_file_path", "http_proxy", "https_proxy",
        "ssl_cert_file", "docs_url", "slack_webhook_url", "database_host", "database_username", "database_password", "database_name", "litellm_mode",
        "otel_exporter", "otel_endpoint", "otel_headers", "otel_service_name",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What to write where that is not the variable with the setting's name in capitals.</summary>
    private static readonly FrozenDictionary<string, string> VariableNames = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["log_level"] = "the start option --debug",
        ["litellm_log"] = "the start option --debug",
        ["debug"] = "the start option --debug",
        ["detailed_debug"] = "the start option --detailed_debug",
        ["salt_key"] = "the environment variable LITELLM_SALT_KEY",
        ["otel_endpoint"] = "the environment variable OTEL_EXPORTER_OTLP_ENDPOINT",
        ["otel_headers"] = "the environment variable OTEL_EXPORTER_OTLP_HEADERS",
        ["otel_exporter"] = "the environment variable OTEL_EXPORTER_OTLP_PROTOCOL",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> Meanings = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["litellm_params.rpm_limit"] = "rpm",
        ["litellm_params.tpm_limit"] = "tpm",
        ["litellm_params.context_window"] = "model_info.max_input_tokens",
        ["litellm_params.disable_reasoning"] = "reasoning_effort: none",
        ["litellm_params.api_url"] = "api_base",
        ["litellm_params.endpoint"] = "api_base",
        ["model_list[].litellm_param"] = "litellm_params",
        ["model_list[].params"] = "litellm_params",
        ["model_list[].name"] = "model_name",
        ["litellm_settings.drop_unsupported_params"] = "drop_params",
        ["litellm_settings.success_logging"] = "success_callback",
        ["litellm_settings.caching"] = "cache",
        ["litellm_settings.timeout"] = "request_timeout",
        ["litellm_settings.verbose"] = "set_verbose",
        ["litellm_settings.otel"] = "callbacks: [otel]",
        ["litellm_settings.default_params"] = "router_settings.default_litellm_params",
        ["general_settings.alerts"] = "alerting",
        ["general_settings.health_check"] = "background_health_checks",
        ["general_settings.enable_prometheus"] = "litellm_settings.callbacks: [prometheus]",
        ["general_settings.enable_metrics"] = "litellm_settings.callbacks: [prometheus]",
        ["general_settings.use_langfuse"] = "litellm_settings.callbacks: [otel]",
        ["router_settings.enable_cooldowns"] = "disable_cooldowns",
        ["router_settings.request_timeout"] = "timeout",
        ["router_settings.strategy"] = "routing_strategy",
        ["mcp_servers.<name>.headers"] = "static_headers",
        ["mcp_servers.<name>.token"] = "auth_value",
        ["mcp_servers.<name>.type"] = "transport",
        ["the top level.models"] = "model_list",
        ["the top level.settings"] = "litellm_settings",
        ["the top level.mcp_settings"] = "mcp_servers",
        ["the top level.cache_settings"] = "litellm_settings.cache_params",
        ["the top level.environment"] = "environment_variables",
        ["the top level.environments"] = "environment_variables",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] Guarding =
    [
        "auth", "cors", "allowed", "allow_list", "allowlist", "whitelist", "blacklist", "blocked", "deny", "security", "secure", "moderation", "guard",
        "rate_limit", "ratelimit", "max_requests", "rpm_limit", "tpm_limit", "budget", "encrypt", "redact", "mask_", "pii", "restrict", "require_",
        "api_keys", "api_key_required", "permission", "jwt", "team_management", "key_management", "team_based_routing", "ip_filter", "content_filter",
    ];

    private static readonly FrozenSet<string> HelmValues = new[]
    {
        "replicaCount", "image", "imagePullSecrets", "nameOverride", "fullnameOverride", "serviceAccount", "podAnnotations", "podLabels", "podSecurityContext",
        "securityContext", "service", "ingress", "resources", "autoscaling", "volumes", "volumeMounts", "nodeSelector", "tolerations", "affinity", "envVars",
        "extraEnvVars", "environmentSecrets", "environmentConfigMaps", "masterkey", "masterkeySecretName", "masterkeySecretKey", "proxyConfigMap",
        "db", "postgresql", "redis", "migrationJob", "pdb", "global", "keda", "topologySpreadConstraints", "extraContainers", "extraInitContainers",
        "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "strategy", "deploymentAnnotations", "terminationGracePeriodSeconds", "proxy_config",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for a setting that exists only as an environment variable or a start option.</summary>
    public static bool IsVariable(string name) => Variables.Contains(name);

    /// <summary>What to write instead of a setting that is none.</summary>
    public static string VariableOf(string name) => VariableNames.GetValueOrDefault(name) ?? $"the environment variable {name.ToUpperInvariant()}";

    /// <summary>What an invented name in that section most likely means.</summary>
    public static string? FindMeaning(string section, string name) => Meanings.GetValueOrDefault($"{section}.{name}");

    /// <summary>True for an invented name that sounds like a protection.</summary>
    public static bool SoundsLikeProtection(string name) => SoundsLikeAny(name, Guarding);

    /// <summary>True for an invented name that would switch a protection off.</summary>
    public static bool SoundsLikeNoProtection(string name) =>
        name.StartsWith("disable_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("no_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("skip_", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for a value of the Helm chart, not of the proxy.</summary>
    public static bool IsHelmValue(string name) => HelmValues.Contains(name);

    private static bool SoundsLikeAny(string name, string[] words) =>
        Array.Exists(words, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
