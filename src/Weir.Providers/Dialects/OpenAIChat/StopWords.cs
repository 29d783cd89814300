using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>OpenAI's <c>finish_reason</c>, both ways.</summary>
internal static class StopWords
{
    /// <summary>What <paramref name="word"/> means. A vendor's own word is an ordinary end.</summary>
    /// <param name="word">The word; null while the answer goes on.</param>
    /// <param name="calls">Whether there are tool calls: some servers say <c>stop</c> behind them.</param>
    internal static StopReason Read(string? word, bool calls) => word switch
    {
        null or "" => StopReason.None,
        "length" or "max_tokens" => StopReason.MaxTokens,
        "tool_calls" or "function_call" or "tool_use" => StopReason.ToolUse,
        "content_filter" or "safety" or "refusal" => StopReason.ContentFilter,
        "error" => StopReason.Error,
        _ => calls ? StopReason.ToolUse : StopReason.EndTurn,
    };

    /// <summary>The word for <paramref name="stop"/>.</summary>
    internal static ReadOnlySpan<byte> Write(StopReason stop, bool calls) => stop switch
    {
        StopReason.MaxTokens or StopReason.ContextWindow => "length"u8,
        StopReason.ToolUse => "tool_calls"u8,
        StopReason.ContentFilter => "content_filter"u8,
        StopReason.None when calls => "tool_calls"u8,
        _ => "stop"u8,
    };
}
