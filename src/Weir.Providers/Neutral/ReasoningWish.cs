namespace Weir.Providers.Neutral;

/// <summary>How much a model thinks. Dialects say it in effort or in tokens; a writer that has only the other form converts (<see cref="ReasoningEffort"/>).</summary>
public sealed record ReasoningWish
{
    /// <summary>Whether to think at all; null = the model's default. True with neither effort nor budget: as the model sees fit (Anthropic's <c>adaptive</c>).</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>, <c>max</c>; null = not said.</summary>
    public string? Effort { get; init; }

    /// <summary>Most tokens of thought.</summary>
    public long? BudgetTokens { get; init; }

    /// <summary>Whether the thoughts (or a summary of them) are told; null = the dialect's default.</summary>
    public bool? Tell { get; init; }

    /// <summary>OpenAI Responses' <c>summary</c>: <c>auto</c>, <c>concise</c>, <c>detailed</c>.</summary>
    public string? Summary { get; init; }
}
