using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>What Anthropic's API refuses about the request as a whole, in its own words; the messages are judged by <see cref="MessagesContentRules"/>.</summary>
internal static class MessagesRules
{
    private static readonly FrozenSet<string> Members = FrozenSet.Create(
        StringComparer.Ordinal,
        "cache_control", "container", "context_management", "diagnostics", "inference_geo", "max_tokens", "mcp_servers", "messages", "metadata", "model",
        "output_config", "output_format", "service_tier", "speed", "stop_sequences", "stream", "system", "temperature", "thinking", "tool_choice", "tools",
        "top_k", "top_p", "user_profile_id", "workspace_id");

    private static readonly FrozenSet<string> CountMembers = FrozenSet.Create(
        StringComparer.Ordinal,
        "cache_control", "context_management", "mcp_servers", "messages", "model", "output_config", "output_format", "speed", "system", "thinking",
        "tool_choice", "tools", "user_profile_id", "workspace_id");

    public static Fault? Refusal(HttpRequest http, MessagesRequest request)
    {
        var message = Head(http, request) ?? Extra(request) ?? Numbers(request) ?? ToolRules(request) ?? MessagesContentRules.Refusal(request) ?? Thinking(request);
        return message is null ? null : Invalid(message);
    }

    public static Fault Invalid(string message) => Fault.Http(400) with { Message = message };

    private static string? Head(HttpRequest http, MessagesRequest request)
    {
        if (request.Kind is RouteKind.ClaudeOnVertex or RouteKind.ClaudeCountOnVertex)
        {
            return request.Text("anthropic_version") is "vertex-2023-10-16" ? null : "anthropic_version: Field required";
        }

        if (request.Kind is RouteKind.Invoke or RouteKind.InvokeStream)
        {
            return request.Text("anthropic_version") is "bedrock-2023-05-31" ? null : "anthropic_version: Field required";
        }

        return http.Headers["anthropic-version"].ToString() is not { Length: > 0 } version ? "anthropic-version: header is required"
            : !DateOnly.TryParseExact(version, "yyyy-MM-dd", out _) ? $"anthropic-version: \"{version}\" is not a valid version"
            : request.Model is null ? "model: Field required"
            : null;
    }

    private static string? Extra(MessagesRequest request)
    {
        foreach (var member in request.Root.EnumerateObject())
        {
            var bedrock = request.Kind is RouteKind.Invoke or RouteKind.InvokeStream;
            var vertex = bedrock || request.Kind == RouteKind.ClaudeOnVertex;
            var known = request.Kind is RouteKind.CountTokens or RouteKind.ClaudeCountOnVertex
                ? CountMembers.Contains(member.Name) || (request.Kind == RouteKind.ClaudeCountOnVertex && member.Name is "anthropic_version")
                : (Members.Contains(member.Name) && !(vertex && member.Name == "model") && !(bedrock && member.Name == "stream")) || (vertex && member.Name is "anthropic_version" or "anthropic_beta");
            if (!known)
            {
                return member.Name + ": Extra inputs are not permitted";
            }
        }

        return null;
    }

    private static string? Numbers(MessagesRequest request)
    {
        if (request.Kind is not (RouteKind.CountTokens or RouteKind.ClaudeCountOnVertex))
        {
            if (request.Member("max_tokens") is not { } max)
            {
                return "max_tokens: Field required";
            }

            if (!max.TryGetInt32(out var tokens))
            {
                return "max_tokens: Input should be a valid integer";
            }

            if (tokens < 1)
            {
                return "max_tokens: Input should be greater than or equal to 1";
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p"])
        {
            if (request.Member(name) is { } value && (value.ValueKind != JsonValueKind.Number || value.GetDouble() is < 0 or > 1))
            {
                return $"{name}: range: 0..1";
            }
        }

        return request.Root.Items("stop_sequences").Any(s => string.IsNullOrWhiteSpace(s.GetString()))
            ? "stop_sequences: each stop sequence must contain non-whitespace" : null;
    }

    private static string? ToolRules(MessagesRequest request)
    {
        var index = 0;
        foreach (var tool in request.Root.Items("tools"))
        {
            // A tool with another type runs on the vendor's side and has no schema.
            if (tool.Text("type") is null or "custom")
            {
                var path = $"tools.{index}.custom";
                if (tool.Text("name") is not { } name)
                {
                    return path + ".name: Field required";
                }

                if (name.Length is 0 or > 128 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                {
                    return path + ".name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'";
                }

                if (tool.Member("input_schema") is not { } schema)
                {
                    return path + ".input_schema: Field required";
                }

                if (!schema.Is("type", "object"))
                {
                    return path + ".input_schema.type: Field required";
                }
            }

            index++;
        }

        if (request.Member("tool_choice") is not { } choice)
        {
            return null;
        }

        return choice.Text("type") is not ("auto" or "any" or "tool" or "none")
            ? "tool_choice: Input tag found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'"
            : request.Tools.IsEmpty && request.Root.Items("tools").FirstOrDefault().ValueKind == JsonValueKind.Undefined && !choice.Is("type", "none")
                ? "tool_choice: `tool_choice` may only be specified while providing `tools`" : null;
    }

    private static string? Thinking(MessagesRequest request)
    {
        if (request.Member("thinking") is not { } thinking || !request.WantsReasoning)
        {
            return null;
        }

        var budget = thinking.Number32("budget_tokens");
        if (thinking.Is("type", "enabled"))
        {
            if (budget is not >= 1_024)
            {
                return budget is null ? "thinking.enabled.budget_tokens: Field required" : "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024";
            }

            if (request.MaxTokens <= budget)
            {
                return "`max_tokens` must be greater than `thinking.budget_tokens`.";
            }
        }

        if (request.Member("tool_choice")?.Text("type") is "any" or "tool")
        {
            return "Thinking may not be enabled when tool_choice forces tool use.";
        }

        return request.Member("temperature") is { } temperature && temperature.GetDouble() is not 1.0
            ? "`temperature` may only be set to 1 when thinking is enabled." : null;
    }
}
