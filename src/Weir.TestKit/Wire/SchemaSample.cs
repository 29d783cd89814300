using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Wire;

/// <summary>The smallest value that fits a JSON Schema: what a model forced to obey one would say.</summary>
internal static class SchemaSample
{
    private const int DeepestLevel = 16;

    public static string Of(JsonElement? schema)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Write(json, schema ?? default, 0);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, JsonElement schema, int level)
    {
        if (schema.ValueKind != JsonValueKind.Object || level > DeepestLevel)
        {
            json.WriteStartObject();
            json.WriteEndObject();
            return;
        }

        if (schema.TryGetProperty("const", out var fixedValue))
        {
            fixedValue.WriteTo(json);
            return;
        }

        if (schema.TryGetProperty("enum", out var values) && values.GetArrayLength() > 0)
        {
            values[0].WriteTo(json);
            return;
        }

        switch (TypeOf(schema))
        {
            case "string":
                json.WriteStringValue("text");
                break;
            case "integer" or "number":
                json.WriteNumberValue(1);
                break;
            case "boolean":
                json.WriteBooleanValue(true);
                break;
            case "null":
                json.WriteNullValue();
                break;
            case "array":
                json.WriteStartArray();
                if (schema.TryGetProperty("items", out var items))
                {
                    Write(json, items, level + 1);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStartObject();
                if (schema.TryGetProperty("properties", out var properties))
                {
                    foreach (var property in properties.EnumerateObject())
                    {
                        json.WritePropertyName(property.Name);
                        Write(json, property.Value, level + 1);
                    }
                }

                json.WriteEndObject();
                break;
        }
    }

    /// <summary>The type, in lower case: Google writes it in capitals.</summary>
    private static string? TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return null;
        }

        return (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0 ? type[0].GetString()
            : type.ValueKind == JsonValueKind.String ? type.GetString() : null)?.ToLowerInvariant();
    }
}
