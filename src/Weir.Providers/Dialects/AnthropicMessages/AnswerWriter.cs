using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Writes a whole answer. A message has one choice: others of the upstream's are left out, for nobody who speaks this dialect can have asked for them.</summary>
internal static class AnswerWriter
{
    internal static void Write(ChatResult result, AnswerContext context, Utf8JsonWriter json)
    {
        var choice = result.Choices.Count > 0 ? result.Choices[0] : new ChatChoice();
        json.WriteStartObject();
        json.WriteString("id"u8, result.Id.Length > 0 ? result.Id : "msg_" + context.Id);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, result.Model.Length > 0 ? result.Model : context.Turn.Model);
        json.WriteStartArray("content"u8);
        var (calls, refused) = (0, false);
        foreach (var part in choice.Parts)
        {
            refused |= part is RefusalPart;
            WritePart(part, context, json, ref calls);
        }
        json.WriteEndArray();
        json.WriteString("stop_reason"u8, Wire.StopWord(choice.Stop, calls > 0, refused));
        if (choice.StopSequence is { } text && choice.Stop == StopReason.StopSequence)
        {
            json.WriteString("stop_sequence"u8, text);
        }
        else
        {
            json.WriteNull("stop_sequence"u8);
        }
        UsageCounts.Write(json, result.Usage, UsageCounts.TierWord(result.ServiceTier));
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>The id under which a client sees a call: with the seal of the thoughts behind it, for it has no other place.</summary>
    internal static string CallId(string id, string? signature, AnswerContext context, int number) =>
        SignedToolIds.Join(id.Length > 0 ? id : $"toolu_{context.Id}{number}", signature);

    private static void WritePart(ContentPart part, AnswerContext context, Utf8JsonWriter json, ref int calls)
    {
        switch (part)
        {
            case TextPart { Text.Length: > 0 } text:
                json.WriteStartObject();
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, text.Text);
                if (!text.Citations.IsAbsent && text.CitationsFrom == WireFormat.AnthropicMessages)
                {
                    json.WritePropertyName("citations"u8);
                    text.Citations.WriteTo(json);
                }
                json.WriteEndObject();
                break;
            case RefusalPart { Text.Length: > 0 } refusal:
                json.WriteStartObject();
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, refusal.Text);
                json.WriteEndObject();
                break;
            case ThinkingPart { Redacted: true, Signature: { } data }:
                json.WriteStartObject();
                json.WriteString("type"u8, "redacted_thinking"u8);
                json.WriteString("data"u8, data);
                json.WriteEndObject();
                break;
            case ThinkingPart thinking when !thinking.Redacted && (thinking.Text.Length > 0 || thinking.Signature is not null):
                json.WriteStartObject();
                json.WriteString("type"u8, "thinking"u8);
                json.WriteString("thinking"u8, thinking.Text);
                // The official clients require the member; an empty one is what other vendors' thoughts have.
                json.WriteString("signature"u8, thinking.Signature ?? "");
                json.WriteEndObject();
                break;
            case ToolCallPart call:
                json.WriteStartObject();
                json.WriteString("type"u8, "tool_use"u8);
                json.WriteString("id"u8, CallId(call.Id, call.Signature, context, calls++));
                json.WriteString("name"u8, call.Name);
                json.WritePropertyName("input"u8);
                BlockWriter.WriteArguments(json, call.Arguments);
                json.WriteEndObject();
                break;
            case ImagePart image:
                // No model of Anthropic's paints; a client that asked another one to is served better by the picture than by its loss.
                json.WriteStartObject();
                BlockWriter.WriteImage(json, image);
                json.WriteEndObject();
                break;
            case OpaquePart { Dialect: WireFormat.AnthropicMessages } opaque:
                opaque.Value.WriteTo(json);
                break;
            default:
                break;
        }
    }
}
