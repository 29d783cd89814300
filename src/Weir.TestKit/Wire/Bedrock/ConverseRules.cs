using System.Text.Json;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Bedrock;

/// <summary>What Bedrock refuses, in its own words.</summary>
internal static class ConverseRules
{
    private static readonly string[] Contents =
        ["text", "image", "document", "video", "audio", "toolUse", "toolResult", "guardContent", "cachePoint", "reasoningContent", "citationsContent", "searchResult"];

    public static Fault? Refusal(ConverseRequest request)
    {
        var message = Tools(request) ?? Messages(request);
        return message is null ? null : Fault.Http(400) with { Message = message };
    }

    private static string? Tools(ConverseRequest request)
    {
        if (request.Member("toolConfig") is not { } config)
        {
            return null;
        }

        if (!config.Items("tools").Any())
        {
            return "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1";
        }

        foreach (var tool in request.Tools)
        {
            if (tool.Name.Length is 0 or > 64 || !tool.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            {
                return $"1 validation error detected: Value '{tool.Name}' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+";
            }

            if (tool.Schema is not { } schema || !schema.Is("type", "object"))
            {
                return "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.";
            }
        }

        return null;
    }

    private static string? Messages(ConverseRequest request)
    {
        var messages = request.Root.Items("messages").ToList();
        if (messages.Count == 0)
        {
            return "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
        }

        var called = new List<string>();
        for (var index = 0; index < messages.Count; index++)
        {
            var role = messages[index].Text("role");
            if (role is not ("user" or "assistant"))
            {
                return $"1 validation error detected: Value '{role}' at 'messages.{index + 1}.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]";
            }

            if (index == 0 && role != "user")
            {
                return "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
            }

            if (index > 0 && role == messages[index - 1].Text("role"))
            {
                return "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.";
            }

            if (!messages[index].Items("content").Any())
            {
                return $"The content field in the Message object at messages.{index} is empty. Add a ContentBlock object to the content field and try again.";
            }

            if (Content(request, messages[index], index, called) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>One message; <paramref name="called"/> holds the tools that the one before called and gets its own.</summary>
    private static string? Content(ConverseRequest request, JsonElement message, int index, List<string> called)
    {
        var calls = new List<string>();
        var answered = new List<string>();
        var part = 0;
        foreach (var block in message.Items("content"))
        {
            var path = $"messages.{index}.content.{part++}";
            var kinds = block.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null).Select(m => m.Name).ToList();
            if (kinds is not [var kind] || !Contents.Contains(kind))
            {
                return $"The value at {path} must have exactly one of the following members set: {string.Join(", ", Contents)}.";
            }

            if (kind is "toolUse" or "toolResult" && request.Member("toolConfig") is null)
            {
                return "The toolConfig field must be defined when using toolUse and toolResult content blocks.";
            }

            var value = block.GetProperty(kind);
            switch (kind)
            {
                case "text" when string.IsNullOrWhiteSpace(value.GetString()):
                    return $"The text field in the ContentBlock object at {path} is blank. Add text to the text field, and try again.";
                case "toolUse":
                    if (value.Member("input") is not { ValueKind: JsonValueKind.Object })
                    {
                        return $"The format of the value at {path}.toolUse.input is invalid. Provide a json object for the field and try again.";
                    }

                    calls.Add(value.Text("toolUseId") ?? "");
                    break;
                case "toolResult":
                    answered.Add(value.Text("toolUseId") ?? "");
                    break;
                case "image" when value.Text("format") is not ("png" or "jpeg" or "gif" or "webp"):
                    return $"1 validation error detected: Value at '{path}.image.format' failed to satisfy constraint: Member must satisfy enum value set: [jpeg, png, gif, webp]";
                case "document" when value.Text("name") is not { Length: > 0 } name || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '(' or ')' or '[' or ']'):
                    return "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.";
                case "reasoningContent" when value.Member("reasoningText") is { } thought && !Seal.Fits(thought.Text("signature"), ConverseRequest.Sealed, thought.Text("text") ?? ""):
                    return $"The model returned the following errors: {path}: Invalid `signature` in `thinking` block";
                case "reasoningContent" when value.Text("redactedContent") is { } redacted && !Seal.IsOurs(redacted, ConverseRequest.Sealed):
                    return $"The model returned the following errors: {path}: Invalid `data` in `redacted_thinking` block";
            }
        }

        if (answered.Except(called).Any() || answered.Count > called.Count)
        {
            return $"The number of toolResult blocks at messages.{index}.content exceeds the number of toolUse blocks of previous turn.";
        }

        var missing = called.Except(answered).ToList();
        if (missing.Count > 0)
        {
            return $"Expected toolResult blocks at messages.{index}.content for the following Ids: {string.Join(", ", missing)}";
        }

        called.Clear();
        called.AddRange(calls);
        return null;
    }
}
