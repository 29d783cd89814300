using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>What matters in answers that pass through. One pass over the tokens, no allocation.</summary>
internal static class GeminiGlance
{
    /// <summary>Reads a whole answer.</summary>
    public static AnswerFacts ReadFacts(ReadOnlySpan<byte> answer)
    {
        var facts = default(StreamFacts);
        var traits = Walk(answer, ref facts);
        return (traits & EventTraits.Garbage) != 0 ? default : new(true, (traits & EventTraits.Error) != 0, facts.Usage, facts.Tier);
    }

    /// <summary>Looks into one event.</summary>
    public static EventTraits Look(ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts)
    {
        if (contentSeen && data.IndexOf("\"usageMetadata\""u8) < 0 && data.IndexOf("\"finishReason\""u8) < 0
            && data.IndexOf("\"error\""u8) < 0 && data.IndexOf("\"promptFeedback\""u8) < 0)
        {
            return EventTraits.Content;
        }

        return Walk(data, ref facts);
    }

    private static EventTraits Walk(ReadOnlySpan<byte> data, ref StreamFacts facts)
    {
        var traits = EventTraits.None;
        var json = new Utf8JsonReader(data, GeminiJson.ReaderOptions);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return EventTraits.Garbage;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref json, "candidates"u8))
                {
                    json.Read();
                    traits |= Candidates(ref json);
                }
                else if (Is(ref json, "usageMetadata"u8))
                {
                    json.Read();
                    traits |= Usage(ref json, ref facts);
                }
                else if (Is(ref json, "promptFeedback"u8))
                {
                    json.Read();
                    traits |= Member(ref json, "blockReason"u8) ? EventTraits.Content | EventTraits.Finish | EventTraits.MayBeLast : EventTraits.None;
                }
                else
                {
                    var isError = Is(ref json, "error"u8);
                    json.Read();
                    traits |= isError && json.TokenType != JsonTokenType.Null ? EventTraits.Error : EventTraits.None;
                    json.Skip();
                }
            }

            return json.Read() ? EventTraits.Garbage : traits;
        }
        catch (JsonException)
        {
            // What is not JSON is told by the trait; the caller refuses or reports it.
            return EventTraits.Garbage;
        }
    }

    private static EventTraits Usage(ref Utf8JsonReader json, ref StreamFacts facts)
    {
        var usage = facts.Usage;
        var tier = facts.Tier;
        if (!GeminiUsage.TryRead(ref json, ref usage, ref tier))
        {
            return EventTraits.None;
        }

        // Each chunk counts from the beginning, but the first ones may leave out what later ones say, and the other way round.
        facts.Usage = new TokenUsage
        {
            Prompt = Math.Max(facts.Usage.Prompt, usage.Prompt),
            Completion = Math.Max(facts.Usage.Completion, usage.Completion),
            Total = Math.Max(facts.Usage.Total, usage.Total),
            CachedPrompt = Math.Max(facts.Usage.CachedPrompt, usage.CachedPrompt),
            Reasoning = Math.Max(facts.Usage.Reasoning, usage.Reasoning),
            AudioPrompt = Math.Max(facts.Usage.AudioPrompt, usage.AudioPrompt),
            AudioCompletion = Math.Max(facts.Usage.AudioCompletion, usage.AudioCompletion),
        };
        facts.Tier = tier;
        return EventTraits.Usage;
    }

    private static EventTraits Candidates(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return EventTraits.None;
        }

        var traits = EventTraits.None;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                continue;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref json, "finishReason"u8))
                {
                    json.Read();
                    traits |= json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty ? EventTraits.Content | EventTraits.Finish | EventTraits.MayBeLast : EventTraits.None;
                    json.Skip();
                }
                else
                {
                    var isContent = Is(ref json, "content"u8);
                    json.Read();
                    if (isContent)
                    {
                        traits |= HasParts(ref json) ? EventTraits.Content : EventTraits.None;
                    }
                    else
                    {
                        json.Skip();
                    }
                }
            }
        }

        return traits;
    }

    /// <summary>Whether a content says anything: a part that is more than an empty text.</summary>
    private static bool HasParts(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }

        var says = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isParts = Is(ref json, "parts"u8);
            json.Read();
            if (!isParts || json.TokenType != JsonTokenType.StartArray)
            {
                json.Skip();
                continue;
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (json.TokenType != JsonTokenType.StartObject)
                {
                    json.Skip();
                    continue;
                }

                while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
                {
                    json.Read();
                    says |= json.TokenType == JsonTokenType.String ? !json.ValueSpan.IsEmpty : json.TokenType is JsonTokenType.StartObject;
                    json.Skip();
                }
            }
        }

        return says;
    }

    private static bool Member(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }

        var found = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = Is(ref json, name);
            json.Read();
            found |= isIt && json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty && !json.ValueSpan.SequenceEqual("BLOCKED_REASON_UNSPECIFIED"u8);
            json.Skip();
        }

        return found;
    }

    /// <summary>Answers come from Google's printer, which writes camelCase and escapes no letter of a name.</summary>
    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => !json.ValueIsEscaped && GeminiJson.Matches(json.ValueSpan, name);
}
