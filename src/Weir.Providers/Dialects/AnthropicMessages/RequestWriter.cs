using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Writes a body of <c>POST /v1/messages</c>.</summary>
internal sealed class RequestWriter
{
    /// <summary>What a model is told when nothing else can hold it to JSON.</summary>
    private const string JsonWords = "Answer with one JSON object and nothing else: no other words, no code fence.";

    private readonly ChatTurn _turn;
    private readonly Utf8JsonWriter _json;
    private readonly Dropped _dropped;
    private readonly RequestExtras _extras;
    private readonly RequestPlan _plan;

    internal RequestWriter(ChatTurn turn, Utf8JsonWriter json, Dropped dropped)
    {
        (_turn, _json, _dropped) = (turn, json, dropped);
        _extras = new RequestExtras(turn, dropped);
        _plan = new RequestPlan(turn, _extras, dropped);
    }

    internal void Write()
    {
        NoteUnsayable();
        _json.WriteStartObject();
        _json.WriteString("model"u8, _turn.Model);
        _json.WriteNumber("max_tokens"u8, _plan.MaxTokens);
        WriteConversation();
        WriteThinking();
        WriteOutput();
        WriteSampling();
        WriteStops();
        WriteMetadata();
        WriteTier();
        foreach (var member in _extras.Members)
        {
            if (!member.Name.Contains('.', StringComparison.Ordinal))
            {
                _json.WritePropertyName(member.Name);
                member.Value.WriteTo(_json);
            }
        }
        if (_turn.Stream)
        {
            _json.WriteBoolean("stream"u8, true);
        }
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Writes the body of <c>count_tokens</c>: what the model reads, without what limits its answer.</summary>
    internal void WriteForCounting()
    {
        _json.WriteStartObject();
        _json.WriteString("model"u8, _turn.Model);
        WriteConversation();
        WriteThinking();
        WriteOutput();
        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteConversation()
    {
        var conversation = new ConversationWriter(_turn, _json, _dropped);
        conversation.WriteSystem(_plan.Json == JsonForm.Words ? JsonWords : null);
        conversation.WriteMessages();
        new ToolWriter(_turn, _plan, _extras, _json, _dropped).Write();
    }

    private void NoteUnsayable()
    {
        Note(_turn.PresencePenalty is not null and not 0, "presence_penalty");
        Note(_turn.FrequencyPenalty is not null and not 0, "frequency_penalty");
        Note(_turn.Seed is not null, "seed");
        Note(_turn.Choices is > 1, "n");
    }

    private void Note(bool said, string name)
    {
        if (said)
        {
            _dropped.Add(name);
        }
    }

    private void WriteThinking()
    {
        if (_plan.Thinking == ThinkingForm.Unsaid)
        {
            return;
        }
        _json.WriteStartObject("thinking"u8);
        switch (_plan.Thinking)
        {
            case ThinkingForm.Off:
                _json.WriteString("type"u8, "disabled"u8);
                break;
            case ThinkingForm.Budget:
                _json.WriteString("type"u8, "enabled"u8);
                _json.WriteNumber("budget_tokens"u8, _plan.Budget);
                break;
            default:
                _json.WriteString("type"u8, "adaptive"u8);
                break;
        }
        if (_plan.Thinking != ThinkingForm.Off && _plan.Model.TakesDisplay && _extras.Reasoning?.Tell is { } tell)
        {
            _json.WriteString("display"u8, tell ? "summarized"u8 : "omitted"u8);
        }
        _json.WriteEndObject();
    }

    private void WriteOutput()
    {
        if (_plan.Effort is null && _plan.Json != JsonForm.Schema && !_extras.HasInside("output_config."))
        {
            return;
        }
        _json.WriteStartObject("output_config"u8);
        if (_plan.Effort is not null)
        {
            _json.WriteString("effort"u8, _plan.Effort);
        }
        if (_plan.Json == JsonForm.Schema && _extras.Format is { } format)
        {
            _json.WriteStartObject("format"u8);
            _json.WriteString("type"u8, "json_schema"u8);
            _json.WritePropertyName("schema"u8);
            SchemaWriter.WriteStrict(_json, format.Schema);
            _json.WriteEndObject();
        }
        _extras.WriteInside(_json, "output_config.");
        _json.WriteEndObject();
    }

    private void WriteSampling()
    {
        if (_plan.Temperature is { } temperature)
        {
            _json.WriteNumber("temperature"u8, temperature);
        }
        if (_plan.TopP is { } topP)
        {
            _json.WriteNumber("top_p"u8, topP);
        }
        if (_plan.TopK is { } topK)
        {
            _json.WriteNumber("top_k"u8, topK);
        }
    }

    private void WriteStops()
    {
        var open = false;
        foreach (var stop in _turn.Stop)
        {
            if (string.IsNullOrWhiteSpace(stop))
            {
                // Anthropic refuses a stop text of white space alone.
                _dropped.Add("stop");
                continue;
            }
            if (!open)
            {
                _json.WriteStartArray("stop_sequences"u8);
                open = true;
            }
            _json.WriteStringValue(stop);
        }
        if (open)
        {
            _json.WriteEndArray();
        }
    }

    private void WriteMetadata()
    {
        var user = _turn.EndUser;
        if (user is not null && LooksPersonal(user))
        {
            _dropped.Add("user");
            user = null;
        }
        if (user is null && !_extras.HasInside("metadata."))
        {
            return;
        }
        _json.WriteStartObject("metadata"u8);
        if (user is not null)
        {
            _json.WriteString("user_id"u8, user);
        }
        _extras.WriteInside(_json, "metadata.");
        _json.WriteEndObject();
    }

    private void WriteTier()
    {
        switch (_turn.ServiceTier)
        {
            case null:
                break;
            case "auto" or "priority":
                // Anthropic's auto is to use priority capacity where the account has it.
                _json.WriteString("service_tier"u8, "auto"u8);
                break;
            case "standard_only" or "default":
                _json.WriteString("service_tier"u8, "standard_only"u8);
                break;
            default:
                _dropped.Add("service_tier");
                break;
        }
    }

    /// <summary>Anthropic asks for ids without mail addresses and telephone numbers, and LiteLLM sends none on.</summary>
    private static bool LooksPersonal(string user)
    {
        var at = user.IndexOf('@', StringComparison.Ordinal);
        if (at > 0 && user.IndexOf('.', at) > at + 1 && !user.Contains(' ', StringComparison.Ordinal))
        {
            return true;
        }
        var number = user.AsSpan().TrimStart('+');
        return number.Length >= 7 && !number.ContainsAnyExcept("0123456789 ()-");
    }
}
