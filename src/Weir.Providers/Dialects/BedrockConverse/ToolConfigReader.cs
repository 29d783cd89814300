using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Reads <c>toolConfig</c>.</summary>
internal static class ToolConfigReader
{
    /// <summary>Reads the object on which the reader stands.</summary>
    internal static void Read(ref Utf8JsonReader json, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        var place = new Place("toolConfig");
        if (!Json.IsObject(ref json, place, ""))
        {
            return;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("tools"u8))
            {
                json.Read();
                if (!Json.IsArray(ref json, place, "tools"))
                {
                    continue;
                }
                for (var n = 0; Json.NextItem(ref json); n++)
                {
                    ReadTool(ref json, body, turn.Tools, new Place("toolConfig.tools", n));
                }
            }
            else if (json.ValueTextEquals("toolChoice"u8))
            {
                json.Read();
                turn.ToolChoice = ReadChoice(ref json);
            }
            else
            {
                Json.Skip(ref json);
            }
        }
    }

    private static void ReadTool(ref Utf8JsonReader json, ReadOnlySpan<byte> body, List<ToolDefinition> tools, in Place place)
    {
        if (!Json.IsObject(ref json, place, ""))
        {
            return;
        }
        var whole = json;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("toolSpec"u8))
            {
                json.Read();
                if (Json.IsObject(ref json, place, "toolSpec"))
                {
                    tools.Add(ReadSpec(ref json, body, place));
                }
            }
            else if (json.ValueTextEquals("cachePoint"u8))
            {
                json.Read();
                if (Json.IsObject(ref json, place, "cachePoint"))
                {
                    var mark = CacheMark.Read(ref json);
                    if (tools.Count > 0)
                    {
                        tools[^1] = tools[^1] with { CacheControl = mark };
                    }
                }
            }
            else
            {
                // A tool that runs at the vendor, or a kind that came later.
                var kind = Encoding.UTF8.GetString(json.ValueSpan);
                json = whole;
                tools.Add(new ToolDefinition(kind) { BuiltIn = RawJson.Copy(ref json, body), BuiltInFrom = WireFormat.BedrockConverse });
                return;
            }
        }
    }

    private static ToolDefinition ReadSpec(ref Utf8JsonReader json, ReadOnlySpan<byte> body, in Place place)
    {
        string? name = null, description = null;
        bool? strict = null;
        var schema = default(RawJson);
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("name"u8))
            {
                name = Json.Text(ref json, place, "toolSpec.name");
            }
            else if (json.ValueTextEquals("description"u8))
            {
                description = Json.Text(ref json, place, "toolSpec.description");
            }
            else if (json.ValueTextEquals("strict"u8))
            {
                strict = Json.Flag(ref json, place, "toolSpec.strict");
            }
            else if (json.ValueTextEquals("inputSchema"u8))
            {
                json.Read();
                if (!Json.IsObject(ref json, place, "toolSpec.inputSchema"))
                {
                    continue;
                }
                while (Json.NextMember(ref json))
                {
                    var found = json.ValueTextEquals("json"u8);
                    json.Read();
                    if (found && json.TokenType != JsonTokenType.Null)
                    {
                        schema = RawJson.Copy(ref json, body);
                    }
                    else
                    {
                        json.Skip();
                    }
                }
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        if (string.IsNullOrEmpty(name))
        {
            throw new DialectException(place.Path("toolSpec.name"), $"`{place.Path("toolSpec.name")}` is missing.");
        }
        return new ToolDefinition(name) { Description = description, Parameters = schema, Strict = strict };
    }

    private static ToolChoice? ReadChoice(ref Utf8JsonReader json)
    {
        var place = new Place("toolConfig.toolChoice");
        if (!Json.IsObject(ref json, place, ""))
        {
            return null;
        }
        ToolChoice? choice = null;
        while (Json.NextMember(ref json))
        {
            var kind = json.ValueTextEquals("auto"u8) ? ToolChoiceKind.Auto
                : json.ValueTextEquals("any"u8) ? ToolChoiceKind.Required
                : json.ValueTextEquals("tool"u8) ? ToolChoiceKind.Named
                : ToolChoiceKind.None;
            json.Read();
            if (kind == ToolChoiceKind.None || json.TokenType == JsonTokenType.Null)
            {
                json.Skip();
            }
            else if (kind == ToolChoiceKind.Named)
            {
                choice = new ToolChoice(kind, ReadName(ref json, place));
            }
            else
            {
                json.Skip();
                choice = new ToolChoice(kind);
            }
        }
        return choice;
    }

    private static string ReadName(ref Utf8JsonReader json, in Place place)
    {
        string? name = null;
        if (Json.IsObject(ref json, place, "tool"))
        {
            while (Json.NextMember(ref json))
            {
                if (json.ValueTextEquals("name"u8))
                {
                    name = Json.Text(ref json, place, "tool.name");
                }
                else
                {
                    Json.Skip(ref json);
                }
            }
        }
        return name ?? throw new DialectException(place.Path("tool.name"), $"`{place.Path("tool.name")}` is missing.");
    }
}
