using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Writes a whole answer of Converse. It holds one choice; further ones can't be said.</summary>
internal static class AnswerWriter
{
    internal static void Write(ChatResult result, IBufferWriter<byte> target)
    {
        var choice = result.Choices.Count > 0 ? result.Choices[0] : new ChatChoice();
        using var json = new Utf8JsonWriter(target, Json.Writing);
        json.WriteStartObject();
        json.WriteStartObject("output"u8);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteStartArray("content"u8);
        foreach (var part in choice.Parts)
        {
            WritePart(json, part);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("stopReason"u8, Stops.Write(choice.Stop));
        if (choice.StopSequence is not null)
        {
            json.WriteStartObject("additionalModelResponseFields"u8);
            json.WriteString("stop_sequence"u8, choice.StopSequence);
            json.WriteEndObject();
        }
        Usage.Write(json, result.Usage);
        json.WriteStartObject("metrics"u8);
        json.WriteNumber("latencyMs"u8, 0);
        json.WriteEndObject();
        if (result.ServiceTier is "default" or "flex" or "priority" or "reserved")
        {
            json.WriteStartObject("serviceTier"u8);
            json.WriteString("type"u8, result.ServiceTier);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, ContentPart part)
    {
        switch (part)
        {
            case TextPart { Citations.IsAbsent: false, CitationsFrom: WireFormat.BedrockConverse } cited:
                ContentWriter.WriteCited(json, cited);
                break;
            case TextPart text:
                WriteText(json, text.Text);
                break;
            case RefusalPart refusal:
                WriteText(json, refusal.Text);
                break;
            case ThinkingPart thinking:
                ContentWriter.WriteThinking(json, thinking);
                break;
            case ToolCallPart call:
                WriteCall(json, call);
                break;
            case ImagePart { Source.Base64: { } bytes } image when MediaFormats.ImageFormat(image.MediaType, bytes) is { } format:
                json.WriteStartObject();
                json.WriteStartObject("image"u8);
                json.WriteString("format"u8, format);
                json.WriteStartObject("source"u8);
                json.WriteString("bytes"u8, bytes);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case OpaquePart { Dialect: WireFormat.BedrockConverse } opaque:
                opaque.Value.WriteTo(json);
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, ToolCallPart call)
    {
        var arguments = Encoding.UTF8.GetBytes(string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
        json.WriteStartObject();
        json.WriteStartObject("toolUse"u8);
        json.WriteString("toolUseId"u8, Names.ToolId(call.Id));
        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("input"u8);
        if (OutputConfigReader.IsObject(arguments))
        {
            json.WriteRawValue(arguments, skipInputValidation: true);
        }
        else
        {
            // What the model wrote is no JSON: the caller gets to see it as a text, which this member may be.
            json.WriteStringValue(call.Arguments);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
