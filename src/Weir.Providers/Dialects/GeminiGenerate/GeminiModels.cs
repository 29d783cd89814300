namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>What a model's name tells about what it accepts.</summary>
internal static class GeminiModels
{
    /// <summary>
    /// Gemini 3 and later: thinks by level, not by budget; refuses penalties; wants a seal with the first tool call of a step; takes a resolution per part.
    /// <c>gemini-flash-latest</c> and the like stand for the newest. Names that say nothing (tuned models, aliases) count as older.
    /// </summary>
    public static bool IsThree(string model)
    {
        var at = model.LastIndexOf("gemini-", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return false;
        }

        var rest = model.AsSpan(at + "gemini-".Length);
        return rest.IsEmpty || !char.IsAsciiDigit(rest[0]) ? rest.EndsWith("-latest", StringComparison.OrdinalIgnoreCase) : rest[0] >= '3' || (rest.Length > 1 && char.IsAsciiDigit(rest[1]));
    }

    /// <summary>The least that the model thinks, in tokens: LiteLLM's constants.</summary>
    public static long LeastBudget(string model) =>
        model.Contains("gemini-2.5-flash-lite", StringComparison.OrdinalIgnoreCase) ? 512
        : model.Contains("gemini-2.5-pro", StringComparison.OrdinalIgnoreCase) ? 128
        : model.Contains("gemini-2.5-flash", StringComparison.OrdinalIgnoreCase) ? 1
        : 128;

    /// <summary>The level that stands for an effort, as LiteLLM has it: not every model of the third generation knows the two in the middle.</summary>
    public static string Level(string effort, string model)
    {
        var isFlash = model.Contains("flash", StringComparison.OrdinalIgnoreCase);
        return effort switch
        {
            "none" or "minimal" => isFlash ? "MINIMAL" : "LOW",
            "low" => "LOW",
            "medium" => isFlash || !model.Contains("gemini-3-pro", StringComparison.OrdinalIgnoreCase) ? "MEDIUM" : "HIGH",
            _ => "HIGH",
        };
    }
}
