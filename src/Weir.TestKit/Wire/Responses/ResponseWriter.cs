using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Wire.Responses;

/// <summary>Writes the response object and its items.</summary>
internal sealed class ResponseWriter(ResponsesRequest request, Spoken spoken)
{
    public string Id { get; } = $"resp_{request.Number:D6}";

    public string ReasoningId { get; } = $"rs_{request.Number:D6}";

    public string MessageId { get; } = $"msg_{request.Number:D6}";

    /// <summary>The response has a message: text or a refusal.</summary>
    public bool HasMessage => spoken.Text is not null || spoken.Refusal is not null;

    /// <summary>How the response ends.</summary>
    public string EndStatus => spoken.Finish is "length" or "content_filter" ? "incomplete" : "completed";

    public string CallItemId(int call) => $"fc_{request.Number:D6}_{call}";

    /// <summary>The response; its output only when it has ended.</summary>
    public void Write(Utf8JsonWriter json, string status)
    {
        var ended = status is "completed" or "incomplete";
        json.WriteString("id", Id);
        json.WriteString("object", "response");
        json.WriteNumber("created_at", Answer.Created);
        json.WriteString("status", status);
        json.WriteBoolean("background", request.Background);
        json.WriteNull("error");
        if (ended && status == "incomplete")
        {
            json.WriteStartObject("incomplete_details");
            json.WriteString("reason", spoken.Finish == "length" ? "max_output_tokens" : "content_filter");
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("incomplete_details");
        }

        Echo(json, "instructions", null);
        Echo(json, "max_output_tokens", null);
        json.WriteString("model", request.Model);
        json.WriteStartArray("output");
        if (ended)
        {
            WriteOutput(json);
        }

        json.WriteEndArray();
        Echo(json, "parallel_tool_calls", "true");
        Echo(json, "previous_response_id", null);
        json.WriteStartObject("reasoning");
        json.WriteString("effort", request.Member("reasoning")?.Text("effort"));
        json.WriteString("summary", request.Member("reasoning")?.Text("summary"));
        json.WriteEndObject();
        json.WriteString("service_tier", "default");
        json.WriteBoolean("store", request.Store);
        Echo(json, "temperature", "1.0");
        Echo(json, "text", """{"format":{"type":"text"}}""");
        Echo(json, "tool_choice", "\"auto\"");
        Echo(json, "tools", "[]");
        Echo(json, "top_p", "1.0");
        Echo(json, "truncation", "\"disabled\"");
        if (ended)
        {
            WriteUsage(json, spoken.Usage);
        }
        else
        {
            json.WriteNull("usage");
        }

        Echo(json, "user", null);
        Echo(json, "metadata", "{}");
    }

    public void WriteOutput(Utf8JsonWriter json)
    {
        if (spoken.Reasoning is not null)
        {
            WriteReasoning(json, ended: true);
        }

        if (HasMessage)
        {
            WriteMessage(json, EndStatus);
        }

        for (var call = 0; call < spoken.Calls.Length; call++)
        {
            WriteCall(json, call, "completed");
        }
    }

    public void WriteReasoning(Utf8JsonWriter json, bool ended)
    {
        json.WriteStartObject();
        json.WriteString("id", ReasoningId);
        json.WriteString("type", "reasoning");
        json.WriteStartArray("summary");
        if (ended && request.WantsSummary)
        {
            WriteSummary(json, spoken.Reasoning ?? "");
        }

        json.WriteEndArray();
        if (ended && request.WantsEncrypted)
        {
            json.WriteString("encrypted_content", Seal.Of(ResponsesRequest.Encrypted, spoken.Reasoning ?? ""));
        }

        json.WriteEndObject();
    }

    public static void WriteSummary(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "summary_text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    public void WriteMessage(Utf8JsonWriter json, string status)
    {
        json.WriteStartObject();
        json.WriteString("id", MessageId);
        json.WriteString("type", "message");
        json.WriteString("status", status);
        json.WriteString("role", "assistant");
        json.WriteStartArray("content");
        if (status != "in_progress")
        {
            WritePart(json, spoken.Refusal ?? spoken.Text ?? "");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", spoken.Refusal is null ? "output_text" : "refusal");
        if (spoken.Refusal is null)
        {
            json.WriteString("text", text);
            json.WriteStartArray("annotations");
            json.WriteEndArray();
            json.WriteStartArray("logprobs");
            json.WriteEndArray();
        }
        else
        {
            json.WriteString("refusal", text);
        }

        json.WriteEndObject();
    }

    public void WriteCall(Utf8JsonWriter json, int call, string status)
    {
        json.WriteStartObject();
        json.WriteString("id", CallItemId(call));
        json.WriteString("type", "function_call");
        json.WriteString("status", status);
        json.WriteString("arguments", status == "in_progress" ? "" : spoken.Calls[call].Arguments);
        json.WriteString("call_id", $"call_{request.Number:D6}_{call}");
        json.WriteString("name", spoken.Calls[call].Name);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, ScriptedUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", usage.PromptTokens);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", usage.CachedTokens);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", usage.CompletionTokens);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", usage.ReasoningTokens);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", usage.PromptTokens + usage.CompletionTokens);
        json.WriteEndObject();
    }

    /// <summary>A member as the request has it, else as the API fills it in; null = JSON's null.</summary>
    private void Echo(Utf8JsonWriter json, string member, string? otherwise)
    {
        json.WritePropertyName(member);
        if (request.Member(member) is { } given)
        {
            given.WriteTo(json);
        }
        else
        {
            json.WriteRawValue(otherwise ?? "null");
        }
    }
}
