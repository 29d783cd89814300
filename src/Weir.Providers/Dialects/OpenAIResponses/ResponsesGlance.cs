using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>What the gateway reads in answers that pass through.</summary>
internal static class ResponsesGlance
{
    internal static AnswerFacts ReadFacts(ReadOnlySpan<byte> answer)
    {
        var facts = default(StreamFacts);
        var reader = new Utf8JsonReader(answer, Fields.Options);
        var error = false;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }
            ReadResponse(ref reader, answer, ref facts, ref error);
            reader.Read();
        }
        catch (JsonException)
        {
            return default;
        }
        catch (InvalidOperationException)
        {
            // A member name with half a surrogate pair: what was read until there counts.
        }
        return new AnswerFacts(true, error, facts.Usage, facts.Tier);
    }

    internal static EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts)
    {
        // Nearly all events of a stream are these.
        if (contentSeen && (name.IsEmpty ? data.StartsWith("{\"type\":\"response."u8) && TypeEndsIn(data, ".delta\""u8) : IsDelta(name)))
        {
            return EventTraits.Content;
        }
        if (data.SequenceEqual("[DONE]"u8))
        {
            // Not this dialect's, but some servers and gateways send it where others end.
            return EventTraits.Terminal;
        }
        var reader = new Utf8JsonReader(data, Fields.Options);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Read(ref reader, name, data, ref facts) : EventTraits.Garbage;
        }
        catch (JsonException)
        {
            return EventTraits.Garbage;
        }
        catch (InvalidOperationException)
        {
            return EventTraits.None;
        }
    }

    internal static void KeepText(ReadOnlySpan<byte> json, OutputText output)
    {
        if (json.IndexOf("\"type\":\"response."u8) >= 0 || json.IndexOf("\"type\": \"response."u8) >= 0)
        {
            // The same text comes again when its part ends, when its item ends, and with the terminal event. The last counts only when no piece came.
            if (output.Take(json, "\"delta\":"u8) || !output.IsEmpty || json.IndexOf("\"output\""u8) < 0)
            {
                return;
            }
            json = json[json.IndexOf("\"output\""u8)..];
        }
        output.Take(json, "\"text\":"u8);
        output.Take(json, "\"arguments\":"u8);
        output.Take(json, "\"refusal\":"u8);
        output.Take(json, "\"input\":"u8);
    }

    private static bool IsDelta(ReadOnlySpan<byte> name) => name.StartsWith("response."u8) && name.EndsWith(".delta"u8);

    // "type" is the first member wherever OpenAI's own order is kept; the name is short.
    private static bool TypeEndsIn(ReadOnlySpan<byte> data, ReadOnlySpan<byte> ending)
    {
        var type = data["{\"type\":\""u8.Length..];
        var end = type.IndexOf((byte)'"');
        return end >= 0 && type[..(end + 1)].EndsWith(ending);
    }

    private static EventTraits Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, ref StreamFacts facts)
    {
        var traits = EventTraits.None;
        var known = name.StartsWith("response."u8) || name.SequenceEqual("error"u8);
        if (known)
        {
            traits = TraitsOf(name);
        }
        var before = facts;
        var failed = false;
        var error = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!known && reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    traits |= TraitsOf(reader.ValueSpan);
                }
                reader.Skip();
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadResponse(ref reader, data, ref facts, ref failed);
                }
                reader.Skip();
            }
            else
            {
                var isError = reader.ValueTextEquals("error"u8);
                reader.Read();
                error |= isError && reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
            }
        }
        reader.Read();
        if (error || (failed && (traits & EventTraits.Terminal) != 0))
        {
            traits |= EventTraits.Error;
        }
        return facts.Usage == before.Usage ? traits : traits | EventTraits.Usage;
    }

    private static EventTraits TraitsOf(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("error"u8))
        {
            return EventTraits.Error;
        }
        if (!type.StartsWith("response."u8))
        {
            return EventTraits.None;
        }
        var rest = type["response."u8.Length..];
        return rest.EndsWith(".delta"u8) || rest.SequenceEqual("output_item.done"u8) || rest.SequenceEqual("output_text.done"u8) ? EventTraits.Content
            : rest.SequenceEqual("completed"u8) || rest.SequenceEqual("incomplete"u8) ? EventTraits.Terminal | EventTraits.Finish | EventTraits.Content
            : rest.SequenceEqual("failed"u8) || rest.SequenceEqual("cancelled"u8) ? EventTraits.Terminal | EventTraits.Error
            : EventTraits.None;
    }

    /// <summary>Reads usage, tier and failure out of a response object on whose brace the reader stands.</summary>
    private static void ReadResponse(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref StreamFacts facts, ref bool error)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("usage"u8);
            var isError = !isUsage && reader.ValueTextEquals("error"u8);
            var isTier = !isUsage && !isError && reader.ValueTextEquals("service_tier"u8);
            var isStatus = !isUsage && !isError && !isTier && reader.ValueTextEquals("status"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            error |= isError && reader.TokenType == JsonTokenType.StartObject;
            error |= isStatus && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("failed"u8);
            if (isTier && reader.TokenType == JsonTokenType.String)
            {
                facts.Tier = ServiceTiers.Parse(reader.ValueSpan);
            }
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            if (isUsage && isObject)
            {
                UsageReader.TryRead(source[start..(int)reader.BytesConsumed], ref facts.Usage);
            }
        }
    }
}
