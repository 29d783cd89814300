using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Converse's counts: what was read from or written to the cache is not part of <c>inputTokens</c>.</summary>
internal static class Usage
{
    /// <summary>A larger count is an upstream's slip; cutting it here keeps every later sum inside 64 bits.</summary>
    private const long Most = 1_000_000_000_000;

    /// <summary>Reads the object on which the reader stands, and moves to its end. Whatever is no count counts as zero.</summary>
    internal static TokenUsage Read(ref Utf8JsonReader json)
    {
        var usage = default(TokenUsage);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return usage;
        }
        long input = 0;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("inputTokens"u8))
            {
                input = Count(ref json);
            }
            else if (json.ValueTextEquals("outputTokens"u8))
            {
                usage.Completion = Count(ref json);
            }
            else if (json.ValueTextEquals("totalTokens"u8))
            {
                usage.Total = Count(ref json);
            }
            else if (json.ValueTextEquals("cacheReadInputTokens"u8))
            {
                usage.CachedPrompt = Count(ref json);
            }
            else if (json.ValueTextEquals("cacheWriteInputTokens"u8))
            {
                usage.CacheWrite = Count(ref json);
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        usage.Prompt = input + usage.CachedPrompt + usage.CacheWrite;
        usage.Total = Math.Max(usage.Total, usage.Prompt + usage.Completion);
        return usage;
    }

    internal static void Write(Utf8JsonWriter json, in TokenUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("inputTokens"u8, Math.Max(0, usage.Prompt - usage.CachedPrompt - usage.CacheWrite));
        json.WriteNumber("outputTokens"u8, usage.Completion);
        json.WriteNumber("totalTokens"u8, usage.Prompt + usage.Completion);
        if (usage.CachedPrompt > 0 || usage.CacheWrite > 0)
        {
            json.WriteNumber("cacheReadInputTokens"u8, usage.CachedPrompt);
            json.WriteNumber("cacheWriteInputTokens"u8, usage.CacheWrite);
        }
        json.WriteEndObject();
    }

    private static long Count(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var count))
        {
            return count > 0 ? (long)Math.Min(Math.Ceiling(count), Most) : 0;
        }
        json.Skip();
        return 0;
    }
}
