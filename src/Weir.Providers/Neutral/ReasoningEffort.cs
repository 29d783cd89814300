namespace Weir.Providers.Neutral;

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
