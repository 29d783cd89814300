namespace Weir.Providers.Pricing;

/// <summary>
/// The short codes of the embedded price table. A code stands for one of LiteLLM's field names; a threshold is written
/// <c>code&gt;272</c> for <c>..._above_272k_tokens</c>. Codes are part of the committed file's format: add, never change.
/// </summary>
internal static class PriceField
{
    private static readonly (string Code, string Name)[] Prices =
    [
        ("i", "input_cost_per_token"),
        ("o", "output_cost_per_token"),
        ("cr", "cache_read_input_token_cost"),
        ("cw", "cache_creation_input_token_cost"),
        ("cl", "cache_creation_input_token_cost_above_1hr"),
        ("r", "output_cost_per_reasoning_token"),
        ("ia", "input_cost_per_audio_token"),
        ("oa", "output_cost_per_audio_token"),
        ("ca", "cache_read_input_audio_token_cost"),
        ("ii", "input_cost_per_image_token"),
        ("oi", "output_cost_per_image_token"),
        ("ib", "input_cost_per_token_batches"),
        ("ob", "output_cost_per_token_batches"),
        ("is", "input_cost_per_second"),
        ("iq", "input_cost_per_request"),
        ("pg", "ocr_cost_per_page"),
        ("sl", "search_context_size_low"),
        ("sm", "search_context_size_medium"),
        ("sh", "search_context_size_high"),
    ];

    private static readonly (char Code, string Name)[] Abilities =
    [
        ('f', "supports_function_calling"),
        ('r', "supports_reasoning"),
        ('c', "supports_prompt_caching"),
        ('v', "supports_vision"),
        ('s', "supports_response_schema"),
        ('p', "supports_pdf_input"),
        ('a', "supports_audio_input"),
    ];

    private const string Above = "_above_";
    private const string ThousandTokens = "k_tokens";

    /// <summary>LiteLLM's name of a code with its optional threshold, or null for a code that this build does not know.</summary>
    internal static string? Name(string code)
    {
        var at = code.IndexOf('>', StringComparison.Ordinal);
        var bare = at < 0 ? code : code[..at];
        foreach (var (known, name) in Prices)
        {
            if (known == bare)
            {
                return at < 0 ? name : name + Above + code[(at + 1)..] + ThousandTokens;
            }
        }

        return null;
    }

    /// <summary>The code of LiteLLM's name, or null when the table does not carry that field.</summary>
    internal static string? Code(string name)
    {
        var threshold = Threshold(name, out var bare);
        foreach (var (code, known) in Prices)
        {
            if (known == bare)
            {
                return threshold == 0 ? code : $"{code}>{threshold / 1000}";
            }
        }

        return null;
    }

    /// <summary>
    /// The threshold in tokens that a field name carries (<c>_above_200k_tokens</c>), 0 for none; <paramref name="bare"/> is the
    /// name without it. What follows the threshold (<c>_priority</c>) stays part of the bare name.
    /// </summary>
    internal static long Threshold(string name, out string bare)
    {
        bare = name;
        var end = name.LastIndexOf(ThousandTokens, StringComparison.Ordinal);
        var start = end < 0 ? -1 : name.LastIndexOf(Above, end, StringComparison.Ordinal);
        if (start < 0 || !int.TryParse(name.AsSpan(start + Above.Length, end - start - Above.Length), out var thousands) || thousands <= 0)
        {
            return 0;
        }

        bare = string.Concat(name.AsSpan(0, start), name.AsSpan(end + ThousandTokens.Length));
        return thousands * 1000L;
    }

    /// <summary>The <c>supports_*</c> name of a letter, or null.</summary>
    internal static string? Ability(char code)
    {
        foreach (var (known, name) in Abilities)
        {
            if (known == code)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The letter of a <c>supports_*</c> name, or null.</summary>
    internal static char? AbilityCode(string name)
    {
        foreach (var (code, known) in Abilities)
        {
            if (known == name)
            {
                return code;
            }
        }

        return null;
    }
}
