using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Writes <c>tools</c> and <c>tool_choice</c>.</summary>
internal sealed class ToolWriter(ChatTurn turn, RequestPlan plan, RequestExtras extras, Utf8JsonWriter json, Dropped dropped)
{
    /// <summary>More tools than this are not held to their schemas in one request.</summary>
    private const int MostStrict = 20;

    /// <summary>A tool that is never called: Anthropic wants one defined where the conversation holds calls. LiteLLM's.</summary>
    private const string DummyTool = "dummy_tool";

    private int _written;
    private int _strict;

    internal void Write()
    {
        var allowed = turn.ToolChoice?.Allowed ?? [];
        foreach (var tool in turn.Tools)
        {
            if (allowed.Count == 0 || allowed.Contains(tool.Name, StringComparer.Ordinal))
            {
                WriteTool(tool);
            }
        }
        if (!extras.WebSearch.IsAbsent)
        {
            Begin();
            WebSearchTool.WriteOptions(json, extras.WebSearch);
        }
        if (plan.Json is JsonForm.Tool or JsonForm.OfferedTool)
        {
            WriteJsonTool();
        }
        if (_written == 0 && turn.Messages.Exists(static message => message.Parts.Exists(static part => part is ToolCallPart or ToolResultPart)))
        {
            WriteDummy();
            return;
        }
        if (_written > 0)
        {
            json.WriteEndArray();
            WriteChoice();
        }
        else if (plan.Choice is ToolChoiceKind.Required or ToolChoiceKind.Named)
        {
            dropped.Add("tool_choice");
        }
    }

    private void Begin()
    {
        if (_written++ == 0)
        {
            json.WriteStartArray("tools"u8);
        }
    }

    private void WriteTool(ToolDefinition tool)
    {
        if (!tool.BuiltIn.IsAbsent)
        {
            WriteBuiltIn(tool);
            return;
        }
        if (tool.Name == Wire.JsonTool)
        {
            throw new DialectException("tools", $"A tool for Claude can't be named {Wire.JsonTool}: by this name models are made to answer in JSON. Rename the tool.");
        }
        Begin();
        json.WriteStartObject();
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { Length: > 0 } description)
        {
            json.WriteString("description"u8, description);
        }
        json.WritePropertyName("input_schema"u8);
        var strict = IsStrict(tool);
        if (strict)
        {
            SchemaWriter.WriteStrict(json, tool.Parameters);
            json.WriteBoolean("strict"u8, true);
        }
        else
        {
            SchemaWriter.WriteInput(json, tool.Parameters, dropped);
        }
        WriteCache(tool.CacheControl);
        json.WriteEndObject();
    }

    private bool IsStrict(ToolDefinition tool)
    {
        if (tool.Strict != true)
        {
            return false;
        }
        var strict = plan.Model.TakesSchema && SchemaWriter.IsClosable(tool.Parameters) && ++_strict <= MostStrict;
        if (!strict)
        {
            dropped.Add("strict");
        }
        return strict;
    }

    private void WriteBuiltIn(ToolDefinition tool)
    {
        if (tool.BuiltInFrom == WireFormat.AnthropicMessages)
        {
            Begin();
            tool.BuiltIn.WriteTo(json);
        }
        else if (tool.BuiltInFrom == WireFormat.OpenAIChat && WebSearchTool.IsDated(tool.BuiltIn))
        {
            // Clients of LiteLLM name Anthropic's own tools in OpenAI's list.
            Begin();
            WebSearchTool.WriteFlat(json, tool.BuiltIn);
        }
        else if (WebSearchTool.IsSearch(tool))
        {
            Begin();
            WebSearchTool.WriteOptions(json, tool.BuiltIn);
        }
        else
        {
            dropped.Add($"tools[{tool.Name}]");
        }
    }

    private void WriteJsonTool()
    {
        Begin();
        json.WriteStartObject();
        json.WriteString("name"u8, Wire.JsonTool);
        json.WriteString("description"u8, extras.Format?.Description is { Length: > 0 } description
            ? $"Gives the final answer: {description}"
            : "Gives the final answer. Its arguments are the answer itself.");
        json.WritePropertyName("input_schema"u8);
        SchemaWriter.WriteInput(json, extras.Format?.Schema ?? default, dropped);
        json.WriteEndObject();
    }

    private void WriteDummy()
    {
        Begin();
        json.WriteStartObject();
        json.WriteString("name"u8, DummyTool);
        json.WriteString("description"u8, "Not available."u8);
        json.WritePropertyName("input_schema"u8);
        SchemaWriter.WriteInput(json, default, dropped);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, "none"u8);
        json.WriteEndObject();
    }

    private void WriteChoice()
    {
        var single = turn.ParallelToolCalls == false;
        if (plan.Choice is null && !single)
        {
            return;
        }
        json.WriteStartObject("tool_choice"u8);
        switch (plan.Choice)
        {
            case ToolChoiceKind.None:
                json.WriteString("type"u8, "none"u8);
                single = false;
                break;
            case ToolChoiceKind.Required:
                json.WriteString("type"u8, "any"u8);
                break;
            case ToolChoiceKind.Named:
                json.WriteString("type"u8, "tool"u8);
                json.WriteString("name"u8, turn.ToolChoice is { Kind: ToolChoiceKind.Named, Name: { } name } ? name : Wire.JsonTool);
                break;
            default:
                json.WriteString("type"u8, "auto"u8);
                break;
        }
        if (single)
        {
            json.WriteBoolean("disable_parallel_tool_use"u8, true);
        }
        json.WriteEndObject();
    }

    private void WriteCache(RawJson cache)
    {
        if (!cache.IsAbsent)
        {
            json.WritePropertyName("cache_control"u8);
            cache.WriteTo(json);
        }
    }
}
