using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Writes <c>response_format</c>.</summary>
internal static class FormatWriter
{
    internal static void Write(Utf8JsonWriter json, OutputFormat? format)
    {
        if (format is null)
        {
            return;
        }
        json.WriteStartObject("response_format"u8);
        if (format.Schema.IsAbsent)
        {
            json.WriteString("type"u8, "json_object"u8);
            json.WriteEndObject();
            return;
        }
        json.WriteString("type"u8, "json_schema"u8);
        json.WriteStartObject("json_schema"u8);
        // Required here, unknown to other dialects.
        json.WriteString("name"u8, string.IsNullOrEmpty(format.Name) ? "response" : format.Name);
        if (format.Description is not null)
        {
            json.WriteString("description"u8, format.Description);
        }
        json.WritePropertyName("schema"u8);
        format.Schema.WriteTo(json);
        if (format.Strict is { } strict)
        {
            json.WriteBoolean("strict"u8, strict);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
