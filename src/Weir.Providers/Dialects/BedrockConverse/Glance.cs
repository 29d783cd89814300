using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>What the gateway reads in answers of Converse while they pass through. Streams have been made server-sent events before.</summary>
internal static class Glance
{
    internal static AnswerFacts ReadFacts(ReadOnlySpan<byte> answer)
    {
        var (hasOutput, hasError) = (false, false);
        var usage = default(TokenUsage);
        var tier = ServiceTier.Standard;
        try
        {
            var json = new Utf8JsonReader(answer, new JsonReaderOptions { MaxDepth = 256 });
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }
            while (Json.NextMember(ref json))
            {
                if (json.ValueTextEquals("usage"u8))
                {
                    json.Read();
                    usage = Usage.Read(ref json);
                }
                else if (json.ValueTextEquals("serviceTier"u8))
                {
                    json.Read();
                    tier = Tier(ref json);
                }
                else
                {
                    hasOutput |= json.ValueTextEquals("output"u8);
                    var error = json.ValueTextEquals("message"u8) || json.ValueTextEquals("Message"u8) || json.ValueTextEquals("__type"u8) || json.ValueTextEquals("error"u8);
                    json.Read();
                    hasError |= error && json.TokenType != JsonTokenType.Null;
                    json.Skip();
                }
            }

            // Throws when anything but white space follows.
            json.Read();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Garbage, or cut: that is the answer to the question.
            return default;
        }
        return new AnswerFacts(true, hasError && !hasOutput, usage, tier);
    }

    internal static EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts)
    {
        if (name.SequenceEqual("error"u8) || name.EndsWith("Exception"u8))
        {
            return EventTraits.Error;
        }
        if (data[0] != (byte)'{')
        {
            return EventTraits.Garbage;
        }
        switch (StreamEvent.KindOf(name))
        {
            case StreamEventKind.BlockDelta:
                return EventTraits.Content;
            case StreamEventKind.BlockStart:
                return data.IndexOf("\"toolUse\""u8) >= 0 ? EventTraits.Content : EventTraits.None;
            case StreamEventKind.MessageStop:
                return EventTraits.Content | EventTraits.Finish;
            case StreamEventKind.Metadata:
                return ReadMetadata(data, ref facts);
            default:
                return contentSeen || IsJson(data) ? EventTraits.None : EventTraits.Garbage;
        }
    }

    internal static void KeepText(ReadOnlySpan<byte> json, OutputText output)
    {
        output.Take(json, "\"text\":"u8);
        output.Take(json, "\"input\":"u8);
    }

    private static EventTraits ReadMetadata(ReadOnlySpan<byte> data, ref StreamFacts facts)
    {
        var traits = EventTraits.Terminal;
        try
        {
            var json = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = 256 });
            json.Read();
            while (Json.NextMember(ref json))
            {
                var (usage, tier) = (json.ValueTextEquals("usage"u8), json.ValueTextEquals("serviceTier"u8));
                json.Read();
                if (usage && json.TokenType == JsonTokenType.StartObject)
                {
                    facts.Usage = Usage.Read(ref json);
                    traits |= EventTraits.Usage;
                }
                else if (tier)
                {
                    facts.Tier = Tier(ref json);
                }
                else
                {
                    json.Skip();
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The stream is at its end all the same; what was used has to be counted.
            return EventTraits.Terminal | EventTraits.Garbage;
        }
        return traits;
    }

    private static ServiceTier Tier(ref Utf8JsonReader json)
    {
        var tier = ServiceTier.Standard;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return tier;
        }
        while (Json.NextMember(ref json))
        {
            var type = json.ValueTextEquals("type"u8);
            json.Read();
            if (type && json.TokenType == JsonTokenType.String && !json.ValueIsEscaped)
            {
                tier = ServiceTiers.Parse(json.ValueSpan);
            }
            json.Skip();
        }
        return tier;
    }

    private static bool IsJson(ReadOnlySpan<byte> data)
    {
        try
        {
            var json = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = 256 });
            while (json.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            // That is the answer.
            return false;
        }
    }
}
