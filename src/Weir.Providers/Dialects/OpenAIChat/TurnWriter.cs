using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Writes a request of OpenAI's chat.</summary>
internal static class TurnWriter
{
    /// <summary>How this dialect writes JSON: text stays readable, and what was read is not checked again.</summary>
    internal static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1000 };

    /// <summary>Names that OpenAI's chat shares with Responses: what came from there goes on under the same name.</summary>
    private static bool IsShared(string name) => name is "metadata" or "store" or "safety_identifier" or "prompt_cache_key" or "prompt_cache_retention" or "top_logprobs";

    internal static void Write(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped)
    {
        using var json = new Utf8JsonWriter(target, Json);
        json.WriteStartObject();
        json.WriteString("model"u8, turn.Model);
        new MessageWriter(json, dropped).WriteAll(turn.Messages);
        WriteTools(json, turn, dropped);
        WriteLimits(json, turn, dropped);
        FormatWriter.Write(json, turn.Format);
        WriteReasoning(json, turn.Reasoning, dropped);
        WriteExtras(json, turn, dropped);
        if (turn.Stream)
        {
            json.WriteBoolean("stream"u8, true);
            if (turn.IncludeUsage is { } include)
            {
                json.WriteStartObject("stream_options"u8);
                json.WriteBoolean("include_usage"u8, include);
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteLimits(Utf8JsonWriter json, ChatTurn turn, Dropped dropped)
    {
        if (turn.MaxTokens is { } most)
        {
            json.WriteNumber(WantsCompletionTokens(turn.Model) ? "max_completion_tokens"u8 : "max_tokens"u8, most);
        }
        Write(json, "temperature"u8, turn.Temperature);
        Write(json, "top_p"u8, turn.TopP);
        Write(json, "presence_penalty"u8, turn.PresencePenalty);
        Write(json, "frequency_penalty"u8, turn.FrequencyPenalty);
        if (turn.TopK is not null)
        {
            dropped.Add("top_k");
        }
        if (turn.Seed is { } seed)
        {
            json.WriteNumber("seed"u8, seed);
        }
        if (turn.Choices is { } choices)
        {
            json.WriteNumber("n"u8, choices);
        }
        if (turn.Stop.Count > 0)
        {
            json.WriteStartArray("stop"u8);
            foreach (var stop in turn.Stop)
            {
                json.WriteStringValue(stop);
            }
            json.WriteEndArray();
        }
        if (turn.EndUser is not null)
        {
            json.WriteString("user"u8, turn.EndUser);
        }
        switch (turn.ServiceTier)
        {
            case null:
                break;
            case "standard_only" or "standard":
                json.WriteString("service_tier"u8, "default"u8);
                break;
            default:
                json.WriteString("service_tier"u8, turn.ServiceTier);
                break;
        }
    }

    /// <summary>OpenAI's reasoning models refuse <c>max_tokens</c>; compatible servers may not know the newer name.</summary>
    private static bool WantsCompletionTokens(string model)
    {
        var name = model.AsSpan(model.LastIndexOf('/') + 1);
        return name.StartsWith("gpt-5", StringComparison.Ordinal) || (name.Length > 1 && name[0] == 'o' && char.IsAsciiDigit(name[1]));
    }

    private static void WriteTools(Utf8JsonWriter json, ChatTurn turn, Dropped dropped)
    {
        var any = false;
        foreach (var tool in turn.Tools)
        {
            if (!tool.BuiltIn.IsAbsent && tool.BuiltInFrom != WireFormat.OpenAIChat)
            {
                dropped.Add($"tools[{tool.Name}]");
                continue;
            }
            if (!any)
            {
                json.WriteStartArray("tools"u8);
                any = true;
            }
            WriteTool(json, tool);
        }
        if (!any)
        {
            // OpenAI refuses a choice among no tools.
            return;
        }
        json.WriteEndArray();
        if (turn.ToolChoice is { } choice)
        {
            json.WritePropertyName("tool_choice"u8);
            WriteChoice(json, choice);
        }
        if (turn.ParallelToolCalls is { } parallel)
        {
            json.WriteBoolean("parallel_tool_calls"u8, parallel);
        }
    }

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool)
    {
        if (!tool.BuiltIn.IsAbsent)
        {
            tool.BuiltIn.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is not null)
        {
            json.WriteString("description"u8, tool.Description);
        }
        if (!tool.Parameters.IsAbsent)
        {
            json.WritePropertyName("parameters"u8);
            tool.Parameters.WriteTo(json);
        }
        if (tool.Strict is { } strict)
        {
            json.WriteBoolean("strict"u8, strict);
        }
        json.WriteEndObject();
        if (!tool.CacheControl.IsAbsent)
        {
            json.WritePropertyName("cache_control"u8);
            tool.CacheControl.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ToolChoice choice)
    {
        if (choice.Allowed.Count > 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "allowed_tools"u8);
            json.WriteStartObject("allowed_tools"u8);
            json.WriteString("mode"u8, choice.Kind == ToolChoiceKind.Auto ? "auto"u8 : "required"u8);
            json.WriteStartArray("tools"u8);
            foreach (var name in choice.Allowed)
            {
                WriteNamed(json, name);
            }
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            return;
        }
        if (choice is { Kind: ToolChoiceKind.Named, Name: { } named })
        {
            WriteNamed(json, named);
            return;
        }
        json.WriteStringValue(choice.Kind switch
        {
            ToolChoiceKind.Auto => "auto"u8,
            ToolChoiceKind.None => "none"u8,
            _ => "required"u8,
        });
    }

    private static void WriteNamed(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Switching thoughts off has no word that all of OpenAI's models take, and the models that would think are asked with one: off is left out.</summary>
    private static void WriteReasoning(Utf8JsonWriter json, ReasoningWish? wish, Dropped dropped)
    {
        if (wish is null)
        {
            return;
        }
        var effort = wish.Effort ?? (wish.Enabled == false ? null : wish.BudgetTokens is { } budget ? ReasoningEffort.FromBudget(budget) : wish.Enabled == true ? "medium" : null);
        if (effort is not null)
        {
            json.WriteString("reasoning_effort"u8, effort == "max" ? "xhigh" : effort);
        }
        else if (wish.Enabled == false)
        {
            dropped.Add("thinking");
        }
        if (wish.Summary is not null || wish.Tell == true)
        {
            dropped.Add("reasoning.summary");
        }
    }

    private static void WriteExtras(Utf8JsonWriter json, ChatTurn turn, Dropped dropped)
    {
        foreach (var extra in turn.Extras)
        {
            if (extra.Dialect == WireFormat.OpenAIChat || (extra.Dialect == WireFormat.OpenAIResponses && IsShared(extra.Name)))
            {
                json.WritePropertyName(extra.Name);
                extra.Value.WriteTo(json);
            }
            else
            {
                dropped.Add(extra.Name);
            }
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
