using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>.</summary>
internal static class ToolReader
{
    /// <summary>Reads the list; true when the tool for JSON was in it.</summary>
    internal static bool Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        var hasJsonTool = false;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return false;
        }
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw RequestReader.Wrong("tools", "a list of tools");
        }
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            var place = new BodyPlace("tools", index);
            var tool = reader.TokenType == JsonTokenType.StartObject ? ReadTool(ref reader, body, place) : throw place.Wrong("", "a tool");
            if (tool.Name == Wire.JsonTool && tool.BuiltIn.IsAbsent)
            {
                hasJsonTool = true;
                // What LiteLLM and this gateway make of a wish for JSON: it is the wish again.
                turn.Format ??= new OutputFormat(SchemaWriter.IsOpenObject(tool.Parameters) ? default : tool.Parameters);
            }
            else
            {
                turn.Tools.Add(tool);
            }
        }
        return hasJsonTool;
    }

    /// <summary>Takes back the force by which the tool for JSON was to be called.</summary>
    internal static void FreeChoice(ChatTurn turn, bool hasJsonTool)
    {
        if (turn.ToolChoice is { Kind: ToolChoiceKind.Named, Name: Wire.JsonTool } || (hasJsonTool && turn.ToolChoice is { Kind: ToolChoiceKind.Required }))
        {
            turn.ToolChoice = null;
        }
    }

    /// <summary>Reads <c>{"type":"auto"|"any"|"tool"|"none","name":...,"disable_parallel_tool_use":...}</c>.</summary>
    internal static void ReadChoice(ref Utf8JsonReader reader, ChatTurn turn)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw RequestReader.Wrong("tool_choice", "an object");
        }
        string? kind = null;
        string? name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "type"u8))
            {
                kind = RequestReader.Text(ref reader, "tool_choice.type");
            }
            else if (RequestReader.Takes(ref reader, "name"u8))
            {
                name = RequestReader.Text(ref reader, "tool_choice.name");
            }
            else if (RequestReader.Takes(ref reader, "disable_parallel_tool_use"u8))
            {
                turn.ParallelToolCalls = !RequestReader.Flag(ref reader, "tool_choice.disable_parallel_tool_use");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        turn.ToolChoice = kind switch
        {
            "auto" => new ToolChoice(ToolChoiceKind.Auto),
            "any" => new ToolChoice(ToolChoiceKind.Required),
            "none" => new ToolChoice(ToolChoiceKind.None),
            "tool" => new ToolChoice(ToolChoiceKind.Named, name ?? throw RequestReader.Wrong("tool_choice.name", "a string")),
            _ => throw RequestReader.Wrong("tool_choice.type", "auto, any, tool or none"),
        };
    }

    private static ToolDefinition ReadTool(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, BodyPlace place)
    {
        var start = (int)reader.TokenStartIndex;
        string? kind = null;
        string? name = null;
        var tool = new ToolDefinition("");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "name"u8))
            {
                name = place.Text(ref reader, "name");
            }
            else if (RequestReader.Takes(ref reader, "type"u8))
            {
                kind = place.Text(ref reader, "type");
            }
            else if (RequestReader.Takes(ref reader, "description"u8))
            {
                tool = tool with { Description = place.Text(ref reader, "description") };
            }
            else if (RequestReader.Takes(ref reader, "input_schema"u8))
            {
                tool = reader.TokenType == JsonTokenType.StartObject ? tool with { Parameters = RawJson.Copy(ref reader, body) } : throw place.Wrong("input_schema", "an object");
            }
            else if (RequestReader.Takes(ref reader, "strict"u8))
            {
                tool = tool with { Strict = place.Flag(ref reader, "strict") };
            }
            else if (RequestReader.Takes(ref reader, "cache_control"u8))
            {
                tool = tool with { CacheControl = Block.ObjectOrAbsent(ref reader, body) };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (kind is null or "custom")
        {
            return tool with { Name = name ?? throw place.Wrong("name", "a string") };
        }
        return new ToolDefinition(name ?? kind)
        {
            BuiltIn = RawJson.Of(body[start..(int)reader.BytesConsumed]),
            BuiltInFrom = WireFormat.AnthropicMessages,
            CacheControl = tool.CacheControl,
        };
    }
}
