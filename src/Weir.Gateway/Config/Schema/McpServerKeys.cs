using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary>One entry of <c>mcp_servers</c>. The section as a whole is not served by this build, so its keys are only known by name.</summary>
internal static class McpServerKeys
{
    /// <summary>One server.</summary>
    public static readonly ConfigSection Section = new(
        "mcp_servers.<name>", false,
        [
            Quiet("url", Text, "Address of the server"),
            Quiet("transport", Text, "How it is spoken to") with { Choices = ["http", "sse", "stdio"] },
            Quiet("spec_path", Text, "OpenAPI document whose operations become tools"),
            Quiet("command", Text, "Program to start"),
            Quiet("args", TextList, "Its arguments"),
            Quiet("env", Map | List, "Its environment") with { Secret = true },
            Quiet("auth_type", Text, "How Weir signs in at the server") with
            {
                Choices =
                [
                    "none", "api_key", "bearer_token", "basic", "authorization", "token", "oauth2", "oauth2_token_exchange", "oauth2_id_jag",
                    "true_passthrough", "oauth_delegate", "aws_sigv4",
                ],
            },
            Quiet("auth_value", Text, "Secret for that") with { Secret = true },
            Quiet("authentication_token", Text, "Secret for that") with { Secret = true },
            Quiet("static_headers", Map, "Headers of every call") with { Secret = true },
            .. new[]
            {
                "server_id", "server_name", "alias", "description", "instructions", "source_url", "oauth2_flow", "client_id", "authorization_url",
                "token_url", "registration_url", "token_endpoint_auth_method", "upstream_token_header", "upstream_resource", "token_exchange_endpoint",
                "audience", "subject_token_type", "token_exchange_profile", "aws_region_name", "aws_service_name", "aws_role_name", "aws_session_name", "byok_description",
                "byok_api_key_help_url",
            }.Select(static name => Quiet(name, Text, "Setting of the server")),
            .. new[] { "client_secret", "aws_access_key_id", "aws_secret_access_key", "aws_session_token" }
                .Select(static name => Quiet(name, Text, "Secret for the server") with { Secret = true }),
            .. new[] { "extra_headers", "allowed_tools", "disallowed_tools", "access_groups", "scopes" }
                .Select(static name => Quiet(name, TextList, "Setting of the server")),
            .. new[] { "allow_all_keys", "available_on_public_internet", "delegate_auth_to_upstream", "is_byok" }
                .Select(static name => Quiet(name, Bool, "Setting of the server")),
            .. new[] { "header_variables", "allowed_params", "tool_name_to_display_name", "tool_name_to_description", "pinned_tools", "mcp_info", "token_validation" }
                .Select(static name => Quiet(name, Any, "Setting of the server")),
            Quiet("token_storage_ttl_seconds", Number, "How long a token is kept"),
            Quiet("timeout", Number, "Longest call"),
        ]);
}
