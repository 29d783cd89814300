using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Writes parts of answers.</summary>
internal static class GeminiPartWriter
{
    /// <summary>Text, or thoughts.</summary>
    public static void Text(Utf8JsonWriter json, string text, bool thought)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        if (thought)
        {
            json.WriteBoolean("thought"u8, true);
        }

        json.WriteEndObject();
    }

    /// <summary>Thoughts with their seal; either may be missing.</summary>
    public static void Thinking(Utf8JsonWriter json, string text, string? seal, bool redacted)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteBoolean("thought"u8, true);
        if (seal is not null)
        {
            json.WriteString("thoughtSignature"u8, GeminiSeal.Wrap(seal, redacted));
        }

        json.WriteEndObject();
    }

    /// <summary>A tool call. The id is written always: the client has to bring it back.</summary>
    public static void Call(Utf8JsonWriter json, string id, string name, string arguments, string? seal)
    {
        json.WriteStartObject();
        json.WriteStartObject("functionCall"u8);
        if (id.Length > 0)
        {
            json.WriteString("id"u8, id);
        }

        json.WriteString("name"u8, name);
        GeminiArguments.Write(json, arguments);
        json.WriteEndObject();
        if (seal is not null)
        {
            json.WriteString("thoughtSignature"u8, Seals.IsMarked(seal) ? GeminiSeal.Wrap(seal, redacted: false) : seal);
        }

        json.WriteEndObject();
    }

    /// <summary>The whole part for a picture, a sound or a document.</summary>
    public static RawJson Raw(ContentPart? media)
    {
        var target = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(target, GeminiJson.WriterOptions);
        switch (media)
        {
            case ImagePart image:
                Media(json, image.MediaType, image.Source);
                break;
            case MediaPart sound:
                Media(json, sound.MediaType, sound.Source);
                break;
            case DocumentPart document:
                Media(json, document.MediaType, document.Source);
                break;
        }

        json.Flush();
        return new(target.WrittenMemory);
    }

    /// <summary>Bytes or an address.</summary>
    public static void Media(Utf8JsonWriter json, string? mediaType, MediaSource source)
    {
        var uri = source.Url ?? source.FileId;
        json.WriteStartObject();
        json.WriteStartObject(uri is null ? "inlineData"u8 : "fileData"u8);
        json.WriteString("mimeType"u8, mediaType ?? (uri is null ? null : GeminiMedia.TypeOf(uri)) ?? "application/octet-stream");
        json.WriteString(uri is null ? "data"u8 : "fileUri"u8, uri ?? source.Base64);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
