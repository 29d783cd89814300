using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Why a candidate ended: <c>finishReason</c>, both ways.</summary>
internal static class GeminiStop
{
    /// <summary>The neutral reason; Gemini says STOP also when it wants a tool.</summary>
    public static StopReason Read(string? reason, bool calledTool) => reason switch
    {
        null or "" => StopReason.None,
        "MAX_TOKENS" => StopReason.MaxTokens,
        "SAFETY" or "RECITATION" or "LANGUAGE" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "MODEL_ARMOR"
            or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" => StopReason.ContentFilter,
        "MALFORMED_FUNCTION_CALL" or "MALFORMED_RESPONSE" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS"
            or "MISSING_THOUGHT_SIGNATURE" or "NO_IMAGE" or "IMAGE_OTHER" or "OTHER" => StopReason.Error,
        "CONTINUATION" => StopReason.Pause,
        _ => calledTool ? StopReason.ToolUse : StopReason.EndTurn,
    };

    /// <summary>Gemini's reason. It has none for stop texts, tools and pauses: all are STOP.</summary>
    public static ReadOnlySpan<byte> Write(StopReason reason) => reason switch
    {
        StopReason.MaxTokens or StopReason.ContextWindow => "MAX_TOKENS"u8,
        StopReason.ContentFilter => "SAFETY"u8,
        StopReason.Error => "OTHER"u8,
        _ => "STOP"u8,
    };
}
