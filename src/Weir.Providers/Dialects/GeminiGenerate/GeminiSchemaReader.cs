using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Turns Gemini's subset of OpenAPI 3.0 (<c>parameters</c>, <c>responseSchema</c>) into JSON Schema: types in lower case, <c>nullable</c> into a null type,
/// counts out of their quotes. What is JSON Schema already comes out as it is.
/// </summary>
internal static class GeminiSchemaReader
{
    /// <summary>Reads the schema at which the reader stands and moves to its end.</summary>
    public static RawJson Read(ref Utf8JsonReader json, ReadOnlySpan<byte> source)
    {
        var target = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(target, GeminiJson.WriterOptions);
        Schema(ref json, source, writer);
        writer.Flush();
        return new(target.WrittenMemory);
    }

    private static void Schema(ref Utf8JsonReader json, ReadOnlySpan<byte> source, Utf8JsonWriter writer)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Copy(ref json, source, writer);
            return;
        }

        var nullable = IsNullable(json, out var hasType);
        writer.WriteStartObject();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "type"u8))
            {
                json.Read();
                Type(ref json, source, writer, nullable);
            }
            else if (GeminiJson.Is(ref json, "nullable"u8) || GeminiJson.Is(ref json, "propertyOrdering"u8))
            {
                json.Read();
                json.Skip();
            }
            else if (GeminiJson.Is(ref json, "properties"u8))
            {
                Members(ref json, source, writer);
            }
            else if (GeminiJson.Is(ref json, "items"u8))
            {
                json.Read();
                writer.WritePropertyName("items"u8);
                Schema(ref json, source, writer);
            }
            else if (GeminiJson.Is(ref json, "anyOf"u8))
            {
                Alternatives(ref json, source, writer, nullable && !hasType);
            }
            else if (GeminiJson.Is(ref json, "enum"u8))
            {
                Enum(ref json, source, writer, nullable);
            }
            else if (GeminiJson.Is(ref json, "format"u8))
            {
                json.Read();

                // `enum` is Gemini's way to say that `enum` stands beside it.
                if (json.TokenType == JsonTokenType.String && json.ValueSpan.SequenceEqual("enum"u8))
                {
                    continue;
                }

                writer.WritePropertyName("format"u8);
                Copy(ref json, source, writer);
            }
            else if (GeminiJson.Is(ref json, "example"u8))
            {
                json.Read();
                writer.WriteStartArray("examples"u8);
                Copy(ref json, source, writer);
                writer.WriteEndArray();
            }
            else if (Limit(ref json) is { IsEmpty: false } limit)
            {
                json.Read();
                writer.WritePropertyName(limit);

                // Counts are 64-bit numbers to Google, which its JSON puts in quotes.
                if (json.TokenType == JsonTokenType.String && !json.ValueIsEscaped && long.TryParse(json.ValueSpan, out var count))
                {
                    writer.WriteNumberValue(count);
                }
                else
                {
                    Copy(ref json, source, writer);
                }
            }
            else
            {
                writer.WritePropertyName(GeminiJson.Name(ref json));
                json.Read();
                Copy(ref json, source, writer);
            }
        }

        // Without a type and without alternatives everything is allowed, null included: nothing to add.
        writer.WriteEndObject();
    }

    private static bool IsNullable(Utf8JsonReader json, out bool hasType)
    {
        var nullable = false;
        hasType = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isNullable = GeminiJson.Is(ref json, "nullable"u8);
            var isType = !isNullable && GeminiJson.Is(ref json, "type"u8);
            hasType |= isType;
            json.Read();
            nullable |= isNullable && json.TokenType == JsonTokenType.True;
            json.Skip();
        }

        return nullable;
    }

    private static ReadOnlySpan<byte> Limit(ref Utf8JsonReader json) =>
        GeminiJson.Is(ref json, "minItems"u8) ? "minItems"u8
        : GeminiJson.Is(ref json, "maxItems"u8) ? "maxItems"u8
        : GeminiJson.Is(ref json, "minLength"u8) ? "minLength"u8
        : GeminiJson.Is(ref json, "maxLength"u8) ? "maxLength"u8
        : GeminiJson.Is(ref json, "minProperties"u8) ? "minProperties"u8
        : GeminiJson.Is(ref json, "maxProperties"u8) ? "maxProperties"u8
        : default;

    private static void Type(ref Utf8JsonReader json, ReadOnlySpan<byte> source, Utf8JsonWriter writer, bool nullable)
    {
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped || json.ValueSpan.Length > 32)
        {
            writer.WritePropertyName("type"u8);
            Copy(ref json, source, writer);
            return;
        }

        if (json.ValueSpan.SequenceEqual("TYPE_UNSPECIFIED"u8))
        {
            return;
        }

        Span<byte> lower = stackalloc byte[32];
        lower = lower[..json.ValueSpan.Length];
        for (var i = 0; i < lower.Length; i++)
        {
            lower[i] = json.ValueSpan[i] is >= (byte)'A' and <= (byte)'Z' and var letter ? (byte)(letter + 32) : json.ValueSpan[i];
        }

        if (!nullable || lower.SequenceEqual("null"u8))
        {
            writer.WriteString("type"u8, lower);
            return;
        }

        writer.WriteStartArray("type"u8);
        writer.WriteStringValue(lower);
        writer.WriteStringValue("null"u8);
        writer.WriteEndArray();
    }

    private static void Members(ref Utf8JsonReader json, ReadOnlySpan<byte> source, Utf8JsonWriter writer)
    {
        json.Read();
        writer.WritePropertyName("properties"u8);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Copy(ref json, source, writer);
            return;
        }

        writer.WriteStartObject();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            writer.WritePropertyName(GeminiJson.Name(ref json));
            json.Read();
            Schema(ref json, source, writer);
        }

        writer.WriteEndObject();
    }

    private static void Alternatives(ref Utf8JsonReader json, ReadOnlySpan<byte> source, Utf8JsonWriter writer, bool addNull)
    {
        json.Read();
        writer.WritePropertyName("anyOf"u8);
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Copy(ref json, source, writer);
            return;
        }

        writer.WriteStartArray();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Schema(ref json, source, writer);
        }

        if (addNull)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "null"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Enum(ref Utf8JsonReader json, ReadOnlySpan<byte> source, Utf8JsonWriter writer, bool nullable)
    {
        json.Read();
        writer.WritePropertyName("enum"u8);
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Copy(ref json, source, writer);
            return;
        }

        writer.WriteStartArray();
        var hasNull = false;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            hasNull |= json.TokenType == JsonTokenType.Null;
            Copy(ref json, source, writer);
        }

        if (nullable && !hasNull)
        {
            writer.WriteNullValue();
        }

        writer.WriteEndArray();
    }

    private static void Copy(ref Utf8JsonReader json, ReadOnlySpan<byte> source, Utf8JsonWriter writer)
    {
        var start = (int)json.TokenStartIndex;
        json.Skip();
        writer.WriteRawValue(source[start..(int)json.BytesConsumed], skipInputValidation: true);
    }
}
