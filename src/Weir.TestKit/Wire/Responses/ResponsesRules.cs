using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Responses;

/// <summary>What the Responses API refuses, in its own words.</summary>
internal static class ResponsesRules
{
    private const int LeastTokens = 16;

    private static readonly FrozenSet<string> Members = FrozenSet.Create(
        StringComparer.Ordinal,
        "background", "context_management", "conversation", "include", "input", "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model",
        "moderation", "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning",
        "safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p",
        "truncation", "user");

    public static Fault? Refusal(ResponsesRequest request) => Head(request) ?? ToolRules(request) ?? Items(request) ?? Pairs(request);

    private static Fault? Head(ResponsesRequest request)
    {
        foreach (var member in request.Root.EnumerateObject())
        {
            if (!Members.Contains(member.Name))
            {
                return OpenAIRefusal.Invalid(member.Name, $"Unknown parameter: '{member.Name}'.", "unknown_parameter");
            }
        }

        if (request.Model is null)
        {
            return OpenAIRefusal.Missing("model");
        }

        if (request.Member("input") is null && request.Member("prompt") is null && request.Member("previous_response_id") is null)
        {
            return OpenAIRefusal.Missing("input");
        }

        if (request.MaxTokens is < LeastTokens and var few)
        {
            return OpenAIRefusal.Invalid(
                "max_output_tokens",
                string.Create(CultureInfo.InvariantCulture, $"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= {LeastTokens}, but got {few} instead."),
                "integer_below_min_value");
        }

        if (request.Text("previous_response_id") is { } previous && request.Previous is null)
        {
            return OpenAIRefusal.Invalid("previous_response_id", $"Previous response with id '{previous}' not found.", "previous_response_not_found");
        }

        return request is { Background: true, Store: false }
            ? OpenAIRefusal.Invalid("background", "Background mode requires 'store' to be true.", "invalid_value") : null;
    }

    private static Fault? ToolRules(ResponsesRequest request)
    {
        var index = 0;
        foreach (var tool in request.Root.Items("tools"))
        {
            if (tool.Text("type") is null)
            {
                return OpenAIRefusal.Missing($"tools[{index}].type");
            }

            if (tool.Is("type", "function") && tool.Text("name") is null)
            {
                return OpenAIRefusal.Missing($"tools[{index}].name");
            }

            index++;
        }

        return null;
    }

    private static Fault? Items(ResponsesRequest request)
    {
        for (var index = 0; index < request.Input.Count; index++)
        {
            var item = request.Input[index];
            var path = $"input[{index}]";
            var refusal = item.Text("type") switch
            {
                null or "message" => Message(item, path),
                "function_call" => item.Text("call_id") is null ? OpenAIRefusal.Missing(path + ".call_id")
                    : item.Text("name") is null ? OpenAIRefusal.Missing(path + ".name")
                    : item.Text("arguments") is null ? OpenAIRefusal.Missing(path + ".arguments")
                    : item.Text("id") is { } id && !id.StartsWith("fc", StringComparison.Ordinal)
                        ? OpenAIRefusal.Invalid(path + ".id", $"Invalid '{path}.id': '{id}'. Expected an ID that begins with 'fc'.")
                    : null,
                "function_call_output" => item.Text("call_id") is null ? OpenAIRefusal.Missing(path + ".call_id")
                    : item.Member("output") is null ? OpenAIRefusal.Missing(path + ".output") : null,
                "reasoning" => Reasoning(request, item, path),
                _ => null,
            };
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }

    private static Fault? Message(JsonElement item, string path)
    {
        if (item.Text("role") is not ("user" or "assistant" or "system" or "developer"))
        {
            return item.Text("role") is { } role
                ? OpenAIRefusal.Invalid(path + ".role", $"Invalid value: '{role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.")
                : OpenAIRefusal.Missing(path + ".role");
        }

        var part = 0;
        foreach (var content in item.Items("content"))
        {
            var type = content.Text("type") ?? "";
            var fits = item.Is("role", "assistant") ? type is "output_text" or "refusal" : type is "input_text" or "input_image" or "input_file" or "input_audio";
            if (!fits)
            {
                var supported = item.Is("role", "assistant") ? "'output_text' and 'refusal'" : "'input_text', 'input_image', 'input_file', and 'input_audio'";
                return OpenAIRefusal.Invalid($"{path}.content[{part}]", $"Invalid value: '{type}'. Supported values are: {supported}.");
            }

            part++;
        }

        return item.Member("content") is null ? OpenAIRefusal.Missing(path + ".content") : null;
    }

    private static Fault? Reasoning(ResponsesRequest request, JsonElement item, string path)
    {
        if (item.Member("summary") is null)
        {
            return OpenAIRefusal.Missing(path + ".summary");
        }

        if (item.Text("encrypted_content") is { } encrypted)
        {
            return Seal.IsOurs(encrypted, ResponsesRequest.Encrypted) ? null : OpenAIRefusal.Invalid(
                "", $"The encrypted content for item {item.Text("id")} could not be verified. Reason: Encrypted content could not be decrypted or parsed.", "invalid_encrypted_content");
        }

        // Without its content it has to be one that was stored here.
        var known = (request.Previous?.Conversation ?? []).Any(i => i.Is("type", "reasoning") && i.Text("id") == item.Text("id"));
        return known ? null : OpenAIRefusal.NotFound(
            $"Item with id '{item.Text("id")}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.") with
            { Param = "input" };
    }

    /// <summary>Each call has its output, and each output its call.</summary>
    private static Fault? Pairs(ResponsesRequest request)
    {
        var open = new List<string>();
        foreach (var item in request.Conversation)
        {
            var call = item.Text("call_id") ?? "";
            if (item.Is("type", "function_call"))
            {
                open.Add(call);
            }
            else if (item.Is("type", "function_call_output") && !open.Remove(call))
            {
                return OpenAIRefusal.Invalid("input", $"No tool call found for function call output with call_id {call}.", "");
            }
        }

        return open.Count > 0 ? OpenAIRefusal.Invalid("input", $"No tool output found for function call {open[0]}.", "") : null;
    }
}
