using System.Buffers;
using System.Collections.Frozen;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// Names of what a crossing could not carry, as they may be told. They can come out of a caller's body: in the header only harmless
/// characters travel, and in the metric only the API's own words are labels.
/// </summary>
internal static class DroppedWords
{
    /// <summary>Response header that names them.</summary>
    internal const string Header = "x-weir-dropped-params";

    /// <summary>Label of every name that is no word of an API.</summary>
    internal const string Other = "other";

    private const int LongestName = 64;

    private static readonly SearchValues<char> Harmless = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-[]");

    private static readonly FrozenSet<string> Labels = FrozenSet.ToFrozenSet(
        [
            "answer", "audio", "background", "cache_control", "cached_content", "citations", "context_management", "conversation", "detail", "documents",
            "frequency_penalty", "include", "labels", "logit_bias", "logprobs", "max_tool_calls", "metadata", "modalities", "n", "name",
            "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "reasoning", "reasoning_effort", "redacted_thinking", "response_format",
            "safety_identifier", "safety_settings", "seed", "service_tier", "stop", "store", "strict", "temperature", "thinking", "thinking_blocks", "thoughtSignature", "thought_signature", "tool_choice",
            "tools", "top_k", "top_logprobs", "top_p", "truncation", "user", "verbosity", "web_search_options",
        ],
        StringComparer.Ordinal);

    /// <summary>The header's value.</summary>
    internal static string Told(IReadOnlyList<string> names) => string.Join(", ", names.Select(Shown).Distinct(StringComparer.Ordinal));

    /// <summary>The metric's label for <paramref name="name"/>: its first word, where that is one of an API.</summary>
    internal static string Label(string name)
    {
        var end = name.AsSpan().IndexOfAny('.', '[');
        var word = end < 0 ? name : name[..end];
        return Labels.TryGetValue(word, out var label) ? label : Other;
    }

    private static string Shown(string name) => name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(Harmless) ? name : Other;
}
