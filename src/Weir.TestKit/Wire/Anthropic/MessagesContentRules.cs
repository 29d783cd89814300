using System.Text.Json;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>What Anthropic's API refuses about the messages: empty content, results without a call, calls without a result, thoughts that were changed.</summary>
internal static class MessagesContentRules
{
    private const int MostCacheMarks = 4;

    public static string? Refusal(MessagesRequest request)
    {
        if (request.Member("messages") is not { ValueKind: JsonValueKind.Array } messages)
        {
            return request.Member("messages") is null ? "messages: Field required" : "messages: Input should be a valid list";
        }

        if (messages.GetArrayLength() == 0)
        {
            return "messages: at least one message is required";
        }

        if (request.Root.Items("system").Any(b => b.Is("type", "text") && b.Text("text") is null or ""))
        {
            return "system: text content blocks must be non-empty";
        }

        if (CacheMarks(request.Root) is > MostCacheMarks and var marks)
        {
            return $"A maximum of {MostCacheMarks} blocks with cache_control may be provided. Found {marks}.";
        }

        var called = new List<string>();
        var index = 0;
        var last = messages.GetArrayLength() - 1;
        foreach (var message in messages.EnumerateArray())
        {
            if (Message(request, message, index, last, called) is { } refusal)
            {
                return refusal;
            }

            index++;
        }

        return called.Count > 0 ? Unanswered(last, called[0]) : null;
    }

    private static string Unanswered(int index, string call) =>
        $"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {call}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.";

    private static int CacheMarks(JsonElement root) =>
        root.Items("system").Concat(root.Items("tools")).Concat(root.Items("messages").SelectMany(m => m.Items("content"))).Count(b => b.Member("cache_control") is not null);

    /// <summary>One message; <paramref name="called"/> holds the calls of the one before and gets its own.</summary>
    private static string? Message(ModelRequest request, JsonElement message, int index, int last, List<string> called)
    {
        var path = $"messages.{index}";
        var assistant = message.Is("role", "assistant");
        if (!assistant && !message.Is("role", "user"))
        {
            return message.Is("role", "system")
                ? $"{path}: role 'system' is not supported on this model. Use the top-level `system` parameter for the initial system prompt."
                : path + ".role: Input should be 'user' or 'assistant'";
        }

        if (message.Member("content") is not { } content)
        {
            return path + ".content: Field required";
        }

        if (content.ValueKind == JsonValueKind.String ? content.GetString() is "" : content.GetArrayLength() == 0)
        {
            // An empty final turn of the assistant is a prefill and allowed.
            return assistant && index == last ? null : $"{path}: all messages must have non-empty content except for the optional final assistant message";
        }

        var answered = new List<string>();
        var calls = new List<string>();
        var part = 0;
        foreach (var block in ((JsonElement?)content).Items())
        {
            if (Block(block, $"{path}.content.{part}", assistant, called, calls, answered) is { } refusal)
            {
                return refusal;
            }

            if (!block.Is("type", "tool_result") && called.Except(answered).FirstOrDefault() is { } late)
            {
                // Results come first in their message, whatever else is said after them.
                return Unanswered(index - 1, late);
            }

            part++;
        }

        if (called.Except(answered).FirstOrDefault() is { } unanswered)
        {
            return Unanswered(index - 1, unanswered);
        }

        called.Clear();
        called.AddRange(calls);
        // Only the turn that goes on after a tool has to show its thoughts.
        return request.WantsReasoning && calls.Count > 0 && index == last - 1 && !((JsonElement?)content).Items().First().Text("type")!.Contains("thinking", StringComparison.Ordinal) // a call was found, so there is a first block with a type
            ? $"{path}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{((JsonElement?)content).Items().First().Text("type")}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block."
            : null;
    }

    private static string? Block(JsonElement block, string path, bool assistant, List<string> called, List<string> calls, List<string> answered)
    {
        switch (block.Text("type"))
        {
            case null:
                return path + ".type: Field required";
            case "text":
                return block.Text("text") switch
                {
                    null => path + ".text.text: Field required",
                    "" => "messages: text content blocks must be non-empty",
                    var text when string.IsNullOrWhiteSpace(text) => "messages: text content blocks must contain non-whitespace text",
                    _ => null,
                };
            case "thinking":
                return !assistant ? path + ": `thinking` blocks may only be in `assistant` messages"
                    : Seal.Fits(block.Text("signature"), MessagesRequest.Sealed, block.Text("thinking") ?? "") ? null
                    : path + ": Invalid `signature` in `thinking` block";
            case "redacted_thinking":
                return Seal.IsOurs(block.Text("data"), MessagesRequest.Redacted) ? null : path + ": Invalid `data` in `redacted_thinking` block";
            case "tool_use":
                return ToolUse(block, path, assistant, calls);
            case "tool_result":
                return ToolResult(block, path, assistant, called, answered);
            case "image" or "document":
                return Source(block, path);
            default:
                return null;
        }
    }

    private static string? ToolUse(JsonElement block, string path, bool assistant, List<string> calls)
    {
        if (!assistant)
        {
            return path + ": `tool_use` blocks can only be in `assistant` messages";
        }

        if (block.Text("id") is not { } id || id.Length == 0 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            return path + ".tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'";
        }

        if (calls.Contains(id))
        {
            return "messages: `tool_use` ids must be unique";
        }

        calls.Add(id);
        return block.Member("input") is { ValueKind: JsonValueKind.Object } ? null : path + ".tool_use.input: Input should be a valid dictionary";
    }

    private static string? ToolResult(JsonElement block, string path, bool assistant, List<string> called, List<string> answered)
    {
        if (assistant)
        {
            return path + ": `tool_result` blocks can only be in `user` messages";
        }

        var id = block.Text("tool_use_id") ?? "";
        if (!called.Contains(id))
        {
            return $"{path}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.";
        }

        if (answered.Contains(id))
        {
            return $"{path}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {id}";
        }

        answered.Add(id);
        return null;
    }

    private static string? Source(JsonElement block, string path)
    {
        var type = block.Text("type");
        if (block.Member("source") is not { } source)
        {
            return $"{path}.{type}.source: Field required";
        }

        switch (source.Text("type"))
        {
            case "base64":
                var media = source.Text("media_type");
                if (type == "image" && media is not ("image/jpeg" or "image/png" or "image/gif" or "image/webp"))
                {
                    return $"{path}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'";
                }

                if (type == "document" && media is not "application/pdf")
                {
                    return $"{path}.document.source.base64.media_type: Input should be 'application/pdf'";
                }

                return source.Member("data") is { ValueKind: JsonValueKind.String } data && data.TryGetBytesFromBase64(out var bytes) && bytes.Length > 0
                    ? null : $"{path}.{type}.source.base64.data: Input should be valid base64";
            case "url":
                return source.Text("url")?.StartsWith("https://", StringComparison.Ordinal) == true ? null
                    : $"{path}.{type}.source.url.url: Only HTTPS URLs are supported.";
            case "text" or "content" or "file":
                return null;
            default:
                return $"{path}.{type}.source: Input tag does not match any of the expected tags: 'base64', 'url', 'file'";
        }
    }
}
