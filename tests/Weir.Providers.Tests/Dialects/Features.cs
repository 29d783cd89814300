namespace Weir.Providers.Tests.Dialects;

/// <summary>The words by which cases say what they show, in the order of the coverage table.</summary>
internal static class Features
{
    internal static readonly string[] All =
    [
        "text", "system", "multi_turn", "tools", "parallel_tools", "tool_choice", "tool_result", "tool_result_image", "tool_error", "builtin_tool", "images", "image_url",
        "documents", "audio", "reasoning", "reasoning_signature", "redacted_thinking", "json_object", "json_schema", "stop_sequence", "max_tokens", "sampling", "seed", "n",
        "end_user", "cache_control", "usage_cached", "usage_reasoning", "usage_cache_write", "refusal", "content_filter", "citations", "service_tier", "unknown_members",
        "unicode", "empty_content", "error_in_stream",
    ];

    /// <summary>What only a request can say.</summary>
    internal static readonly string[] OfRequests =
    [
        "system", "multi_turn", "tool_choice", "tool_result", "tool_result_image", "tool_error", "image_url", "documents", "sampling", "seed",
        "end_user", "cache_control",
    ];
}
