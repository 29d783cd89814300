using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Writes <c>toolConfig</c>.</summary>
internal static class ToolConfigWriter
{
    internal static void Write(Utf8JsonWriter json, ChatTurn turn, in ModelFamily model, bool thinks, ModelFields fields, Dropped dropped)
    {
        var inHistory = HasToolBlocks(turn.Messages);
        var jsonTool = RequestWriter.NeedsJsonTool(turn, model);
        var grounding = model.IsNova && turn.Extras.Exists(static e => e is { Dialect: WireFormat.OpenAIChat, Name: "web_search_options" });

        // Converse can't forbid calls. Where no call has been made yet, a model without tools makes none; else the tools have to stay.
        var forbidden = turn.ToolChoice?.Kind == ToolChoiceKind.None;
        var tools = forbidden && !inHistory ? [] : Offered(turn, dropped);
        if (forbidden && tools.Count > 0)
        {
            dropped.Add("tool_choice");
        }
        if (turn.ParallelToolCalls == false && tools.Count > 0)
        {
            ForbidParallel(turn, model, thinks, fields, dropped);
        }
        if (tools.Count == 0 && !jsonTool && !grounding && !inHistory)
        {
            return;
        }

        json.WriteStartObject("toolConfig"u8);
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            WriteTool(json, tool, model, dropped);
        }
        if (grounding)
        {
            json.WriteRawValue("""{"systemTool":{"name":"nova_grounding"}}"""u8, skipInputValidation: true);
        }
        if (jsonTool)
        {
            WriteSpec(json, new ToolDefinition(Names.JsonTool) { Description = turn.Format?.Description, Parameters = turn.Format?.Schema ?? default }, open: true, strict: false);
        }
        else if (tools.Count == 0 && !grounding)
        {
            // Calls in the history ask for a tool configuration; LiteLLM offers the same tool that does nothing.
            WriteSpec(json, new ToolDefinition("dummy_tool") { Description = "This is a dummy tool call" }, open: false, strict: false);
        }
        json.WriteEndArray();
        WriteChoice(json, turn, model, thinks, tools.Count, jsonTool, dropped);
        json.WriteEndObject();
    }

    /// <summary>The tools that the model may call, those that run at another vendor left out.</summary>
    private static List<ToolDefinition> Offered(ChatTurn turn, Dropped dropped)
    {
        var allowed = turn.ToolChoice?.Allowed ?? [];
        var offered = new List<ToolDefinition>(turn.Tools.Count);
        foreach (var tool in turn.Tools)
        {
            if (!tool.BuiltIn.IsAbsent && tool.BuiltInFrom != WireFormat.BedrockConverse)
            {
                dropped.Add($"tools[{tool.Name}]");
            }
            else if (allowed.Count == 0 || allowed.Contains(tool.Name, StringComparer.Ordinal))
            {
                offered.Add(tool);
            }
        }
        return offered;
    }

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool, in ModelFamily model, Dropped dropped)
    {
        if (!tool.BuiltIn.IsAbsent)
        {
            tool.BuiltIn.WriteTo(json);
        }
        else
        {
            if (tool.Strict == true && !model.TakesSchema)
            {
                dropped.Add("strict");
            }
            WriteSpec(json, tool, open: false, strict: tool.Strict == true && model.TakesSchema);
        }
        CacheMark.Write(json, tool.CacheControl, model);
    }

    private static void WriteSpec(Utf8JsonWriter json, ToolDefinition tool, bool open, bool strict)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolSpec"u8);
        json.WriteString("name"u8, tool.Name);
        if (!string.IsNullOrEmpty(tool.Description))
        {
            json.WriteString("description"u8, tool.Description);
        }
        json.WriteStartObject("inputSchema"u8);
        json.WritePropertyName("json"u8);
        if (tool.Parameters.IsAbsent || tool.Parameters.Utf8.Span.SequenceEqual("{}"u8))
        {
            json.WriteRawValue(open ? """{"type":"object","properties":{},"additionalProperties":true}"""u8 : """{"type":"object","properties":{}}"""u8, skipInputValidation: true);
        }
        else
        {
            tool.Parameters.WriteTo(json);
        }
        json.WriteEndObject();
        if (strict)
        {
            json.WriteBoolean("strict"u8, true);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ChatTurn turn, in ModelFamily model, bool thinks, int tools, bool jsonTool, Dropped dropped)
    {
        var choice = turn.ToolChoice is { Kind: not ToolChoiceKind.None } said && tools > 0 ? said : null;
        if (jsonTool)
        {
            // One of the caller's own tools may still be called instead of answering.
            choice = tools > 0 && choice?.Kind != ToolChoiceKind.Named ? new ToolChoice(ToolChoiceKind.Required) : choice ?? new ToolChoice(ToolChoiceKind.Named, Names.JsonTool);
        }
        if (choice is null)
        {
            return;
        }
        if (choice.Kind != ToolChoiceKind.Auto && (!model.TakesToolChoice || (thinks && !model.IsUnnamed)))
        {
            if (!jsonTool)
            {
                dropped.Add("tool_choice");
            }
            choice = new ToolChoice(ToolChoiceKind.Auto);
        }
        if (!model.TakesToolChoice)
        {
            return;
        }
        json.WriteStartObject("toolChoice"u8);
        json.WriteStartObject(choice.Kind switch
        {
            ToolChoiceKind.Auto => "auto"u8,
            ToolChoiceKind.Named => "tool"u8,
            _ => "any"u8,
        });
        if (choice.Kind == ToolChoiceKind.Named)
        {
            json.WriteString("name"u8, choice.Name);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Converse has no word for it; newer Claudes take Anthropic's own among the model's fields, where LiteLLM puts it too.</summary>
    private static void ForbidParallel(ChatTurn turn, in ModelFamily model, bool thinks, ModelFields fields, Dropped dropped)
    {
        if (model.ClaudeVersion < 45)
        {
            dropped.Add("parallel_tool_calls");
            return;
        }
        var named = turn.ToolChoice is { Kind: ToolChoiceKind.Named, Name: { } name } && !thinks ? $"\"name\":\"{JsonEncodedText.Encode(name)}\"," : "";
        var type = thinks ? "auto" : turn.ToolChoice?.Kind switch
        {
            ToolChoiceKind.Required => "any",
            ToolChoiceKind.Named => "tool",
            _ => "auto",
        };
        fields.Set("tool_choice", $$"""{"type":"{{type}}",{{named}}"disable_parallel_tool_use":true}""");
    }

    private static bool HasToolBlocks(List<ChatMessage> messages)
    {
        foreach (var message in messages)
        {
            foreach (var part in message.Parts)
            {
                if (part is ToolCallPart or ToolResultPart)
                {
                    return true;
                }
            }
        }
        return false;
    }
}
