using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Anthropic's web search, from what other dialects call it; and its other tools, from OpenAI's list of tools.</summary>
internal static class WebSearchTool
{
    /// <summary>Whether the definition is a web search of OpenAI's or Google's.</summary>
    internal static bool IsSearch(ToolDefinition tool)
    {
        var reader = new Utf8JsonReader(tool.BuiltIn.Utf8.Span, Wire.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (tool.BuiltInFrom == WireFormat.GeminiGenerate && (reader.ValueTextEquals("googleSearch"u8) || reader.ValueTextEquals("google_search"u8)))
            {
                return true;
            }
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String && reader.ValueSpan.StartsWith("web_search"u8))
            {
                return true;
            }
            reader.Skip();
        }
        return false;
    }

    /// <summary>Whether the definition's type bears a date, as Anthropic's do: <c>bash_20250124</c>.</summary>
    internal static bool IsDated(RawJson definition)
    {
        var reader = new Utf8JsonReader(definition.Utf8.Span, Wire.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                var type = reader.ValueSpan;
                return type.Length > 9 && type[^9] == (byte)'_' && !type[^8..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
            }
            reader.Skip();
        }
        return false;
    }

    /// <summary>Writes a definition that may be wrapped as OpenAI's are: <c>{"type":"computer_20250124","function":{"name":"computer","parameters":{"display_width_px":1024}}}</c>.</summary>
    internal static void WriteFlat(Utf8JsonWriter json, RawJson definition)
    {
        var source = definition.Utf8.Span;
        var reader = new Utf8JsonReader(source, Wire.ReaderOptions);
        reader.Read();
        json.WriteStartObject();
        WriteMembers(json, ref reader, source);
        json.WriteEndObject();
    }

    /// <summary>Writes a web search from <c>web_search_options</c>, or from a tool of Responses', which has the same members.</summary>
    internal static void WriteOptions(Utf8JsonWriter json, RawJson options)
    {
        var source = options.Utf8.Span;
        var reader = new Utf8JsonReader(source, Wire.ReaderOptions);
        reader.Read();
        json.WriteStartObject();
        json.WriteString("type"u8, "web_search_20250305"u8);
        json.WriteString("name"u8, "web_search"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "search_context_size" when reader.TokenType == JsonTokenType.String:
                    // LiteLLM's numbers of searches.
                    json.WriteNumber("max_uses"u8, reader.ValueTextEquals("low"u8) ? 1 : reader.ValueTextEquals("high"u8) ? 10 : 5);
                    break;
                case "user_location" when reader.TokenType == JsonTokenType.StartObject:
                    // Chat wraps the place in "approximate", Responses does not.
                    json.WriteStartObject("user_location"u8);
                    json.WriteString("type"u8, "approximate"u8);
                    WritePlace(json, ref reader);
                    json.WriteEndObject();
                    break;
                case "filters" when reader.TokenType == JsonTokenType.StartObject:
                    WriteFilters(json, ref reader, source);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wraps = reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("parameters"u8);
            var name = reader.GetString() ?? "";
            reader.Read();
            if (wraps && reader.TokenType == JsonTokenType.StartObject)
            {
                WriteMembers(json, ref reader, source);
                continue;
            }
            json.WritePropertyName(name);
            RawJson.Copy(ref reader, source).WriteTo(json);
        }
    }

    private static void WritePlace(Utf8JsonWriter json, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var known = reader.ValueTextEquals("city"u8) || reader.ValueTextEquals("country"u8) || reader.ValueTextEquals("region"u8) || reader.ValueTextEquals("timezone"u8);
            var wraps = reader.ValueTextEquals("approximate"u8);
            var name = known ? reader.GetString() ?? "" : "";
            reader.Read();
            if (wraps && reader.TokenType == JsonTokenType.StartObject)
            {
                WritePlace(json, ref reader);
            }
            else if (known && reader.TokenType == JsonTokenType.String)
            {
                json.WriteString(name, reader.GetString());
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void WriteFilters(Utf8JsonWriter json, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("allowed_domains"u8) ? "allowed_domains" : reader.ValueTextEquals("blocked_domains"u8) ? "blocked_domains" : null;
            reader.Read();
            var value = RawJson.Copy(ref reader, source);
            if (name is not null)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
    }
}
