using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>What a dialect can say, for the property tests: they hold it to exactly this. The readers and writers decide nothing by it.</summary>
internal sealed record Expresses
{
    // Content. What is false here is not even tried, because a writer may refuse it.
    internal bool ImageUrl { get; init; } = true;

    internal bool Documents { get; init; } = true;

    internal bool DocumentUrl { get; init; }

    internal bool Audio { get; init; }

    internal bool ToolResultImage { get; init; } = true;

    internal bool Refusal { get; init; }

    internal bool Choices { get; init; }

    // What may be left out, and is named when it is.
    internal bool ToolError { get; init; } = true;

    internal bool CallIds { get; init; } = true;

    internal bool Thinking { get; init; } = true;

    internal bool ThinkingSignature { get; init; } = true;

    internal bool RedactedThinking { get; init; }

    internal bool CallSignature { get; init; }

    internal bool CacheControl { get; init; }

    internal bool Strict { get; init; }

    internal bool ParallelToolCalls { get; init; }

    internal bool ToolChoiceNone { get; init; } = true;

    internal bool TopK { get; init; }

    internal bool Penalties { get; init; }

    internal bool Seed { get; init; }

    internal bool Stop { get; init; } = true;

    internal bool EndUser { get; init; }

    internal bool JsonObject { get; init; }

    internal bool JsonSchema { get; init; } = true;

    internal bool Effort { get; init; }

    internal bool CacheWrite { get; init; }

    internal bool ReasoningUsage { get; init; }

    /// <summary>Which stop reason comes back.</summary>
    internal Func<StopReason, StopReason> StopReasons { get; init; } = static stop => stop;

    private static readonly Dictionary<WireFormat, Expresses> All = new()
    {
        [WireFormat.OpenAIChat] = new()
        {
            Audio = true, Refusal = true, Choices = true, ToolResultImage = false, ToolError = false, RedactedThinking = true, CallSignature = true, CacheControl = true,
            Strict = true, ParallelToolCalls = true, Penalties = true, Seed = true, EndUser = true, JsonObject = true, Effort = true, CacheWrite = true, ReasoningUsage = true,
            StopReasons = static stop => stop == StopReason.StopSequence ? StopReason.EndTurn : stop,
        },
        [WireFormat.OpenAIResponses] = new()
        {
            DocumentUrl = true, Refusal = true, Strict = true, ParallelToolCalls = true, EndUser = true, JsonObject = true, Effort = true, ReasoningUsage = true, ToolError = false, Stop = false,
            StopReasons = static stop => stop == StopReason.StopSequence ? StopReason.EndTurn : stop,
        },
        [WireFormat.AnthropicMessages] = new()
        {
            DocumentUrl = true, RedactedThinking = true, CacheControl = true, ParallelToolCalls = true, TopK = true, EndUser = true, CacheWrite = true,
        },
        [WireFormat.GeminiGenerate] = new()
        {
            CallIds = false, DocumentUrl = true, Audio = true, Choices = true, CallSignature = true, ToolError = false, TopK = true, Penalties = true, Seed = true, JsonObject = true, ReasoningUsage = true,
            StopReasons = static stop => stop == StopReason.StopSequence ? StopReason.EndTurn : stop,
        },
        [WireFormat.BedrockConverse] = new()
        {
            ImageUrl = false, RedactedThinking = true, ToolChoiceNone = false, CacheWrite = true,
        },
    };

    internal static Expresses Of(WireFormat format) => All[format];

    /// <summary>What both can say.</summary>
    internal Expresses And(Expresses other) => new()
    {
        ImageUrl = ImageUrl && other.ImageUrl,
        Documents = Documents && other.Documents,
        DocumentUrl = DocumentUrl && other.DocumentUrl,
        Audio = Audio && other.Audio,
        ToolResultImage = ToolResultImage && other.ToolResultImage,
        Refusal = Refusal && other.Refusal,
        Choices = Choices && other.Choices,
        ToolError = ToolError && other.ToolError,
        CallIds = CallIds && other.CallIds,
        Thinking = Thinking && other.Thinking,
        ThinkingSignature = ThinkingSignature && other.ThinkingSignature,
        RedactedThinking = RedactedThinking && other.RedactedThinking,
        CallSignature = CallSignature && other.CallSignature,
        CacheControl = CacheControl && other.CacheControl,
        Strict = Strict && other.Strict,
        ParallelToolCalls = ParallelToolCalls && other.ParallelToolCalls,
        ToolChoiceNone = ToolChoiceNone && other.ToolChoiceNone,
        TopK = TopK && other.TopK,
        Penalties = Penalties && other.Penalties,
        Seed = Seed && other.Seed,
        Stop = Stop && other.Stop,
        EndUser = EndUser && other.EndUser,
        JsonObject = JsonObject && other.JsonObject,
        JsonSchema = JsonSchema && other.JsonSchema,
        Effort = Effort && other.Effort,
        CacheWrite = CacheWrite && other.CacheWrite,
        ReasoningUsage = ReasoningUsage && other.ReasoningUsage,
        StopReasons = stop => StopReasons(other.StopReasons(stop)),
    };
}
