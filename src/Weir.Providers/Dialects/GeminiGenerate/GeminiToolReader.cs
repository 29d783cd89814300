using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Reads <c>tools</c> and <c>toolConfig</c>.</summary>
internal static class GeminiToolReader
{
    /// <summary>Reads <c>tools</c>; the reader stands on its name.</summary>
    public static void Read(ref Utf8JsonReader json, ReadOnlySpan<byte> source, ChatTurn turn)
    {
        if (!GeminiJson.EnterArray(ref json, new(""), "tools"))
        {
            return;
        }

        for (var at = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; at++)
        {
            var place = new Place("tools", at);
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw place.Wrong("", "an object", json.TokenType);
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (GeminiJson.Is(ref json, "functionDeclarations"u8))
                {
                    ReadFunctions(ref json, source, turn, place);
                }
                else
                {
                    ReadBuiltIn(ref json, source, turn);
                }
            }
        }
    }

    /// <summary>Reads <c>toolConfig</c>; the reader stands on its name.</summary>
    public static void ReadConfig(ref Utf8JsonReader json, ReadOnlySpan<byte> source, ChatTurn turn)
    {
        if (!GeminiJson.Enter(ref json, new(""), "toolConfig"))
        {
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!GeminiJson.Is(ref json, "functionCallingConfig"u8))
            {
                Keep(ref json, source, turn, "toolConfig.");
            }
            else if (GeminiJson.Enter(ref json, new("toolConfig"), "functionCallingConfig"))
            {
                ReadCalling(ref json, source, turn);
            }
        }
    }

    private static void ReadFunctions(ref Utf8JsonReader json, ReadOnlySpan<byte> source, ChatTurn turn, in Place place)
    {
        if (!GeminiJson.EnterArray(ref json, place, "functionDeclarations"))
        {
            return;
        }

        for (var i = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; i++)
        {
            var here = place with { Inner = "functionDeclarations", Within = i };
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw here.Wrong("", "an object", json.TokenType);
            }

            turn.Tools.Add(ReadFunction(ref json, source, turn, here));
        }
    }

    private static ToolDefinition ReadFunction(ref Utf8JsonReader json, ReadOnlySpan<byte> source, ChatTurn turn, in Place place)
    {
        string? name = null, description = null;
        RawJson parameters = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "name"u8))
            {
                name = GeminiJson.Text(ref json, place, "name");
            }
            else if (GeminiJson.Is(ref json, "description"u8))
            {
                description = GeminiJson.Text(ref json, place, "description");
            }
            else if (GeminiJson.Is(ref json, "parameters"u8))
            {
                parameters = GeminiJson.Enter(ref json, place, "parameters") ? GeminiSchemaReader.Read(ref json, source) : parameters;
            }
            else if (GeminiJson.Is(ref json, "parametersJsonSchema"u8))
            {
                json.Read();
                var value = RawJson.Copy(ref json, source);
                parameters = value.Utf8.Span.SequenceEqual("null"u8) ? parameters : value;
            }
            else
            {
                Keep(ref json, source, turn, "functionDeclarations.");
            }
        }

        return new(name ?? throw new DialectException(place.Of("name"), $"`{place.Of("name")}` is missing.")) { Description = description, Parameters = parameters };
    }

    private static void ReadBuiltIn(ref Utf8JsonReader json, ReadOnlySpan<byte> source, ChatTurn turn)
    {
        var name = GeminiJson.Camel(GeminiJson.Name(ref json));
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        var value = RawJson.Copy(ref json, source);
        turn.Tools.Add(new(name) { BuiltIn = GeminiBuiltIn.Wrap(name, value), BuiltInFrom = WireFormat.GeminiGenerate });
    }

    private static void ReadCalling(ref Utf8JsonReader json, ReadOnlySpan<byte> source, ChatTurn turn)
    {
        const string Here = "toolConfig.functionCallingConfig";
        var place = new Place(Here);
        string? mode = null;
        List<string> allowed = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "mode"u8))
            {
                mode = GeminiJson.Text(ref json, place, "mode");
            }
            else if (GeminiJson.Is(ref json, "allowedFunctionNames"u8))
            {
                if (GeminiJson.EnterArray(ref json, place, "allowedFunctionNames"))
                {
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    {
                        allowed.Add(GeminiJson.TextHere(ref json, place, "allowedFunctionNames") ?? "");
                    }
                }
            }
            else
            {
                Keep(ref json, source, turn, Here + ".");
            }
        }

        switch (mode?.ToUpperInvariant())
        {
            case "NONE":
                turn.ToolChoice = new(ToolChoiceKind.None);
                break;
            case "ANY" when allowed.Count == 1:
                turn.ToolChoice = new(ToolChoiceKind.Named, allowed[0]);
                break;
            case "ANY":
                turn.ToolChoice = new(ToolChoiceKind.Required) { Allowed = allowed };
                break;
            case "AUTO":
                turn.ToolChoice = new(ToolChoiceKind.Auto) { Allowed = allowed };
                break;
            case "VALIDATED":
                // As AUTO, but arguments are held to their schema: that half of it is an extra.
                turn.ToolChoice = new(ToolChoiceKind.Auto) { Allowed = allowed };
                turn.Extras.Add(new(WireFormat.GeminiGenerate, Here + ".mode", RawJson.Of("\"VALIDATED\""u8)));
                break;
            case null or "" or "MODE_UNSPECIFIED":
                break;
            default:
                throw new DialectException(place.Of("mode"), $"`{place.Of("mode")}` must be AUTO, ANY, NONE or VALIDATED.");
        }
    }

    private static void Keep(ref Utf8JsonReader json, ReadOnlySpan<byte> source, ChatTurn turn, string path)
    {
        var name = path + GeminiJson.Camel(GeminiJson.Name(ref json));
        json.Read();
        if (json.TokenType != JsonTokenType.Null)
        {
            turn.Extras.Add(new(WireFormat.GeminiGenerate, name, RawJson.Copy(ref json, source)));
        }
    }
}
