using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>The <c>response</c> object around the output, with the members of the request that OpenAI repeats and strict clients expect.</summary>
internal sealed class ResponseObject(AnswerContext context)
{
    private string _id = "resp_" + context.Id;
    private string _model = context.Turn.Model;
    private long _created = context.Created;

    /// <summary>Takes what the upstream tells of itself. Its id is kept when it has this dialect's form.</summary>
    internal void Take(string? id, string? model, long created)
    {
        _id = id is not null && id.StartsWith("resp_", StringComparison.Ordinal) ? id : _id;
        _model = string.IsNullOrEmpty(model) ? _model : model;
        _created = created > 0 ? created : _created;
    }

    /// <summary>An id for the n-th item.</summary>
    internal string ItemId(string prefix, int n) => $"{prefix}_{context.Id}_{n}";

    /// <summary>Whether <paramref name="id"/> is of that form, which OpenAI's are not: another vendor's thoughts, that have no id of their own.</summary>
    internal static bool IsMadeHere(string? id) => id is not null && id.IndexOf('_', StringComparison.Ordinal) != id.LastIndexOf('_');

    /// <summary>Writes the object.</summary>
    /// <param name="json">The writer, where a value is due.</param>
    /// <param name="status">Its status.</param>
    /// <param name="stop">Why the model stopped, for a status that is not good.</param>
    /// <param name="output">The items, comma between them.</param>
    /// <param name="usage">What was used; null while nothing is known.</param>
    /// <param name="tier">The tier that was served, in the upstream's words.</param>
    internal void Write(Utf8JsonWriter json, ReadOnlySpan<byte> status, StopReason stop, ReadOnlySpan<byte> output, TokenUsage? usage, string? tier)
    {
        var turn = context.Turn;
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, _created);
        json.WriteString("status"u8, status);
        json.WriteBoolean("background"u8, false);
        WriteTrouble(json, status, stop);
        json.WriteString("instructions"u8, turn.Messages is [{ Role: ChatRole.System, Parts: [TextPart text] }, ..] ? text.Text : null);
        WriteNumber(json, "max_output_tokens"u8, turn.MaxTokens);
        WriteEcho(json, "max_tool_calls", "null"u8);
        json.WriteString("model"u8, _model);
        json.WritePropertyName("output"u8);
        WriteList(json, output);
        json.WriteBoolean("parallel_tool_calls"u8, turn.ParallelToolCalls ?? true);
        json.WriteNull("previous_response_id"u8);
        WriteEcho(json, "prompt_cache_key", "null"u8);
        WriteReasoning(json, turn.Reasoning);
        json.WriteNull("safety_identifier"u8);
        json.WriteString("service_tier"u8, ResponsesRequestWriter.Tier(tier) ?? "default");
        json.WriteBoolean("store"u8, false);
        json.WriteNumber("temperature"u8, turn.Temperature ?? 1);
        json.WriteStartObject("text"u8);
        json.WritePropertyName("format"u8);
        ToolWriter.WriteFormat(json, turn.Format);
        WriteEcho(json, "verbosity", "\"medium\""u8);
        json.WriteEndObject();
        json.WritePropertyName("tool_choice"u8);
        ToolWriter.WriteChoice(json, turn.ToolChoice ?? Auto, turn.Tools);
        ToolWriter.WriteTools(json, turn.Tools, dropped: null);
        WriteEcho(json, "top_logprobs", "0"u8);
        json.WriteNumber("top_p"u8, turn.TopP ?? 1);
        WriteEcho(json, "truncation", "\"disabled\""u8);
        json.WritePropertyName("usage"u8);
        WriteUsage(json, usage);
        json.WriteString("user"u8, turn.EndUser);
        WriteEcho(json, "metadata", "{}"u8);
        json.WriteEndObject();
    }

    private static readonly ToolChoice Auto = new(ToolChoiceKind.Auto);

    private static void WriteTrouble(Utf8JsonWriter json, ReadOnlySpan<byte> status, StopReason stop)
    {
        if (stop == StopReason.Error && !status.SequenceEqual(ItemWriter.InProgress))
        {
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, "server_error"u8);
            json.WriteString("message"u8, "The model failed before its answer was complete."u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("error"u8);
        }
        if (status.SequenceEqual(ItemWriter.Incomplete))
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, stop == StopReason.ContentFilter ? "content_filter"u8 : "max_output_tokens"u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("incomplete_details"u8);
        }
    }

    private static void WriteReasoning(Utf8JsonWriter json, ReasoningWish? wish)
    {
        json.WriteStartObject("reasoning"u8);
        json.WriteString("effort"u8, wish?.Effort);
        json.WriteString("summary"u8, wish?.Summary);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>A member that the neutral form only carries, as the caller sent it.</summary>
    private void WriteEcho(Utf8JsonWriter json, string name, ReadOnlySpan<byte> otherwise)
    {
        json.WritePropertyName(name);
        foreach (var extra in context.Turn.Extras)
        {
            if (extra.Dialect == WireFormat.OpenAIResponses && extra.Name == name)
            {
                extra.Value.WriteTo(json);
                return;
            }
        }
        json.WriteRawValue(otherwise, skipInputValidation: true);
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> items)
    {
        json.WriteStartArray();
        if (!items.IsEmpty)
        {
            json.WriteRawValue(items, skipInputValidation: true);
        }
        json.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter json, TokenUsage? used)
    {
        if (used is not { } usage)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, usage.Prompt);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedPrompt);
        json.WriteNumber("cache_write_tokens"u8, usage.CacheWrite);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.Completion);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.Total > 0 ? usage.Total : usage.Prompt + usage.Completion);
        json.WriteEndObject();
    }

    /// <summary>The status of an answer that ended for this reason.</summary>
    internal static ReadOnlySpan<byte> Status(StopReason stop) => stop switch
    {
        StopReason.MaxTokens or StopReason.ContextWindow or StopReason.ContentFilter or StopReason.Pause => "incomplete"u8,
        StopReason.Error => "failed"u8,
        _ => "completed"u8,
    };
}
