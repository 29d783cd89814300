using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>What OpenAI itself refuses in a chat, in its own words. Compatible servers let most of it pass, so it is asked for by <see cref="ScriptedModelOptions.Strict"/>.</summary>
internal static class ChatRules
{
    private const int MostStops = 4;
    private const int LongestCallId = 40;

    private static readonly FrozenSet<string> Members = FrozenSet.Create(
        StringComparer.Ordinal,
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "messages", "metadata",
        "modalities", "model", "n", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort",
        "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice", "tools",
        "top_logprobs", "top_p", "user", "verbosity", "web_search_options");

    public static Fault? Refusal(ChatRequest request) => Head(request) ?? ToolRules(request) ?? Messages(request);

    private static Fault? Head(ChatRequest request)
    {
        foreach (var member in request.Root.EnumerateObject())
        {
            if (!Members.Contains(member.Name))
            {
                return OpenAIRefusal.Invalid("", "Unrecognized request argument supplied: " + member.Name, "");
            }
        }

        return request.Member("max_tokens") is not null && request.Member("max_completion_tokens") is not null
            ? OpenAIRefusal.Invalid("max_tokens", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "invalid_parameter_combination")
            : request.Member("stream_options") is not null && !request.Stream
                ? OpenAIRefusal.Invalid("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "")
            : request.StopSequences.Length > MostStops
                ? OpenAIRefusal.Invalid("stop", $"Invalid 'stop': array too long. Expected an array with maximum length {MostStops}, but got an array with length {request.StopSequences.Length} instead.", "array_above_max_length")
            : Range(request, "temperature", 0, 2) ?? Range(request, "top_p", 0, 1) ?? Range(request, "presence_penalty", -2, 2) ?? Range(request, "frequency_penalty", -2, 2);
    }

    private static Fault? Range(ChatRequest request, string name, int least, int most) =>
        request.Member(name) is { ValueKind: JsonValueKind.Number } value && (value.GetDouble() < least || value.GetDouble() > most)
            ? OpenAIRefusal.Invalid(
                name,
                $"Invalid '{name}': decimal {(value.GetDouble() < least ? "below minimum" : "above maximum")} value. Expected a value {(value.GetDouble() < least ? $">= {least}" : $"<= {most}")}, but got {value.GetRawText()} instead.",
                value.GetDouble() < least ? "decimal_below_min_value" : "decimal_above_max_value")
            : null;

    private static Fault? ToolRules(ChatRequest request)
    {
        var tools = request.Root.Items("tools").ToList();
        foreach (var needy in (ReadOnlySpan<string>)["tool_choice", "parallel_tool_calls"])
        {
            if (tools.Count == 0 && request.Member(needy) is not null)
            {
                return OpenAIRefusal.Invalid(needy, $"Invalid value for '{needy}': '{needy}' is only allowed when 'tools' are specified.", "");
            }
        }

        if (tools.Count == 0 && request.Member("tools") is not null)
        {
            return OpenAIRefusal.Invalid("tools", "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.", "empty_array");
        }

        for (var index = 0; index < tools.Count; index++)
        {
            if (tools[index].Text("type") is null)
            {
                return OpenAIRefusal.Missing($"tools[{index}].type");
            }

            if (tools[index].Is("type", "function") && tools[index].Member("function")?.Text("name") is var name && !IsName(name))
            {
                return name is null ? OpenAIRefusal.Missing($"tools[{index}].function") : OpenAIRefusal.Invalid(
                    $"tools[{index}].function.name",
                    $"Invalid 'tools[{index}].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.");
            }
        }

        return null;
    }

    private static Fault? Messages(ChatRequest request)
    {
        var messages = request.Root.Items("messages").ToList();
        if (messages.Count == 0)
        {
            return OpenAIRefusal.Invalid("messages", "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "empty_array");
        }

        var open = new List<string>();
        for (var index = 0; index < messages.Count; index++)
        {
            if (Message(messages[index], index, open) is { } refusal)
            {
                return refusal;
            }
        }

        return Unanswered(open);
    }

    private static Fault? Message(JsonElement message, int index, List<string> open)
    {
        var path = $"messages[{index}]";
        var role = message.Text("role");
        if (role is not ("system" or "developer" or "user" or "assistant" or "tool" or "function"))
        {
            return role is null ? OpenAIRefusal.Missing(path + ".role") : OpenAIRefusal.Invalid(
                path + ".role", $"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.");
        }

        if (role == "tool")
        {
            return open.Remove(message.Text("tool_call_id") ?? "") ? Parts(message, path, role)
                : OpenAIRefusal.Invalid(path + ".role", "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", "");
        }

        if (Unanswered(open) is { } unanswered)
        {
            return unanswered;
        }

        var calls = message.Items("tool_calls").ToList();
        if (message.Member("content") is null && (role != "assistant" || (calls.Count == 0 && message.Member("refusal") is null)))
        {
            return OpenAIRefusal.Invalid(path + ".content", "Invalid value for 'content': expected a string, got null.", "");
        }

        for (var call = 0; call < calls.Count; call++)
        {
            var at = $"{path}.tool_calls[{call}]";
            if (calls[call].Text("id") is not { } id)
            {
                return OpenAIRefusal.Missing(at + ".id");
            }

            if (id.Length > LongestCallId)
            {
                return OpenAIRefusal.Invalid(
                    at + ".id",
                    string.Create(CultureInfo.InvariantCulture, $"Invalid '{at}.id': string too long. Expected a string with maximum length {LongestCallId}, but got a string with length {id.Length} instead."),
                    "string_above_max_length");
            }

            if (calls[call].Member("function")?.Text("arguments") is null)
            {
                return OpenAIRefusal.Missing(at + ".function.arguments");
            }

            open.Add(id);
        }

        return Parts(message, path, role);
    }

    private static Fault? Parts(JsonElement message, string path, string role)
    {
        string[] supported = role switch
        {
            "user" => ["text", "image_url", "input_audio", "file"],
            "assistant" => ["text", "refusal"],
            _ => ["text"],
        };
        var index = 0;
        foreach (var part in message.Items("content"))
        {
            if (!supported.Contains(part.Text("type")))
            {
                return OpenAIRefusal.Invalid(
                    $"{path}.content[{index}].type",
                    $"Invalid value: '{part.Text("type")}'. Supported values are: {string.Join(", ", supported.Select(s => $"'{s}'"))}.");
            }

            index++;
        }

        return null;
    }

    private static Fault? Unanswered(List<string> open) => open.Count == 0 ? null : OpenAIRefusal.Invalid(
        "messages",
        $"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}",
        "");

    private static bool IsName(string? name) => name is { Length: > 0 and <= 64 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
