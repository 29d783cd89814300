using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// Writes JSON Schemas as Anthropic takes them. Where a schema is enforced, it takes a part of the language only: every object closed, no
/// bounds of numbers and lengths. What it does not take goes into the description, as Anthropic's own clients do, so that the model reads it.
/// </summary>
internal static class SchemaWriter
{
    /// <summary>Writes the schema of a tool's arguments, which has to be one of an object.</summary>
    internal static void WriteInput(Utf8JsonWriter json, RawJson schema, Dropped dropped)
    {
        var source = schema.Utf8.Span;
        if (source.IsEmpty || !Wire.IsObject(source))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "object"u8);
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
            json.WriteEndObject();
            return;
        }
        if (IsPlainObject(source))
        {
            schema.WriteTo(json);
            return;
        }
        var reader = new Utf8JsonReader(source, Wire.ReaderOptions);
        reader.Read();
        json.WriteStartObject();
        json.WriteString("type"u8, "object"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            // Anthropic refuses these at the top of a tool's schema.
            var isRefused = reader.ValueTextEquals("anyOf"u8) || reader.ValueTextEquals("oneOf"u8) || reader.ValueTextEquals("allOf"u8);
            var name = reader.GetString() ?? "";
            reader.Read();
            var value = RawJson.Copy(ref reader, source);
            if (isRefused)
            {
                dropped.Add($"tools[].parameters.{name}");
            }
            else if (!isType)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
        json.WriteEndObject();
    }

    /// <summary>Whether the schema is that of any object: one without names, as <see cref="WriteInput"/> writes where there is none.</summary>
    internal static bool IsOpenObject(RawJson schema)
    {
        if (schema.IsAbsent)
        {
            return true;
        }
        var reader = new Utf8JsonReader(schema.Utf8.Span, Wire.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isNames = reader.ValueTextEquals("properties"u8);
            var isHarmless = isNames || reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("additionalProperties"u8);
            reader.Read();
            var says = isNames ? reader.TokenType == JsonTokenType.StartObject && Names(reader) : reader.TokenType is JsonTokenType.StartObject or JsonTokenType.False;
            if (!isHarmless || says)
            {
                return false;
            }
            reader.Skip();
        }
        return true;

        // By value: looks ahead without moving.
        static bool Names(Utf8JsonReader ahead) => ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Writes a schema that is enforced.</summary>
    internal static void WriteStrict(Utf8JsonWriter json, RawJson schema)
    {
        var source = schema.Utf8.Span;
        var reader = new Utf8JsonReader(source, Wire.ReaderOptions);
        reader.Read();
        WriteSchema(json, ref reader, source);
    }

    /// <summary>
    /// Whether every object in the schema names its members and allows no others: only such a schema can be enforced without a change of
    /// what it means.
    /// </summary>
    internal static bool IsClosable(RawJson schema)
    {
        var reader = new Utf8JsonReader(schema.Utf8.Span, Wire.ReaderOptions);
        return !schema.IsAbsent && reader.Read() && reader.TokenType == JsonTokenType.StartObject && IsClosable(ref reader);
    }

    private static bool IsClosable(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            // true: anything at all.
            return reader.TokenType != JsonTokenType.True;
        }
        // A schema that says nothing allows anything.
        var (isObject, hasNames, says, closable) = (false, false, false, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() ?? "";
            reader.Read();
            isObject |= name == "type" && SaysObject(reader);
            hasNames |= name == "properties";
            says |= name is "type" or "properties" or "anyOf" or "oneOf" or "allOf" or "$ref" or "enum" or "const";
            switch (KeywordOf(name, reader))
            {
                case Keyword.Schema:
                    closable &= IsClosable(ref reader);
                    break;
                case Keyword.Schemas when reader.TokenType == JsonTokenType.StartArray:
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        closable &= IsClosable(ref reader);
                    }
                    break;
                case Keyword.NamedSchemas when reader.TokenType == JsonTokenType.StartObject:
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        reader.Read();
                        closable &= IsClosable(ref reader);
                    }
                    break;
                case Keyword.AdditionalProperties:
                    closable &= reader.TokenType == JsonTokenType.False;
                    reader.Skip();
                    break;
                default:
                    closable &= name != "patternProperties";
                    reader.Skip();
                    break;
            }
        }
        return closable && says && (hasNames || !isObject);
    }

    /// <summary>True when the top says that it is an object and holds nothing that is refused there: the common case, which is copied whole.</summary>
    private static bool IsPlainObject(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source, Wire.ReaderOptions);
        reader.Read();
        var isObject = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("anyOf"u8) || reader.ValueTextEquals("oneOf"u8) || reader.ValueTextEquals("allOf"u8))
            {
                return false;
            }
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            isObject |= isType && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("object"u8);
            reader.Skip();
        }
        return isObject;
    }

    private enum Keyword
    {
        /// <summary>Copied as it is.</summary>
        Plain,

        /// <summary>A schema.</summary>
        Schema,

        /// <summary>A list of schemas.</summary>
        Schemas,

        /// <summary>Schemas by name.</summary>
        NamedSchemas,

        /// <summary>Written once, at the end.</summary>
        Description,

        /// <summary>Written as false, at the end.</summary>
        AdditionalProperties,

        /// <summary>Not taken: told in the description.</summary>
        Told,
    }

    private static void WriteSchema(Utf8JsonWriter json, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            // true and false are schemas too.
            RawJson.Copy(ref reader, source).WriteTo(json);
            return;
        }
        string? description = null;
        StringBuilder? told = null;
        var isObject = false;
        json.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() ?? "";
            reader.Read();
            isObject |= name == "properties" || (name == "type" && SaysObject(reader));
            switch (KeywordOf(name, reader))
            {
                case Keyword.Schema:
                    json.WritePropertyName(name);
                    WriteSchema(json, ref reader, source);
                    break;
                case Keyword.Schemas when reader.TokenType == JsonTokenType.StartArray:
                    // Of one that matches and one that matches alone only the first is taken.
                    json.WritePropertyName(name == "oneOf" ? "anyOf" : name);
                    json.WriteStartArray();
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        WriteSchema(json, ref reader, source);
                    }
                    json.WriteEndArray();
                    break;
                case Keyword.NamedSchemas when reader.TokenType == JsonTokenType.StartObject:
                    json.WritePropertyName(name);
                    json.WriteStartObject();
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        json.WritePropertyName(reader.GetString() ?? "");
                        reader.Read();
                        WriteSchema(json, ref reader, source);
                    }
                    json.WriteEndObject();
                    break;
                case Keyword.Description:
                    description = Wire.TextOrNull(ref reader);
                    break;
                case Keyword.AdditionalProperties:
                    reader.Skip();
                    break;
                case Keyword.Told:
                    var value = RawJson.Copy(ref reader, source);
                    told = (told is null ? new StringBuilder("{") : told.Append(", ")).Append(name).Append(": ").Append(value);
                    break;
                default:
                    json.WritePropertyName(name);
                    RawJson.Copy(ref reader, source).WriteTo(json);
                    break;
            }
        }
        if (isObject)
        {
            json.WriteBoolean("additionalProperties"u8, false);
        }
        if (told is not null)
        {
            description = $"{(description is null ? "" : description + "\n\n")}{told}}}";
        }
        if (description is not null)
        {
            json.WriteString("description"u8, description);
        }
        json.WriteEndObject();
    }

    private static Keyword KeywordOf(string name, Utf8JsonReader value) => name switch
    {
        "items" => value.TokenType == JsonTokenType.StartObject ? Keyword.Schema : Keyword.Plain,
        "anyOf" or "oneOf" or "allOf" => Keyword.Schemas,
        "properties" or "$defs" or "definitions" => Keyword.NamedSchemas,
        "description" => Keyword.Description,
        "additionalProperties" => Keyword.AdditionalProperties,
        "minItems" => value.TokenType == JsonTokenType.Number && value.TryGetInt32(out var least) && least <= 1 ? Keyword.Plain : Keyword.Told,
        "format" => value.TokenType == JsonTokenType.String && IsKnownFormat(value) ? Keyword.Plain : Keyword.Told,
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" or "minLength" or "maxLength" or "pattern" or "maxItems"
            or "uniqueItems" or "contains" or "minContains" or "maxContains" or "minProperties" or "maxProperties" or "patternProperties" or "propertyNames"
            or "dependentRequired" or "dependentSchemas" or "unevaluatedProperties" or "unevaluatedItems" or "prefixItems" or "not" or "if" or "then" or "else" => Keyword.Told,
        _ => Keyword.Plain,
    };

    private static bool IsKnownFormat(Utf8JsonReader value) =>
        value.ValueTextEquals("date-time"u8) || value.ValueTextEquals("time"u8) || value.ValueTextEquals("date"u8) || value.ValueTextEquals("duration"u8)
        || value.ValueTextEquals("email"u8) || value.ValueTextEquals("hostname"u8) || value.ValueTextEquals("uri"u8) || value.ValueTextEquals("ipv4"u8)
        || value.ValueTextEquals("ipv6"u8) || value.ValueTextEquals("uuid"u8);

    // By value: looks ahead without moving.
    private static bool SaysObject(Utf8JsonReader value)
    {
        if (value.TokenType == JsonTokenType.String)
        {
            return value.ValueTextEquals("object"u8);
        }
        var isObject = false;
        while (value.TokenType is JsonTokenType.StartArray or JsonTokenType.String && value.Read() && value.TokenType == JsonTokenType.String)
        {
            isObject |= value.ValueTextEquals("object"u8);
        }
        return isObject;
    }
}
