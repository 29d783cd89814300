using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Writes a tool's JSON Schema. Gemini takes two forms: <c>parameters</c>, a subset of OpenAPI 3.0 that every model and every version of the API
/// knows, and <c>parametersJsonSchema</c>, JSON Schema itself, newer. Schemas that the subset can hold without changing what they allow go into the
/// first (a null type becomes <c>nullable</c>; annotations, <c>$schema</c> and a plain <c>additionalProperties</c> are left out, as LiteLLM does). All others
/// (<c>$ref</c>, <c>oneOf</c>, <c>allOf</c>, several types, maps, free objects) go into the second as they are: LiteLLM inlines and cuts such schemas until the
/// subset takes them, which changes what is asked, and can't inline recursive ones.
/// </summary>
internal ref struct GeminiSchemaWriter
{
    private enum Fit
    {
        Yes,
        NoArguments,
        No,
    }

    [Flags]
    private enum Seen
    {
        None = 0,
        Type = 1,
        Properties = 2,
        Items = 4,
        Nullable = 8,
        Enum = 16,
        Title = 32,
        Description = 64,
        Default = 128,
        Open = 256,
        Other = 512,
    }

    private readonly ReadOnlySpan<byte> _source;
    private readonly Utf8JsonWriter _writer;

    private GeminiSchemaWriter(ReadOnlySpan<byte> source, Utf8JsonWriter writer)
    {
        _source = source;
        _writer = writer;
    }

    /// <summary>Writes the member for the arguments of a function; none when it takes no arguments.</summary>
    public static void WriteParameters(Utf8JsonWriter json, RawJson schema)
    {
        if (schema.IsAbsent)
        {
            return;
        }

        var target = new ArrayBufferWriter<byte>(schema.Utf8.Length + 64);
        using var writer = new Utf8JsonWriter(target, GeminiJson.WriterOptions);
        var fit = new GeminiSchemaWriter(schema.Utf8.Span, writer).Root();
        writer.Flush();
        if (fit == Fit.Yes)
        {
            json.WritePropertyName("parameters"u8);
            json.WriteRawValue(target.WrittenSpan, skipInputValidation: true);
        }
        else if (fit == Fit.No)
        {
            json.WritePropertyName("parametersJsonSchema"u8);
            schema.WriteTo(json);
        }
    }

    private readonly Fit Root()
    {
        var json = new Utf8JsonReader(_source, GeminiJson.ReaderOptions);
        json.Read();
        if (json.TokenType is JsonTokenType.Null)
        {
            return Fit.NoArguments;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            return Fit.No;
        }

        _writer.WriteStartObject();
        var type = default(ReadOnlySpan<byte>);
        var seen = Seen.None;
        if (!Members(ref json, ref seen, ref type, out var emptyProperties))
        {
            return Fit.No;
        }

        // Gemini refuses an object without properties: a function without arguments has no schema there.
        if (((seen & Seen.Properties) == 0 || emptyProperties) && (seen & (Seen.Open | Seen.Items | Seen.Enum | Seen.Other)) == 0 && (type.IsEmpty || type.SequenceEqual("OBJECT"u8)))
        {
            return Fit.NoArguments;
        }

        return !emptyProperties && Close(seen, type) ? Fit.Yes : Fit.No;
    }

    /// <summary>Writes one schema; false when the subset can't hold it.</summary>
    private readonly bool Schema(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        _writer.WriteStartObject();
        var type = default(ReadOnlySpan<byte>);
        var seen = Seen.None;
        return Members(ref json, ref seen, ref type, out var emptyProperties) && !emptyProperties && Close(seen, type);
    }

    /// <summary>Checks that the schema is one that Gemini takes, and ends it.</summary>
    private readonly bool Close(Seen seen, ReadOnlySpan<byte> type)
    {
        if (type.IsEmpty)
        {
            if ((seen & Seen.Properties) == 0)
            {
                return false;
            }

            type = "OBJECT"u8;
            _writer.WriteString("type"u8, type);
        }

        if ((type.SequenceEqual("OBJECT"u8) && (seen & Seen.Properties) == 0) || (type.SequenceEqual("ARRAY"u8) && (seen & Seen.Items) == 0)
            || ((seen & Seen.Enum) != 0 && !type.SequenceEqual("STRING"u8)))
        {
            return false;
        }

        if ((seen & Seen.Nullable) != 0)
        {
            _writer.WriteBoolean("nullable"u8, true);
        }

        _writer.WriteEndObject();
        return true;
    }

    private readonly bool Members(ref Utf8JsonReader json, ref Seen seen, ref ReadOnlySpan<byte> type, out bool emptyProperties)
    {
        emptyProperties = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueIsEscaped)
            {
                return false;
            }

            var name = json.ValueSpan;
            json.Read();
            if (name.SequenceEqual("type"u8))
            {
                if (!Type(ref json, ref seen, ref type))
                {
                    return false;
                }
            }
            else if (name.SequenceEqual("properties"u8))
            {
                if (json.TokenType != JsonTokenType.StartObject || (seen & Seen.Properties) != 0 || !Properties(ref json, out emptyProperties))
                {
                    return false;
                }

                seen |= Seen.Properties;
            }
            else if (name.SequenceEqual("items"u8))
            {
                if ((seen & Seen.Items) != 0)
                {
                    return false;
                }

                seen |= Seen.Items;
                _writer.WritePropertyName("items"u8);
                if (!Schema(ref json))
                {
                    return false;
                }
            }
            else if (name.SequenceEqual("anyOf"u8))
            {
                if (!NullOrOther(ref json, ref seen, ref type, ref emptyProperties))
                {
                    return false;
                }
            }
            else if (name.SequenceEqual("enum"u8) || name.SequenceEqual("const"u8))
            {
                if ((seen & Seen.Enum) != 0 || !Enum(ref json, ref seen))
                {
                    return false;
                }

                seen |= Seen.Enum;
            }
            else if (name.SequenceEqual("nullable"u8))
            {
                seen |= json.TokenType == JsonTokenType.True ? Seen.Nullable : Seen.None;
            }
            else if (name.SequenceEqual("required"u8))
            {
                Required(ref json);
            }
            else if (name.SequenceEqual("format"u8))
            {
                Format(ref json);
            }
            else if (Once(name) is var once && once != Seen.None)
            {
                // Beside `anyOf` an annotation may stand both outside and inside; the first one holds.
                Copy(ref json, name, (seen & once) == 0);
                seen |= once;
            }
            else if (IsKept(name))
            {
                seen |= Seen.Other;
                Copy(ref json, name, true);
            }
            else if (name.SequenceEqual("additionalProperties"u8))
            {
                // A schema for further members makes a map of the object, which the subset has no word for.
                if (json.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                {
                    return false;
                }

                seen |= json.TokenType == JsonTokenType.True ? Seen.Open : Seen.None;
            }
            else if (IsLeftOut(name))
            {
                json.Skip();
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static Seen Once(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("title"u8) ? Seen.Title
        : name.SequenceEqual("description"u8) ? Seen.Description
        : name.SequenceEqual("default"u8) ? Seen.Default
        : Seen.None;

    private static bool IsKept(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("pattern"u8) || name.SequenceEqual("minimum"u8) || name.SequenceEqual("maximum"u8)
        || name.SequenceEqual("minItems"u8) || name.SequenceEqual("maxItems"u8) || name.SequenceEqual("minLength"u8) || name.SequenceEqual("maxLength"u8)
        || name.SequenceEqual("minProperties"u8) || name.SequenceEqual("maxProperties"u8);

    private static bool IsLeftOut(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("$schema"u8) || name.SequenceEqual("$id"u8) || name.SequenceEqual("$comment"u8) || name.SequenceEqual("examples"u8)
        || name.SequenceEqual("readOnly"u8) || name.SequenceEqual("writeOnly"u8) || name.SequenceEqual("deprecated"u8) || name.SequenceEqual("strict"u8)
        || name.SequenceEqual("propertyOrdering"u8);

    private readonly void Copy(ref Utf8JsonReader json, ReadOnlySpan<byte> name, bool write)
    {
        var start = (int)json.TokenStartIndex;
        var isNull = json.TokenType == JsonTokenType.Null;
        json.Skip();
        if (write && !isNull)
        {
            _writer.WritePropertyName(name);
            _writer.WriteRawValue(_source[start..(int)json.BytesConsumed], skipInputValidation: true);
        }
    }

    private readonly bool Type(ref Utf8JsonReader json, ref Seen seen, ref ReadOnlySpan<byte> type)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            return OneType(ref json, ref seen, ref type);
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (json.Read() && json.TokenType == JsonTokenType.String)
        {
            if (json.ValueSpan.SequenceEqual("null"u8))
            {
                seen |= Seen.Nullable;
            }
            else if (!OneType(ref json, ref seen, ref type))
            {
                return false;
            }
        }

        return json.TokenType == JsonTokenType.EndArray && (seen & Seen.Type) != 0;
    }

    private readonly bool OneType(ref Utf8JsonReader json, ref Seen seen, ref ReadOnlySpan<byte> type)
    {
        if ((seen & Seen.Type) != 0)
        {
            return false;
        }

        seen |= Seen.Type;
        type = json.ValueSpan switch
        {
            var t when t.SequenceEqual("object"u8) || t.SequenceEqual("OBJECT"u8) => "OBJECT"u8,
            var t when t.SequenceEqual("string"u8) || t.SequenceEqual("STRING"u8) => "STRING"u8,
            var t when t.SequenceEqual("number"u8) || t.SequenceEqual("NUMBER"u8) => "NUMBER"u8,
            var t when t.SequenceEqual("integer"u8) || t.SequenceEqual("INTEGER"u8) => "INTEGER"u8,
            var t when t.SequenceEqual("boolean"u8) || t.SequenceEqual("BOOLEAN"u8) => "BOOLEAN"u8,
            var t when t.SequenceEqual("array"u8) || t.SequenceEqual("ARRAY"u8) => "ARRAY"u8,
            _ => default,
        };
        if (type.IsEmpty)
        {
            return false;
        }

        _writer.WriteString("type"u8, type);
        return true;
    }

    private readonly bool Properties(ref Utf8JsonReader json, out bool empty)
    {
        empty = true;
        _writer.WriteStartObject("properties"u8);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            empty = false;
            if (json.ValueIsEscaped)
            {
                return false;
            }

            _writer.WritePropertyName(json.ValueSpan);
            json.Read();
            if (!Schema(ref json))
            {
                return false;
            }
        }

        _writer.WriteEndObject();
        return true;
    }

    /// <summary><c>anyOf</c> of one schema and null: that schema, nullable, written into the one that is open. Anything else is beyond the subset.</summary>
    private readonly bool NullOrOther(ref Utf8JsonReader json, ref Seen seen, ref ReadOnlySpan<byte> type, ref bool emptyProperties)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        var others = 0;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            if (IsNullType(json))
            {
                seen |= Seen.Nullable;
                json.Skip();
            }
            else if (++others > 1 || (seen & (Seen.Type | Seen.Properties | Seen.Items | Seen.Enum | Seen.Other)) != 0 || !Members(ref json, ref seen, ref type, out emptyProperties))
            {
                return false;
            }
        }

        return json.TokenType == JsonTokenType.EndArray && others == 1;
    }

    private static bool IsNullType(Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.PropertyName || !json.ValueSpan.SequenceEqual("type"u8))
        {
            return false;
        }

        json.Read();
        return json.TokenType == JsonTokenType.String && json.ValueSpan.SequenceEqual("null"u8) && json.Read() && json.TokenType == JsonTokenType.EndObject;
    }

    private readonly bool Enum(ref Utf8JsonReader json, ref Seen seen)
    {
        _writer.WriteStartArray("enum"u8);
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType is JsonTokenType.String or JsonTokenType.Null)
            {
                if (json.TokenType == JsonTokenType.Null)
                {
                    seen |= Seen.Nullable;
                }
                else if (!Value(ref json))
                {
                    return false;
                }
            }

            if (json.TokenType != JsonTokenType.EndArray)
            {
                return false;
            }
        }
        else if (json.TokenType != JsonTokenType.String || !Value(ref json))
        {
            return false;
        }

        _writer.WriteEndArray();
        return true;
    }

    /// <summary>One value of an enumeration: Gemini has texts only, and no empty one.</summary>
    private readonly bool Value(ref Utf8JsonReader json)
    {
        if (json.ValueSpan.IsEmpty)
        {
            return false;
        }

        _writer.WriteRawValue(_source[(int)json.TokenStartIndex..(int)json.BytesConsumed], skipInputValidation: true);
        return true;
    }

    private readonly void Required(ref Utf8JsonReader json)
    {
        // Gemini refuses an empty list and null.
        var start = (int)json.TokenStartIndex;
        var ahead = json;
        var any = json.TokenType == JsonTokenType.StartArray && ahead.Read() && ahead.TokenType == JsonTokenType.String;
        json.Skip();
        if (any)
        {
            _writer.WritePropertyName("required"u8);
            _writer.WriteRawValue(_source[start..(int)json.BytesConsumed], skipInputValidation: true);
        }
    }

    private readonly void Format(ref Utf8JsonReader json)
    {
        // Gemini refuses other formats; they only describe.
        if (json.TokenType == JsonTokenType.String && !json.ValueIsEscaped && json.ValueSpan is var format
            && (format.SequenceEqual("date-time"u8) || format.SequenceEqual("enum"u8) || format.SequenceEqual("float"u8) || format.SequenceEqual("double"u8)
                || format.SequenceEqual("int32"u8) || format.SequenceEqual("int64"u8)))
        {
            _writer.WriteString("format"u8, format);
        }

        json.Skip();
    }
}
