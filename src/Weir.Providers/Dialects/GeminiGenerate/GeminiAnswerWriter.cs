using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Writes a whole answer.</summary>
internal static class GeminiAnswerWriter
{
    /// <summary>Writes <paramref name="result"/>.</summary>
    public static void Write(ChatResult result, AnswerContext context, IBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target, GeminiJson.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("candidates"u8);
        foreach (var choice in result.Choices)
        {
            Candidate(json, choice);
        }

        json.WriteEndArray();
        GeminiUsage.Write(json, result.Usage);
        json.WriteString("modelVersion"u8, result.Model.Length > 0 ? result.Model : context.Turn.Model);
        var created = result.Created > 0 ? result.Created : context.Created;
        json.WriteString("createTime"u8, DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(created, 0, 253402300799)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteString("responseId"u8, result.Id.Length > 0 ? result.Id : context.Id);
        json.WriteEndObject();
        json.Flush();
    }

    private static void Candidate(Utf8JsonWriter json, ChatChoice choice)
    {
        json.WriteStartObject();
        json.WriteStartObject("content"u8);
        json.WriteStartArray("parts"u8);
        var partOf = new List<int>(choice.Parts.Count);
        var written = 0;
        foreach (var part in choice.Parts)
        {
            partOf.Add(written);
            written += Part(json, part) ? 1 : 0;
        }

        json.WriteEndArray();
        json.WriteString("role"u8, "model"u8);
        json.WriteEndObject();
        json.WriteString("finishReason"u8, GeminiStop.Write(choice.Stop));
        json.WriteNumber("index"u8, choice.Index);
        GeminiCitations.Write(json, choice.Parts, partOf);
        json.WriteEndObject();
    }

    private static bool Part(Utf8JsonWriter json, ContentPart part)
    {
        switch (part)
        {
            case TextPart text:
                GeminiPartWriter.Text(json, text.Text, thought: false);
                return true;
            case RefusalPart refusal:
                GeminiPartWriter.Text(json, refusal.Text, thought: false);
                return true;
            case ThinkingPart thinking:
                GeminiPartWriter.Thinking(json, thinking.Text, thinking.Signature, thinking.Redacted);
                return true;
            case ToolCallPart call:
                GeminiPartWriter.Call(json, call.Id, call.Name, call.Arguments, call.Signature);
                return true;
            case ImagePart image:
                GeminiPartWriter.Media(json, image.MediaType, image.Source);
                return true;
            case MediaPart media:
                GeminiPartWriter.Media(json, media.MediaType, media.Source);
                return true;
            case DocumentPart document:
                GeminiPartWriter.Media(json, document.MediaType, document.Source);
                return true;
            case OpaquePart { Dialect: WireFormat.GeminiGenerate } opaque:
                opaque.Value.WriteTo(json);
                return true;
            default:
                // Another dialect's own: a built-in tool's call or result, of which a Gemini client knows nothing.
                return false;
        }
    }
}
