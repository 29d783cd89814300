using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// The <c>usage</c> object. Anthropic's <c>input_tokens</c> leaves out what was read from and written to the cache; the neutral form counts
/// them in. A stream tells it twice: the second word completes the first.
/// </summary>
internal struct UsageCounts
{
    // A larger count is an upstream's slip; cutting it here keeps every later sum inside 64 bits.
    private const long Most = 1_000_000_000_000;

    private long _input;
    private long _cacheRead;
    private long _cacheWrite;
    private long _cacheWriteHour;
    private long _cacheWriteMinutes;
    private long _output;
    private long _thinking;

    /// <summary>Whether any count was met since <see cref="Of"/>.</summary>
    internal bool Any { get; private set; }

    /// <summary>The tier that was served, in Anthropic's words; null when not told.</summary>
    internal ServiceTier? Tier { get; private set; }

    /// <summary>The counts behind what is known so far.</summary>
    internal static UsageCounts Of(in TokenUsage known) => new()
    {
        _input = Math.Max(0, known.Prompt - known.CachedPrompt - known.CacheWrite),
        _cacheRead = known.CachedPrompt,
        _cacheWrite = known.CacheWrite,
        _cacheWriteHour = known.CacheWriteHour,
        _output = known.Completion,
        _thinking = known.Reasoning,
    };

    /// <summary>Reads the object on whose first token <paramref name="reader"/> stands; passes over anything else.</summary>
    internal void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
            {
                Take(ref reader, ref _input);
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                Take(ref reader, ref _output);
            }
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            {
                Take(ref reader, ref _cacheRead);
            }
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
            {
                Take(ref reader, ref _cacheWrite);
            }
            else if (reader.ValueTextEquals("cache_creation"u8) || reader.ValueTextEquals("output_tokens_details"u8))
            {
                ReadDetails(ref reader);
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                reader.Read();
                Tier = reader.TokenType == JsonTokenType.String ? ServiceTiers.Parse(reader.ValueSpan) : Tier;
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    /// <summary>In neutral terms.</summary>
    internal readonly TokenUsage ToUsage()
    {
        // Some vendors tell the split alone.
        var written = Math.Max(_cacheWrite, _cacheWriteHour + _cacheWriteMinutes);
        return new TokenUsage
        {
            Prompt = _input + _cacheRead + written,
            Completion = _output,
            CachedPrompt = _cacheRead,
            CacheWrite = written,
            CacheWriteHour = Math.Min(_cacheWriteHour, written),
            Reasoning = Math.Min(_thinking, _output),
        };
    }

    /// <summary>Writes the member <c>usage</c>.</summary>
    internal static void Write(Utf8JsonWriter json, in TokenUsage usage, string? tier)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, Math.Max(0, usage.Prompt - usage.CachedPrompt - usage.CacheWrite));
        json.WriteNumber("cache_creation_input_tokens"u8, usage.CacheWrite);
        json.WriteNumber("cache_read_input_tokens"u8, usage.CachedPrompt);
        if (usage.CacheWrite > 0)
        {
            json.WriteStartObject("cache_creation"u8);
            json.WriteNumber("ephemeral_5m_input_tokens"u8, Math.Max(0, usage.CacheWrite - usage.CacheWriteHour));
            json.WriteNumber("ephemeral_1h_input_tokens"u8, usage.CacheWriteHour);
            json.WriteEndObject();
        }
        json.WriteNumber("output_tokens"u8, usage.Completion);
        if (usage.Reasoning > 0)
        {
            json.WriteStartObject("output_tokens_details"u8);
            json.WriteNumber("thinking_tokens"u8, usage.Reasoning);
            json.WriteEndObject();
        }
        if (tier is not null)
        {
            json.WriteString("service_tier"u8, tier);
        }
        json.WriteEndObject();
    }

    /// <summary>The tier in Anthropic's words; null for one that it has none for.</summary>
    internal static string? TierWord(string? tier) => tier switch
    {
        "standard" or "default" => "standard",
        "priority" => "priority",
        "batch" => "batch",
        _ => null,
    };

    private void ReadDetails(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("ephemeral_1h_input_tokens"u8))
            {
                Take(ref reader, ref _cacheWriteHour);
            }
            else if (reader.ValueTextEquals("ephemeral_5m_input_tokens"u8))
            {
                Take(ref reader, ref _cacheWriteMinutes);
            }
            else if (reader.ValueTextEquals("thinking_tokens"u8))
            {
                Take(ref reader, ref _thinking);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    /// <summary>Counts are cumulative, so a later one replaces an earlier one; but a later zero is a vendor that has nothing new to say.</summary>
    private void Take(ref Utf8JsonReader reader, scoped ref long count)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number)
        {
            reader.Skip();
            return;
        }
        long value;
        if (!reader.TryGetInt64(out value))
        {
            value = reader.TryGetDouble(out var number) && number >= 0 ? (long)Math.Min(Math.Ceiling(number), Most) : -1;
        }
        if (value < 0)
        {
            return;
        }
        Any = true;
        count = value > 0 ? Math.Min(value, Most) : count;
    }
}
