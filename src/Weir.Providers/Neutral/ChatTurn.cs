namespace Weir.Providers.Neutral;

/// <summary>
/// A request to a chat model, in no dialect: what at least two dialects can say has a name here, everything else travels in
/// <see cref="Extras"/> under the dialect that it came from.
/// </summary>
public sealed class ChatTurn
{
    /// <summary>The model as the body names it; empty when the path does (Gemini).</summary>
    public string Model { get; set; } = "";

    /// <summary>Whether the answer is streamed.</summary>
    public bool Stream { get; set; }

    /// <summary>Whether a streamed answer tells its usage in a chunk of its own; null = the dialect's default. Only OpenAI chat asks.</summary>
    public bool? IncludeUsage { get; set; }

    /// <summary>The conversation in order, system and developer messages where they stood.</summary>
    public List<ChatMessage> Messages { get; } = [];

    /// <summary>What the model may call.</summary>
    public List<ToolDefinition> Tools { get; } = [];

    /// <summary>Whether and what the model has to call; null = not said.</summary>
    public ToolChoice? ToolChoice { get; set; }

    /// <summary>Whether one answer may hold several tool calls; null = not said.</summary>
    public bool? ParallelToolCalls { get; set; }

    /// <summary>Most output tokens, reasoning included.</summary>
    public long? MaxTokens { get; set; }

    /// <summary>Sampling temperature.</summary>
    public double? Temperature { get; set; }

    /// <summary>Nucleus sampling.</summary>
    public double? TopP { get; set; }

    /// <summary>Sampling from the k most likely tokens.</summary>
    public long? TopK { get; set; }

    /// <summary>Penalty for tokens that occurred.</summary>
    public double? PresencePenalty { get; set; }

    /// <summary>Penalty by how often tokens occurred.</summary>
    public double? FrequencyPenalty { get; set; }

    /// <summary>Seed of the sampling.</summary>
    public long? Seed { get; set; }

    /// <summary>How many answers are wanted; null = one.</summary>
    public int? Choices { get; set; }

    /// <summary>Texts that end the answer.</summary>
    public List<string> Stop { get; } = [];

    /// <summary>Form of the answer; null = text.</summary>
    public OutputFormat? Format { get; set; }

    /// <summary>How much the model thinks before it answers; null = not said.</summary>
    public ReasoningWish? Reasoning { get; set; }

    /// <summary>The caller's own user.</summary>
    public string? EndUser { get; set; }

    /// <summary>Service tier, in the words of the dialect that it came from (<c>auto</c>, <c>default</c>, <c>flex</c>, <c>priority</c>, <c>standard_only</c>).</summary>
    public string? ServiceTier { get; set; }

    /// <summary>Top-level members that have no neutral name: dialect, name, value.</summary>
    public List<Extra> Extras { get; } = [];
}

/// <summary>A top-level member of a body for which the neutral form has no name.</summary>
/// <param name="Dialect">Where it came from.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Value">Its value.</param>
public sealed record Extra(WireFormat Dialect, string Name, RawJson Value);
