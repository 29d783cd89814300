using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.Media;

/// <summary>What one answer, or one event, about images, speech, moderation or ranking says of itself.</summary>
internal struct MediaAnswer
{
    /// <summary>False for garbage, a cut body, or anything after the object.</summary>
    internal bool IsJsonObject;

    /// <summary>It carries an error object.</summary>
    internal bool HasError;

    /// <summary>An event that ends its stream, or its image (<c>speech.audio.done</c>, <c>image_generation.completed</c>).</summary>
    internal bool Last;

    /// <summary>Tokens.</summary>
    internal TokenUsage Usage;

    private long _images;
    private string? _size;
    private string? _quality;
    private decimal? _duration;
    private decimal? _billed;
    private long? _searches;

    /// <summary>What was used besides tokens. Seconds that are billed win over the length of the recording.</summary>
    internal readonly MediaUse Use => new() { Images = _images, Size = _size, Quality = _quality, Seconds = _billed ?? _duration, Searches = _searches };

    internal static MediaAnswer Read(ReadOnlySpan<byte> body)
    {
        var found = default(MediaAnswer);
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                found.ReadMember(ref reader, body);
            }
            reader.Read();
            found.IsJsonObject = true;
            return found;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Cut, or a name or a value with half a surrogate pair.
            return default;
        }
    }

    private void ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            reader.Read();
            Last = reader.TokenType == JsonTokenType.String && (reader.ValueSpan.EndsWith(".done"u8) || reader.ValueSpan.EndsWith(".completed"u8));
        }
        else if (reader.ValueTextEquals("usage"u8))
        {
            reader.Read();
            ReadUsage(ref reader, body);
        }
        else if (reader.ValueTextEquals("data"u8))
        {
            reader.Read();
            _images = CountItems(ref reader);
        }
        else if (reader.ValueTextEquals("size"u8))
        {
            _size = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("quality"u8))
        {
            _quality = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("duration"u8))
        {
            _duration = ReadSeconds(ref reader);
        }
        else if (reader.ValueTextEquals("meta"u8))
        {
            reader.Read();
            ReadMeta(ref reader);
        }
        else
        {
            var error = reader.ValueTextEquals("error"u8);
            reader.Read();
            HasError |= error && reader.TokenType == JsonTokenType.StartObject;
        }
        reader.Skip();
    }

    /// <summary>Tokens, or seconds that are billed.</summary>
    private void ReadUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }
        var start = (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("seconds"u8))
            {
                _billed = ReadSeconds(ref reader);
            }
            else
            {
                reader.Read();
            }
            reader.Skip();
        }
        UsageReader.TryRead(body[start..(int)reader.BytesConsumed], ref Usage);
    }

    /// <summary>Cohere's <c>meta.billed_units.search_units</c>.</summary>
    private void ReadMeta(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var billed = reader.ValueTextEquals("billed_units"u8);
            reader.Read();
            if (!billed || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var searches = reader.ValueTextEquals("search_units"u8);
                reader.Read();
                if (searches && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var units) && units is >= 0 and < 1e9)
                {
                    _searches = (long)Math.Ceiling(units);
                }
                reader.Skip();
            }
        }
    }

    private static long CountItems(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return 0;
        }
        var count = 0L;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            reader.Skip();
        }
        return count;
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 32 ? reader.GetString() : null;
    }

    /// <summary>A number, or a number as text as some servers write it.</summary>
    private static decimal? ReadSeconds(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetDecimal(out var number) && number >= 0 => number,
            JsonTokenType.String when decimal.TryParse(reader.GetString(), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var text) => text,
            _ => null,
        };
    }
}
