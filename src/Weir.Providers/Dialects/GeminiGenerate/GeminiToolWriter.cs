using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Writes <c>tools</c> (all functions in one tool object, each built-in tool in its own, as Vertex wants) and <c>toolConfig</c>.</summary>
internal static class GeminiToolWriter
{
    /// <summary>Writes both members, or none.</summary>
    public static void Write(Utf8JsonWriter json, ChatTurn turn, GeminiExtras extras, Dropped dropped)
    {
        var functions = 0;
        foreach (var tool in turn.Tools)
        {
            functions += tool.BuiltIn.IsAbsent ? 1 : 0;
        }

        if (turn.Tools.Count > 0 || extras.WantsSearch)
        {
            json.WriteStartArray("tools"u8);
            if (functions > 0)
            {
                Functions(json, turn, dropped);
            }

            BuiltIns(json, turn, extras, functions > 0, dropped);
            json.WriteEndArray();
        }

        if (turn.ParallelToolCalls is false && functions > 0)
        {
            dropped.Add("parallel_tool_calls");
        }

        Config(json, turn, extras, functions > 0, dropped);
    }

    private static void Functions(Utf8JsonWriter json, ChatTurn turn, Dropped dropped)
    {
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations"u8);
        foreach (var tool in turn.Tools)
        {
            if (!tool.CacheControl.IsAbsent)
            {
                dropped.Add("cache_control");
            }

            if (!tool.BuiltIn.IsAbsent)
            {
                continue;
            }

            json.WriteStartObject();
            json.WriteString("name"u8, tool.Name);
            if (tool.Description is not null)
            {
                json.WriteString("description"u8, tool.Description);
            }

            GeminiSchemaWriter.WriteParameters(json, tool.Parameters);
            if (tool.Strict is true)
            {
                dropped.Add("strict");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void BuiltIns(Utf8JsonWriter json, ChatTurn turn, GeminiExtras extras, bool hasFunctions, Dropped dropped)
    {
        // Before the third generation a request with functions and a search is refused; LiteLLM keeps the functions, and so does Weir, saying so.
        var noSearch = hasFunctions && !extras.MixesTools && !GeminiModels.IsThree(turn.Model);
        var searched = false;
        foreach (var tool in turn.Tools)
        {
            if (tool.BuiltIn.IsAbsent)
            {
                continue;
            }

            var foreign = tool.BuiltInFrom != WireFormat.GeminiGenerate;
            if (GeminiBuiltIn.For(tool) is not { } own || (foreign && noSearch && GeminiBuiltIn.IsSearch(own.Name)))
            {
                dropped.Add(GeminiBuiltIn.Named(tool));
                continue;
            }

            searched |= own.Name == "googleSearch";
            own.Tool.WriteTo(json);
        }

        if (extras.WantsSearch && !searched)
        {
            if (noSearch)
            {
                dropped.Add("web_search_options");
                return;
            }

            json.WriteStartObject();
            json.WriteStartObject("googleSearch"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void Config(Utf8JsonWriter json, ChatTurn turn, GeminiExtras extras, bool hasFunctions, Dropped dropped)
    {
        var choice = turn.ToolChoice;
        if (choice is not null && !hasFunctions)
        {
            // Gemini refuses a calling configuration without functions; to call none is what happens anyway.
            if (choice.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named)
            {
                dropped.Add("tool_choice");
            }

            choice = null;
        }

        if (choice is null && extras.Calling.Count == 0 && extras.ToolConfig.Count == 0)
        {
            return;
        }

        json.WriteStartObject("toolConfig"u8);
        if (choice is not null || extras.Calling.Count > 0)
        {
            json.WriteStartObject("functionCallingConfig"u8);
            Calling(json, choice, extras.Calling.Exists(extra => extra.Name == "mode"));
            foreach (var extra in extras.Calling)
            {
                json.WritePropertyName(extra.Name);
                extra.Value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        foreach (var extra in extras.ToolConfig)
        {
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void Calling(Utf8JsonWriter json, ToolChoice? choice, bool hasMode)
    {
        if (choice is null)
        {
            return;
        }

        if (!hasMode)
        {
            json.WriteString("mode"u8, choice.Kind switch
            {
                ToolChoiceKind.None => "NONE"u8,
                ToolChoiceKind.Required or ToolChoiceKind.Named => "ANY"u8,

                // Names are only heard in the modes ANY and VALIDATED; the latter leaves the model free not to call.
                _ => choice.Allowed.Count > 0 ? "VALIDATED"u8 : "AUTO"u8,
            });
        }

        if (choice.Name is not null || choice.Allowed.Count > 0)
        {
            json.WriteStartArray("allowedFunctionNames"u8);
            if (choice.Name is not null)
            {
                json.WriteStringValue(choice.Name);
            }
            else
            {
                foreach (var name in choice.Allowed)
                {
                    json.WriteStringValue(name);
                }
            }

            json.WriteEndArray();
        }
    }
}
