using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tokens;

/// <summary>
/// Reads the <c>usage</c> object of OpenAI's wire format and of the vendors that extend it, from UTF-8, without allocating.
/// Reports the union of what they say in the terms of <see cref="TokenUsage"/>: parts lie inside their sums.
/// </summary>
public static class UsageReader
{
    // A larger count is an upstream's slip; cutting it here keeps every later sum inside 64 bits.
    private const long Most = 1_000_000_000_000;

    /// <summary>
    /// Reads <paramref name="jsonObject"/> (the value of <c>usage</c>). False, and <paramref name="usage"/> untouched, when it is
    /// null, not an object, broken, or names no count at all.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> jsonObject, ref TokenUsage usage)
    {
        var counts = default(Counts);
        try
        {
            var reader = new Utf8JsonReader(jsonObject);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            ReadMembers(ref reader, ref counts);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Broken, or a name with half a surrogate pair. The body that holds it is refused where it is read; a usage that cannot be read is no usage.
            return false;
        }

        if (!counts.Any)
        {
            return false;
        }

        usage = counts.ToUsage();
        return true;
    }

    private static void ReadMembers(ref Utf8JsonReader reader, ref Counts counts)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "prompt_tokens"u8) || Is(ref reader, "input_tokens"u8))
            {
                counts.Prompt = Count(ref reader, ref counts) ?? counts.Prompt;
            }
            else if (Is(ref reader, "completion_tokens"u8) || Is(ref reader, "output_tokens"u8))
            {
                counts.Completion = Count(ref reader, ref counts) ?? counts.Completion;
            }
            else if (Is(ref reader, "total_tokens"u8))
            {
                counts.Total = Count(ref reader, ref counts) ?? counts.Total;
            }
            else if (Is(ref reader, "prompt_tokens_details"u8) || Is(ref reader, "input_tokens_details"u8) || Is(ref reader, "input_token_details"u8))
            {
                ReadPromptDetails(ref reader, ref counts);
            }
            else if (Is(ref reader, "completion_tokens_details"u8) || Is(ref reader, "output_tokens_details"u8) || Is(ref reader, "output_token_details"u8))
            {
                ReadCompletionDetails(ref reader, ref counts);
            }
            else if (Is(ref reader, "prompt_cache_hit_tokens"u8) || Is(ref reader, "cache_read_input_tokens"u8) || Is(ref reader, "cached_tokens"u8))
            {
                counts.Cached = Larger(counts.Cached, Count(ref reader, ref counts));
            }
            else if (Is(ref reader, "prompt_cache_miss_tokens"u8))
            {
                counts.CacheMiss = Count(ref reader, ref counts) ?? 0;
            }
            else if (Is(ref reader, "cache_creation_input_tokens"u8))
            {
                counts.CacheWrite = Larger(counts.CacheWrite, Count(ref reader, ref counts));
            }
            else if (Is(ref reader, "reasoning_tokens"u8))
            {
                counts.LooseReasoning = Count(ref reader, ref counts) ?? 0;
            }
            else if (Is(ref reader, "citation_tokens"u8) || Is(ref reader, "num_search_queries"u8))
            {
                counts.Searches = true;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadPromptDetails(ref Utf8JsonReader reader, ref Counts counts)
    {
        if (!Enter(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "cached_tokens"u8))
            {
                counts.Cached = Larger(counts.Cached, Count(ref reader, ref counts));
            }
            else if (Is(ref reader, "audio_tokens"u8))
            {
                counts.AudioPrompt = Count(ref reader, ref counts) ?? 0;
            }
            else if (Is(ref reader, "image_tokens"u8))
            {
                counts.ImagePrompt = Count(ref reader, ref counts) ?? 0;
            }
            else if (Is(ref reader, "cached_tokens_details"u8))
            {
                ReadCachedDetails(ref reader, ref counts);
            }
            else if (Is(ref reader, "cache_write_tokens"u8) || Is(ref reader, "cache_creation_tokens"u8) || Is(ref reader, "cached_creation_tokens"u8))
            {
                counts.CacheWrite = Larger(counts.CacheWrite, Count(ref reader, ref counts));
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Realtime tells of which kind the cached tokens were.</summary>
    private static void ReadCachedDetails(ref Utf8JsonReader reader, ref Counts counts)
    {
        if (!Enter(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "audio_tokens"u8))
            {
                counts.CachedAudio = Count(ref reader, ref counts) ?? 0;
            }
            else if (Is(ref reader, "image_tokens"u8))
            {
                counts.CachedImage = Count(ref reader, ref counts) ?? 0;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadCompletionDetails(ref Utf8JsonReader reader, ref Counts counts)
    {
        if (!Enter(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "reasoning_tokens"u8))
            {
                counts.Reasoning = Count(ref reader, ref counts) ?? 0;
            }
            else if (Is(ref reader, "audio_tokens"u8))
            {
                counts.AudioCompletion = Count(ref reader, ref counts) ?? 0;
            }
            else if (Is(ref reader, "image_tokens"u8))
            {
                counts.ImageCompletion = Count(ref reader, ref counts) ?? 0;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name);

    /// <summary>Moves to the value; true when it is an object, else it is passed over.</summary>
    private static bool Enter(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        reader.Skip();
        return false;
    }

    /// <summary>Moves to the value and reads a count: null for anything but a number that is zero or more.</summary>
    private static long? Count(ref Utf8JsonReader reader, ref Counts counts)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number)
        {
            reader.Skip();
            return null;
        }

        long count;
        if (!reader.TryGetInt64(out count))
        {
            // 12.0, 1e3, or more than 64 bits hold. A part of a token is a token.
            if (!reader.TryGetDouble(out var value) || double.IsNaN(value))
            {
                return null;
            }

            count = value >= Most ? Most : value < 0 ? -1 : (long)Math.Ceiling(value);
        }

        if (count < 0)
        {
            return null;
        }

        counts.Any = true;
        return Math.Min(count, Most);
    }

    private static long Larger(long a, long? b) => Math.Max(a, b ?? 0);

    private struct Counts
    {
        internal bool Any;
        internal bool Searches;
        internal long Prompt;
        internal long Completion;
        internal long Total;
        internal long Cached;
        internal long CachedAudio;
        internal long CachedImage;
        internal long CacheMiss;
        internal long CacheWrite;
        internal long Reasoning;
        internal long LooseReasoning;
        internal long AudioPrompt;
        internal long AudioCompletion;
        internal long ImagePrompt;
        internal long ImageCompletion;

        internal readonly TokenUsage ToUsage()
        {
            var prompt = Prompt == 0 ? Cached + CacheMiss : Prompt;
            var completion = Completion;
            var reasoning = Reasoning;
            if (reasoning > 0 && Total == prompt + completion + reasoning)
            {
                // xAI counts reasoning beside the completion; the sum gives it away.
                completion += reasoning;
            }
            else if (reasoning == 0 && LooseReasoning > 0)
            {
                // Perplexity's deep research bills reasoning beside the completion and outside the total; it is recognised by its
                // search counts. Elsewhere a loose count is a part of the completion.
                reasoning = LooseReasoning;
                completion += Searches || completion < reasoning ? reasoning : 0;
            }

            if (completion == 0 && Total > prompt && prompt > 0 && reasoning == 0)
            {
                // Some servers leave the completion out of a chat's usage but count it in the total.
                completion = Total - prompt;
            }

            return new TokenUsage
            {
                Prompt = prompt,
                Completion = completion,
                Total = Total,
                CachedPrompt = Cached,
                CacheWrite = CacheWrite,
                Reasoning = reasoning,
                AudioPrompt = AudioPrompt,
                AudioCompletion = AudioCompletion,
                ImagePrompt = ImagePrompt,
                CachedAudioPrompt = CachedAudio,
                CachedImagePrompt = CachedImage,
                ImageCompletion = ImageCompletion,
            };
        }
    }
}
