using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.Coverage;

/// <summary>By what one sees that a feature is there, once a body or a stream is in the neutral form.</summary>
internal static class FeatureSigns
{
    internal static bool InRequest(string feature, ChatTurn turn)
    {
        var parts = turn.Messages.SelectMany(message => message.Parts).ToList();
        return feature switch
        {
            "text" => parts.OfType<TextPart>().Any(),
            "system" => turn.Messages.Exists(message => message.Role is ChatRole.System or ChatRole.Developer),
            "multi_turn" => turn.Messages.Exists(message => message.Role == ChatRole.Assistant) && turn.Messages.Exists(message => message.Role == ChatRole.User),
            "tools" => turn.Tools.Exists(tool => tool.BuiltIn.IsAbsent),
            "parallel_tools" => turn.ParallelToolCalls is not null || turn.Messages.Exists(message => message.Parts.OfType<ToolCallPart>().Count() > 1),
            "tool_choice" => turn.ToolChoice is not null,
            "tool_result" => parts.OfType<ToolResultPart>().Any(),
            "tool_result_image" => parts.OfType<ToolResultPart>().Any(result => result.Content.OfType<ImagePart>().Any()),
            "tool_error" => parts.OfType<ToolResultPart>().Any(result => result.IsError),
            "builtin_tool" => turn.Tools.Exists(tool => !tool.BuiltIn.IsAbsent) || parts.OfType<OpaquePart>().Any(),
            "images" => parts.Concat(parts.OfType<ToolResultPart>().SelectMany(result => result.Content)).OfType<ImagePart>().Any(image => image.Source.Url is null),
            "image_url" => parts.OfType<ImagePart>().Any(image => image.Source.Url is not null),
            "documents" => parts.OfType<DocumentPart>().Any(),
            "audio" => parts.OfType<MediaPart>().Any(),
            "reasoning" => turn.Reasoning is not null || parts.OfType<ThinkingPart>().Any(),
            "json_object" => turn.Format is { Schema.IsAbsent: true },
            "json_schema" => turn.Format is { Schema.IsAbsent: false },
            "stop_sequence" => turn.Stop.Count > 0,
            "max_tokens" => turn.MaxTokens is not null,
            "sampling" => (turn.Temperature ?? turn.TopP ?? turn.PresencePenalty ?? turn.FrequencyPenalty) is not null || turn.TopK is not null,
            "seed" => turn.Seed is not null,
            "n" => turn.Choices > 1,
            "end_user" => turn.EndUser is not null,
            "cache_control" => parts.Exists(part => !part.CacheControl.IsAbsent) || turn.Tools.Exists(tool => !tool.CacheControl.IsAbsent),
            "citations" => parts.Exists(part => part is DocumentPart { Citations: true } or TextPart { Citations.IsAbsent: false }),
            "service_tier" => turn.ServiceTier is not null,
            "unknown_members" => turn.Extras.Count > 0,
            _ => InParts(feature, parts),
        };
    }

    internal static bool InAnswer(string feature, ChatResult result)
    {
        var parts = result.Choices.SelectMany(choice => choice.Parts).ToList();
        return feature switch
        {
            "text" => parts.OfType<TextPart>().Any(),
            "tools" => parts.OfType<ToolCallPart>().Any(),
            "parallel_tools" => result.Choices.Exists(choice => choice.Parts.OfType<ToolCallPart>().Count() > 1),
            "builtin_tool" => parts.OfType<OpaquePart>().Any(),
            "images" => parts.OfType<ImagePart>().Any(),
            "audio" => parts.Exists(part => part is MediaPart or OpaquePart { Kind: "audio" }) || result.Usage is { AudioPrompt: > 0 } or { AudioCompletion: > 0 },
            "reasoning" => parts.OfType<ThinkingPart>().Any(),
            "stop_sequence" => result.Choices.Exists(choice => choice.Stop == StopReason.StopSequence),
            "max_tokens" => result.Choices.Exists(choice => choice.Stop is StopReason.MaxTokens or StopReason.ContextWindow),
            // An answer in JSON is a text, whatever made the model write it.
            "json_object" or "json_schema" => parts.OfType<TextPart>().Any(text => text.Text.StartsWith('{')),
            "n" => result.Choices.Count > 1,
            "usage_cached" => result.Usage.CachedPrompt > 0,
            "usage_reasoning" => result.Usage.Reasoning > 0,
            "usage_cache_write" => result.Usage.CacheWrite > 0,
            "content_filter" => result.Choices.Exists(choice => choice.Stop == StopReason.ContentFilter),
            "citations" => parts.Exists(part => part is TextPart { Citations.IsAbsent: false } or OpaquePart { Kind: "annotations" }),
            "service_tier" => result.ServiceTier is not null,
            // Tolerated where they come from, and never part of another dialect's answer.
            "unknown_members" => true,
            _ => InParts(feature, parts),
        };
    }

    private static bool InParts(string feature, List<ContentPart> parts) => feature switch
    {
        "reasoning_signature" => parts.Exists(part => part is ThinkingPart { Signature: not null, Redacted: false } or ToolCallPart { Signature: not null }),
        "redacted_thinking" => parts.Exists(part => part is ThinkingPart { Redacted: true }),
        "refusal" => parts.OfType<RefusalPart>().Any(),
        "unicode" => parts.Exists(part => part switch
        {
            TextPart text => !System.Text.Ascii.IsValid(text.Text),
            ToolCallPart call => !System.Text.Ascii.IsValid(call.Arguments) || call.Arguments.Contains("\\u", StringComparison.Ordinal),
            _ => false,
        }),
        // What is empty has no sign: that it crosses is what counts.
        "empty_content" => true,
        _ => false,
    };
}
