using System.Text.Json;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>What the gateway reads in Anthropic's answers while their bytes pass through. Allocates nothing.</summary>
internal static class Glance
{
    internal static AnswerFacts ReadFacts(ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer, Wire.ReaderOptions);
        var usage = default(UsageCounts);
        var error = false;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (RequestReader.Takes(ref reader, "usage"u8))
                {
                    usage.Read(ref reader);
                }
                else if (RequestReader.Takes(ref reader, "type"u8))
                {
                    error |= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("error"u8);
                    reader.Skip();
                }
                else if (RequestReader.Takes(ref reader, "error"u8))
                {
                    error |= IsError(ref reader);
                    reader.Skip();
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            reader.Read();
        }
        catch (JsonException)
        {
            return default;
        }
        catch (InvalidOperationException)
        {
            // A member name with half a surrogate pair: valid to some readers, none of ours to judge.
        }
        return new AnswerFacts(true, error, usage.ToUsage(), usage.Tier ?? ServiceTier.Standard);
    }

    internal static EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts)
    {
        // Blocks make up nearly all of a stream. Once one had content nothing in them matters but an error, whose member's name can't
        // stand in a string: quotes are escaped there.
        if (contentSeen && (name.StartsWith("content_block_"u8) || data.StartsWith("{\"type\":\"content_block_"u8)) && data is [(byte)'{', ..]
            && data.IndexOf("\"error\""u8) < 0)
        {
            return EventTraits.Content;
        }
        var found = default(EventFacts);
        found.Usage = UsageCounts.Of(facts.Usage);
        try
        {
            if (!found.Read(data))
            {
                return EventTraits.Garbage;
            }
        }
        catch (JsonException)
        {
            return EventTraits.Garbage;
        }
        catch (InvalidOperationException)
        {
            // As above: what was read until there counts.
        }
        if (found.Usage.Any)
        {
            facts.Usage = found.Usage.ToUsage();
        }
        facts.Tier = found.Usage.Tier ?? facts.Tier;
        return found.Traits(name);
    }

    private static bool IsError(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.StartObject || (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty);

    private enum EventKind
    {
        Unknown,
        MessageStart,
        BlockStart,
        BlockDelta,
        MessageDelta,
        MessageStop,
        Error,
    }

    private struct EventFacts
    {
        internal UsageCounts Usage;
        private EventKind _kind;
        private bool _says;
        private bool _stops;
        private bool _error;

        internal bool Read(ReadOnlySpan<byte> data)
        {
            var reader = new Utf8JsonReader(data, Wire.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (RequestReader.Takes(ref reader, "type"u8))
                {
                    _kind = reader.TokenType == JsonTokenType.String ? KindOf(ref reader) : EventKind.Unknown;
                    reader.Skip();
                }
                else if (RequestReader.Takes(ref reader, "delta"u8) || RequestReader.Takes(ref reader, "content_block"u8))
                {
                    ReadWords(ref reader);
                }
                else if (RequestReader.Takes(ref reader, "message"u8))
                {
                    ReadMessage(ref reader);
                }
                else if (RequestReader.Takes(ref reader, "usage"u8))
                {
                    Usage.Read(ref reader);
                }
                else if (RequestReader.Takes(ref reader, "error"u8))
                {
                    _error |= IsError(ref reader);
                    reader.Skip();
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            reader.Read();
            return true;
        }

        internal readonly EventTraits Traits(ReadOnlySpan<byte> name)
        {
            var usage = Usage.Any ? EventTraits.Usage : EventTraits.None;
            if (_error || name.SequenceEqual("error"u8))
            {
                return EventTraits.Error | usage;
            }
            return _kind switch
            {
                EventKind.Error => EventTraits.Error,
                EventKind.BlockStart or EventKind.BlockDelta => _says ? EventTraits.Content : EventTraits.None,
                EventKind.MessageDelta => usage | (_stops ? EventTraits.Finish : EventTraits.None),
                EventKind.MessageStop => EventTraits.Terminal | usage,
                _ => usage,
            };
        }

        private static EventKind KindOf(ref Utf8JsonReader reader) =>
            reader.ValueTextEquals("content_block_delta"u8) ? EventKind.BlockDelta
            : reader.ValueTextEquals("content_block_start"u8) ? EventKind.BlockStart
            : reader.ValueTextEquals("message_delta"u8) ? EventKind.MessageDelta
            : reader.ValueTextEquals("message_start"u8) ? EventKind.MessageStart
            : reader.ValueTextEquals("message_stop"u8) ? EventKind.MessageStop
            : reader.ValueTextEquals("error"u8) ? EventKind.Error
            : EventKind.Unknown;

        private void ReadMessage(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (RequestReader.Takes(ref reader, "usage"u8))
                {
                    Usage.Read(ref reader);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }

        /// <summary>A block that opens empty says nothing yet; one of a kind that has no text (a call, a tool's result) does.</summary>
        private void ReadWords(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (RequestReader.Takes(ref reader, "type"u8))
                {
                    _says |= reader.TokenType == JsonTokenType.String && !IsWordy(ref reader);
                }
                else if (RequestReader.Takes(ref reader, "stop_reason"u8))
                {
                    _stops |= reader.TokenType == JsonTokenType.String;
                }
                else
                {
                    reader.Read();
                    _says |= reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
                }
                reader.Skip();
            }
        }

        private static bool IsWordy(ref Utf8JsonReader reader) =>
            reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("text_delta"u8)
            || reader.ValueTextEquals("thinking_delta"u8) || reader.ValueTextEquals("input_json_delta"u8) || reader.ValueTextEquals("signature_delta"u8);
    }
}
