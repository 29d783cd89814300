using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c> of a request.</summary>
internal static class ToolReader
{
    /// <summary>Reads the value of <c>tools</c>.</summary>
    internal static void ReadTools(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<ToolDefinition> tools)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Fields.Wrong("tools", "a list");
        }
        for (var n = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; n++)
        {
            var place = Place.In("tools", n);
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw place.Wrong("", "an object");
            }
            var type = Fields.Peek(reader, "type"u8);
            tools.Add(type switch
            {
                "function" or "custom" => ReadTool(ref reader, source, place, type == "custom"),
                null => throw place.Wrong("type", "the kind of the tool"),
                _ => new ToolDefinition(type) { BuiltIn = RawJson.Copy(ref reader, source), BuiltInFrom = WireFormat.OpenAIResponses },
            });
        }
    }

    /// <summary>Reads the value of <c>tool_choice</c>.</summary>
    internal static ToolChoice? ReadChoice(ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return Fields.Decode(ref reader) switch
                {
                    "auto" => new ToolChoice(ToolChoiceKind.Auto),
                    "none" => new ToolChoice(ToolChoiceKind.None),
                    "required" => new ToolChoice(ToolChoiceKind.Required),
                    _ => throw new DialectException("tool_choice", "'tool_choice' must be 'auto', 'none', 'required' or an object that names a tool."),
                };
            case JsonTokenType.StartObject:
                return ReadChoiceObject(ref reader);
            default:
                throw Fields.Wrong("tool_choice", "a string or an object");
        }
    }

    private static ToolDefinition ReadTool(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, in Place place, bool freeForm)
    {
        string? name = null, description = null;
        bool? strict = null;
        RawJson parameters = default, format = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = Fields.Text(ref reader, place, "name");
            }
            else if (reader.ValueTextEquals("description"u8))
            {
                description = Fields.Text(ref reader, place, "description");
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                parameters = ReadObject(ref reader, source, place, "parameters");
            }
            else if (reader.ValueTextEquals("format"u8))
            {
                format = ReadObject(ref reader, source, place, "format");
            }
            else if (reader.ValueTextEquals("strict"u8))
            {
                reader.Read();
                strict = reader.TokenType switch
                {
                    JsonTokenType.True => true,
                    JsonTokenType.False => false,
                    JsonTokenType.Null => null,
                    _ => throw place.Wrong("strict", "true or false"),
                };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (string.IsNullOrEmpty(name))
        {
            var path = place.Path("name");
            throw new DialectException(path, $"'{path}' is missing: in this API a tool's name, description and parameters stand beside its type, not in a 'function' object.");
        }
        return freeForm
            ? new ToolDefinition(name) { Description = description, FreeForm = true, Grammar = format, Parameters = FreeForm.Schema(format) }
            : new ToolDefinition(name) { Description = description, Parameters = parameters, Strict = strict };
    }

    private static RawJson ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, in Place place, string member)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => default,
            JsonTokenType.StartObject => RawJson.Copy(ref reader, source),
            _ => throw place.Wrong(member, "an object"),
        };
    }

    private static ToolChoice ReadChoiceObject(ref Utf8JsonReader reader)
    {
        string? type = null, name = null, mode = null;
        var allowed = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = Fields.Text(ref reader, "tool_choice.type");
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                name = Fields.Text(ref reader, "tool_choice.name");
            }
            else if (reader.ValueTextEquals("mode"u8))
            {
                mode = Fields.Text(ref reader, "tool_choice.mode");
            }
            else if (reader.ValueTextEquals("tools"u8))
            {
                ReadAllowed(ref reader, allowed);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return type switch
        {
            "function" or "custom" when !string.IsNullOrEmpty(name) => new ToolChoice(ToolChoiceKind.Named, name),
            "function" or "custom" => throw new DialectException("tool_choice.name", "'tool_choice.name' is missing: it names the tool to call."),
            "allowed_tools" when allowed.Count > 0 =>
                new ToolChoice(mode == "required" ? ToolChoiceKind.Required : ToolChoiceKind.Auto) { Allowed = allowed },
            null => throw Fields.Wrong("tool_choice.type", "the kind of the choice"),
            _ => throw new DialectException("tool_choice",
                "'tool_choice' asks for a tool that OpenAI runs itself. This model is reached through another API and has no such tool: name a function, or use 'auto'."),
        };
    }

    /// <summary>Built-in tools in the list have no name that another API knows; they are not offered there in the first place.</summary>
    private static void ReadAllowed(ref Utf8JsonReader reader, List<string> allowed)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Fields.Wrong("tool_choice.tools", "a list");
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject && Fields.Peek(reader, "type"u8) is "function" or "custom" && Fields.Peek(reader, "name"u8) is { } name)
            {
                allowed.Add(name);
            }
            reader.Skip();
        }
    }
}
