using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary><c>usageMetadata</c>, both ways. Allocates nothing.</summary>
internal static class GeminiUsage
{
    // A larger count is an upstream's slip; cutting it here keeps every later sum inside 64 bits.
    private const long Most = 1_000_000_000_000;

    /// <summary>Reads the object at which the reader stands and moves to its end; false when it is none or names no count.</summary>
    public static bool TryRead(ref Utf8JsonReader json, ref TokenUsage usage, ref ServiceTier tier)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }

        long prompt = 0, candidates = 0, thoughts = 0, cached = 0, tools = 0, total = 0, audioIn = 0, audioOut = 0;
        var any = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueIsEscaped)
            {
                json.Read();
                json.Skip();
            }
            else if (GeminiJson.Matches(json.ValueSpan, "promptTokenCount"u8))
            {
                prompt = Count(ref json, ref any);
            }
            else if (GeminiJson.Matches(json.ValueSpan, "candidatesTokenCount"u8) || GeminiJson.Matches(json.ValueSpan, "responseTokenCount"u8))
            {
                candidates = Count(ref json, ref any);
            }
            else if (GeminiJson.Matches(json.ValueSpan, "thoughtsTokenCount"u8))
            {
                thoughts = Count(ref json, ref any);
            }
            else if (GeminiJson.Matches(json.ValueSpan, "cachedContentTokenCount"u8))
            {
                cached = Count(ref json, ref any);
            }
            else if (GeminiJson.Matches(json.ValueSpan, "toolUsePromptTokenCount"u8))
            {
                tools = Count(ref json, ref any);
            }
            else if (GeminiJson.Matches(json.ValueSpan, "totalTokenCount"u8))
            {
                total = Count(ref json, ref any);
            }
            else if (GeminiJson.Matches(json.ValueSpan, "promptTokensDetails"u8))
            {
                audioIn = Audio(ref json);
            }
            else if (GeminiJson.Matches(json.ValueSpan, "candidatesTokensDetails"u8) || GeminiJson.Matches(json.ValueSpan, "responseTokensDetails"u8))
            {
                audioOut = Audio(ref json);
            }
            else if (GeminiJson.Matches(json.ValueSpan, "trafficType"u8) || GeminiJson.Matches(json.ValueSpan, "serviceTier"u8))
            {
                json.Read();
                tier = Tier(ref json, tier);
                json.Skip();
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        if (!any)
        {
            return false;
        }

        // Some versions count thoughts among the candidates; the total gives it away, as LiteLLM found.
        var inclusive = prompt + candidates == total && thoughts <= candidates;
        usage = new TokenUsage
        {
            // What a built-in tool found is read by the model and billed as input, beside the prompt.
            Prompt = prompt + tools,
            Completion = inclusive ? candidates : candidates + thoughts,
            Total = total,
            CachedPrompt = Math.Min(cached, prompt + tools),
            Reasoning = thoughts,
            AudioPrompt = Math.Min(audioIn, prompt + tools),
            AudioCompletion = Math.Min(audioOut, candidates),
        };
        return true;
    }

    /// <summary>Writes the member; zeros when nothing is known, for the SDKs expect it in the last chunk.</summary>
    public static void Write(Utf8JsonWriter json, in TokenUsage usage)
    {
        json.WriteStartObject("usageMetadata"u8);
        json.WriteNumber("promptTokenCount"u8, usage.Prompt);
        var candidates = Math.Max(0, usage.Completion - usage.Reasoning);
        json.WriteNumber("candidatesTokenCount"u8, candidates);
        json.WriteNumber("totalTokenCount"u8, usage.Total > 0 ? usage.Total : usage.Prompt + usage.Completion);
        if (usage.CachedPrompt > 0)
        {
            json.WriteNumber("cachedContentTokenCount"u8, usage.CachedPrompt);
        }

        if (usage.AudioPrompt > 0)
        {
            Details(json, "promptTokensDetails"u8, usage.Prompt, usage.AudioPrompt);
        }

        if (usage.AudioCompletion > 0)
        {
            Details(json, "candidatesTokensDetails"u8, candidates, usage.AudioCompletion);
        }

        if (usage.Reasoning > 0)
        {
            json.WriteNumber("thoughtsTokenCount"u8, usage.Reasoning);
        }

        json.WriteEndObject();
    }

    private static void Details(Utf8JsonWriter json, ReadOnlySpan<byte> name, long all, long audio)
    {
        json.WriteStartArray(name);
        Detail(json, "TEXT"u8, Math.Max(0, all - audio));
        Detail(json, "AUDIO"u8, audio);
        json.WriteEndArray();
    }

    private static void Detail(Utf8JsonWriter json, ReadOnlySpan<byte> modality, long count)
    {
        json.WriteStartObject();
        json.WriteString("modality"u8, modality);
        json.WriteNumber("tokenCount"u8, count);
        json.WriteEndObject();
    }

    private static long Count(ref Utf8JsonReader json, ref bool any)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.Number || !json.TryGetDouble(out var value) || !(value >= 0))
        {
            json.Skip();
            return 0;
        }

        any = true;
        return json.TryGetInt64(out var exact) ? Math.Min(exact, Most) : (long)Math.Min(Math.Ceiling(value), Most);
    }

    /// <summary>Sum of the entries whose modality is AUDIO.</summary>
    private static long Audio(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return 0;
        }

        long sum = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                continue;
            }

            var isAudio = false;
            long count = 0;
            var any = false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (!json.ValueIsEscaped && GeminiJson.Matches(json.ValueSpan, "tokenCount"u8))
                {
                    count = Count(ref json, ref any);
                }
                else
                {
                    json.Read();
                    isAudio |= json.TokenType == JsonTokenType.String && json.ValueSpan.SequenceEqual("AUDIO"u8);
                    json.Skip();
                }
            }

            sum = Math.Min(Most, sum + (isAudio ? count : 0));
        }

        return sum;
    }

    private static ServiceTier Tier(ref Utf8JsonReader json, ServiceTier before) => json.TokenType != JsonTokenType.String ? before
        : json.ValueSpan.SequenceEqual("ON_DEMAND_PRIORITY"u8) || json.ValueSpan.SequenceEqual("priority"u8) ? ServiceTier.Priority
        : json.ValueSpan.SequenceEqual("ON_DEMAND_FLEX"u8) || json.ValueSpan.SequenceEqual("flex"u8) ? ServiceTier.Flex
        : before;
}
