namespace Weir.Providers.Neutral;

/// <summary>Form of an answer.</summary>
/// <param name="Schema">JSON Schema that it must match; absent = any JSON object.</param>
public sealed record OutputFormat(RawJson Schema)
{
    /// <summary>Name of the schema.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>OpenAI's <c>strict</c>.</summary>
    public bool? Strict { get; init; }
}

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

/// <summary>Between words and numbers of thought, by LiteLLM's constants.</summary>
public static class ReasoningEffort
{
    /// <summary>Tokens that stand for <paramref name="effort"/>: minimal 128, low 1024, medium 2048, high 4096; null for none and unknown words.</summary>
    public static long? ToBudget(string effort) => effort switch
    {
        "minimal" => 128,
        "low" => 1024,
        "medium" => 2048,
        "high" => 4096,
        "xhigh" or "max" => 8192,
        _ => null,
    };

    /// <summary>The word for a budget of <paramref name="tokens"/>.</summary>
    public static string FromBudget(long tokens) => tokens switch
    {
        <= 0 => "none",
        < 1024 => "minimal",
        < 2048 => "low",
        < 4096 => "medium",
        _ => "high",
    };
}
