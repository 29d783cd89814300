using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Why a model stopped, in Converse's words.</summary>
internal static class Stops
{
    internal static StopReason Read(string? word) => word switch
    {
        null or "" => StopReason.None,
        "tool_use" => StopReason.ToolUse,
        "max_tokens" => StopReason.MaxTokens,
        "stop_sequence" => StopReason.StopSequence,
        "guardrail_intervened" or "content_filtered" or "refusal" => StopReason.ContentFilter,
        "malformed_model_output" or "malformed_tool_use" => StopReason.Error,
        "model_context_window_exceeded" => StopReason.ContextWindow,
        "pause_turn" => StopReason.Pause,

        // end_turn, and words that came later: the answer is whole.
        _ => StopReason.EndTurn,
    };

    internal static string Write(StopReason stop) => stop switch
    {
        StopReason.ToolUse => "tool_use",
        StopReason.MaxTokens => "max_tokens",
        StopReason.StopSequence => "stop_sequence",
        StopReason.ContentFilter => "content_filtered",
        StopReason.Error => "malformed_model_output",
        StopReason.ContextWindow => "model_context_window_exceeded",
        _ => "end_turn",
    };
}
