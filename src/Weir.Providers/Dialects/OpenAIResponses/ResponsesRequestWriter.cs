using System.Buffers;
using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Writes a request that comes from another API.</summary>
internal static class ResponsesRequestWriter
{
    // OpenAI refuses a smaller limit; the other APIs take 1 (some clients probe a key with it).
    private const long FewestTokens = 16;

    internal static void Write(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped)
    {
        using var json = new Utf8JsonWriter(target, JsonForm.Options);
        json.WriteStartObject();
        json.WriteString("model"u8, turn.Model);
        WriteConversation(json, turn, dropped);
        if (ToolWriter.Any(turn.Tools))
        {
            ToolWriter.WriteTools(json, turn.Tools, dropped);
            if (turn.ToolChoice is { } choice)
            {
                json.WritePropertyName("tool_choice"u8);
                ToolWriter.WriteChoice(json, choice, turn.Tools);
            }
            if (turn.ParallelToolCalls is { } parallel)
            {
                json.WriteBoolean("parallel_tool_calls"u8, parallel);
            }
        }
        else
        {
            foreach (var tool in turn.Tools)
            {
                dropped.Add($"tools[{tool.Name}]");
            }
        }
        WriteNumbers(json, turn);
        WriteText(json, turn);
        WriteReasoning(json, turn);
        if (turn.EndUser is { Length: > StrictOpenAI.LongestUser })
        {
            dropped.Add("user");
        }
        else if (turn.EndUser is not null)
        {
            json.WriteString("user"u8, turn.EndUser);
        }
        if (Tier(turn.ServiceTier) is { } tier)
        {
            json.WriteString("service_tier"u8, tier);
        }
        WriteExtras(json, turn, dropped);
        if (turn.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }
        json.WriteEndObject();
        json.Flush();
        NameTheUnsayable(turn, dropped);
    }

    /// <summary>The words of this dialect for a service tier; null for none and for words that it does not know.</summary>
    internal static string? Tier(string? tier) => tier switch
    {
        "standard" or "standard_only" => "default",
        "auto" or "default" or "flex" or "priority" or "scale" => tier,
        _ => null,
    };

    private static void WriteConversation(Utf8JsonWriter json, ChatTurn turn, Dropped dropped)
    {
        var messages = turn.Messages;
        // The system message that most APIs keep apart. Alone it has to be the input, which may not be empty.
        var apart = messages.Count > 1 && messages[0] is { Role: ChatRole.System, Name: null, Parts: [TextPart { Text.Length: > 0 }] } ? (TextPart)messages[0].Parts[0] : null;
        if (apart is not null)
        {
            json.WriteString("instructions"u8, apart.Text);
            if (!apart.CacheControl.IsAbsent)
            {
                dropped.Add("cache_control");
            }
        }
        json.WriteStartArray("input"u8);
        var items = new InputWriter(json, dropped);
        for (var m = apart is null ? 0 : 1; m < messages.Count; m++)
        {
            items.Write(messages[m], m);
        }
        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, ChatTurn turn)
    {
        if (turn.MaxTokens is { } most)
        {
            json.WriteNumber("max_output_tokens"u8, Math.Max(most, FewestTokens));
        }
        if (turn.Temperature is { } temperature)
        {
            json.WriteNumber("temperature"u8, temperature);
        }
        if (turn.TopP is { } topP)
        {
            json.WriteNumber("top_p"u8, topP);
        }
    }

    private static void WriteText(Utf8JsonWriter json, ChatTurn turn)
    {
        var verbosity = turn.Extras.Find(extra => IsOpenAI(extra.Dialect) && extra.Name == "verbosity");
        if (turn.Format is null && verbosity is null)
        {
            return;
        }
        json.WriteStartObject("text"u8);
        if (turn.Format is not null)
        {
            json.WritePropertyName("format"u8);
            ToolWriter.WriteFormat(json, turn.Format);
        }
        if (verbosity is not null)
        {
            json.WritePropertyName("verbosity"u8);
            verbosity.Value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter json, ChatTurn turn)
    {
        var wish = turn.Reasoning;
        var effort = wish is null ? null : wish.Effort ?? (wish.BudgetTokens is { } budget && wish.Enabled != false ? ReasoningEffort.FromBudget(budget) : null);
        // A budget is Anthropic's and Gemini's way to ask; there the thoughts are told unless the caller says otherwise.
        var summary = wish is null ? null : wish.Summary ?? (wish.Tell ?? (wish.BudgetTokens > 0 && wish.Enabled != false) ? "auto" : null);
        if (effort is not null || summary is not null)
        {
            json.WriteStartObject("reasoning"u8);
            if (effort is not null)
            {
                json.WriteString("effort"u8, effort);
            }
            if (summary is not null)
            {
                json.WriteString("summary"u8, summary);
            }
            json.WriteEndObject();
        }
        // The client keeps the conversation, so nothing needs to stay at OpenAI, and the thoughts have to come along sealed.
        if (!turn.Extras.Exists(extra => IsOpenAI(extra.Dialect) && extra.Name == "store"))
        {
            json.WriteBoolean("store"u8, false);
        }
        var asks = (effort is not null && effort != "none") || summary is not null || HasSeals(turn.Messages);
        if (asks && !turn.Extras.Exists(extra => IsOpenAI(extra.Dialect) && extra.Name == "include"))
        {
            json.WriteStartArray("include"u8);
            json.WriteStringValue(ResponsesRequestReader.EncryptedReasoning);
            json.WriteEndArray();
        }
    }

    private static bool HasSeals(List<ChatMessage> messages)
    {
        foreach (var message in messages)
        {
            foreach (var part in message.Parts)
            {
                if (part is ThinkingPart { Signature: not null })
                {
                    return true;
                }
            }
        }
        return false;
    }

    private static void WriteExtras(Utf8JsonWriter json, ChatTurn turn, Dropped dropped)
    {
        foreach (var extra in turn.Extras)
        {
            if (IsOpenAI(extra.Dialect) && extra.Name == "verbosity")
            {
                continue;
            }
            if (extra.Dialect == WireFormat.OpenAIResponses || (extra.Dialect == WireFormat.OpenAIChat && IsShared(extra.Name)))
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

    private static bool IsOpenAI(WireFormat dialect) => dialect is WireFormat.OpenAIChat or WireFormat.OpenAIResponses;

    /// <summary>
    /// Members that a chat request may carry because they mean the same here. Ids of stored things are not among them: whose they are is
    /// checked where they belong.
    /// </summary>
    private static bool IsShared(string name) => name is
        "metadata" or "store" or "prompt_cache_key" or "prompt_cache_retention" or "safety_identifier" or "top_logprobs" or
        "include" or "truncation" or "max_tool_calls" or "moderation" or "prompt_cache_options" or "context_management";

    private static void NameTheUnsayable(ChatTurn turn, Dropped dropped)
    {
        Name(turn.TopK is not null, "top_k");
        Name(turn.PresencePenalty is not null and not 0, "presence_penalty");
        Name(turn.FrequencyPenalty is not null and not 0, "frequency_penalty");
        Name(turn.Seed is not null, "seed");
        Name(turn.Choices > 1, "n");
        Name(turn.Stop.Count > 0, "stop");
        Name(turn.ServiceTier is not null && Tier(turn.ServiceTier) is null, "service_tier");

        void Name(bool unsayable, string name)
        {
            if (unsayable)
            {
                dropped.Add(name);
            }
        }
    }
}
