using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Writes the items of <c>output</c>, for whole answers and for streams.</summary>
internal static class ItemWriter
{
    internal static ReadOnlySpan<byte> InProgress => "in_progress"u8;

    internal static ReadOnlySpan<byte> Completed => "completed"u8;

    internal static ReadOnlySpan<byte> Incomplete => "incomplete"u8;

    /// <summary>The elements of a reasoning item's <c>summary</c>.</summary>
    internal static void WriteSummary(Utf8JsonWriter json, string text)
    {
        if (text.Length > 0)
        {
            WriteSummaryPart(json, text);
        }
    }

    /// <summary>One part of a summary.</summary>
    internal static void WriteSummaryPart(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "summary_text"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    /// <summary>A message with the parts from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    internal static void WriteMessage(Utf8JsonWriter json, string id, ReadOnlySpan<byte> status, List<ContentPart> parts, int from, int to)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("status"u8, status);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteStartArray("content"u8);
        for (var i = from; i < to; i++)
        {
            ContentWriter.WriteOutput(json, parts[i], complete: true);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A reasoning item.</summary>
    internal static void WriteReasoning(Utf8JsonWriter json, string id, string text, string? seal, bool redacted)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "reasoning"u8);
        json.WriteStartArray("summary"u8);
        WriteSummary(json, text);
        json.WriteEndArray();
        if (!string.IsNullOrEmpty(seal))
        {
            json.WriteString("encrypted_content"u8, SealedThoughts.Join(seal, redacted));
        }
        json.WriteEndObject();
    }

    /// <summary>A call. <paramref name="input"/> holds arguments, or the text of a free-form tool.</summary>
    internal static void WriteCall(Utf8JsonWriter json, string id, ReadOnlySpan<byte> status, string callId, string name, bool freeForm, string input)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, freeForm ? "custom_tool_call"u8 : "function_call"u8);
        json.WriteString("status"u8, status);
        json.WriteString("call_id"u8, callId);
        json.WriteString("name"u8, name);
        json.WriteString(freeForm ? "input"u8 : "arguments"u8, input);
        json.WriteEndObject();
    }

    /// <summary>A picture that the model made, as OpenAI's own image tool tells it. An address is none of its words.</summary>
    internal static void WriteImage(Utf8JsonWriter json, string id, string? mediaType, string base64)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, Item.Image);
        json.WriteString("status"u8, Completed);
        json.WriteString("result"u8, base64);
        if (mediaType is not null && mediaType.StartsWith("image/", StringComparison.Ordinal))
        {
            json.WriteString("output_format"u8, mediaType["image/".Length..]);
        }
        json.WriteEndObject();
    }
}
