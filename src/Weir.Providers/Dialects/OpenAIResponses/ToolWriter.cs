using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>text.format</c>, for requests and for the answers that repeat them.</summary>
internal static class ToolWriter
{
    /// <summary>Writes the list. <paramref name="dropped"/> takes the names of tools that run at other vendors.</summary>
    internal static void WriteTools(Utf8JsonWriter json, List<ToolDefinition> tools, Dropped? dropped)
    {
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            if (!tool.BuiltIn.IsAbsent)
            {
                if (tool.BuiltInFrom == WireFormat.OpenAIResponses)
                {
                    tool.BuiltIn.WriteTo(json);
                }
                else
                {
                    dropped?.Add($"tools[{tool.Name}]");
                }
                continue;
            }
            if (!tool.CacheControl.IsAbsent)
            {
                dropped?.Add("cache_control");
            }
            WriteTool(json, tool);
        }
        json.WriteEndArray();
    }

    /// <summary>Whether any of the tools can be said here.</summary>
    internal static bool Any(List<ToolDefinition> tools)
    {
        foreach (var tool in tools)
        {
            if (tool.BuiltIn.IsAbsent || tool.BuiltInFrom == WireFormat.OpenAIResponses)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>True when the turn offers <paramref name="name"/> as a free-form tool.</summary>
    internal static bool IsFreeForm(List<ToolDefinition> tools, string name)
    {
        foreach (var tool in tools)
        {
            if (tool.FreeForm && tool.Name == name)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Writes the value of <c>tool_choice</c>.</summary>
    internal static void WriteChoice(Utf8JsonWriter json, ToolChoice choice, List<ToolDefinition> tools)
    {
        if (choice.Kind == ToolChoiceKind.Named)
        {
            WriteNamed(json, choice.Name ?? "", tools);
            return;
        }
        if (choice.Allowed.Count > 0 && choice.Kind is ToolChoiceKind.Auto or ToolChoiceKind.Required)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "allowed_tools"u8);
            json.WriteString("mode"u8, choice.Kind == ToolChoiceKind.Required ? "required"u8 : "auto"u8);
            json.WriteStartArray("tools"u8);
            foreach (var name in choice.Allowed)
            {
                WriteNamed(json, name, tools);
            }
            json.WriteEndArray();
            json.WriteEndObject();
            return;
        }
        json.WriteStringValue(choice.Kind switch
        {
            ToolChoiceKind.None => "none"u8,
            ToolChoiceKind.Required => "required"u8,
            _ => "auto"u8,
        });
    }

    /// <summary>Writes the value of <c>text.format</c>.</summary>
    internal static void WriteFormat(Utf8JsonWriter json, OutputFormat? format)
    {
        json.WriteStartObject();
        if (format is null || format.Schema.IsAbsent)
        {
            json.WriteString("type"u8, format is null ? "text"u8 : "json_object"u8);
        }
        else
        {
            json.WriteString("type"u8, "json_schema"u8);
            json.WriteString("name"u8, string.IsNullOrEmpty(format.Name) ? "response" : format.Name);
            if (format.Description is not null)
            {
                json.WriteString("description"u8, format.Description);
            }
            if (format.Strict is { } strict)
            {
                json.WriteBoolean("strict"u8, strict);
            }
            json.WritePropertyName("schema"u8);
            format.Schema.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, tool.FreeForm ? "custom"u8 : "function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is not null)
        {
            json.WriteString("description"u8, tool.Description);
        }
        if (!tool.FreeForm)
        {
            json.WritePropertyName("parameters"u8);
            if (tool.Parameters.IsAbsent)
            {
                json.WriteRawValue("{\"type\":\"object\",\"properties\":{}}"u8, skipInputValidation: true);
            }
            else
            {
                tool.Parameters.WriteTo(json);
            }
            // Left out it would mean true here, but false in the other APIs.
            json.WriteBoolean("strict"u8, tool.Strict ?? false);
        }
        else if (!tool.Grammar.IsAbsent)
        {
            json.WritePropertyName("format"u8);
            tool.Grammar.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter json, string name, List<ToolDefinition> tools)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, IsFreeForm(tools, name) ? "custom"u8 : "function"u8);
        json.WriteString("name"u8, name);
        json.WriteEndObject();
    }
}
