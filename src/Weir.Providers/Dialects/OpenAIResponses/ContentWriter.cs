using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Writes the parts of messages and of tool outputs.</summary>
internal static class ContentWriter
{
    /// <summary>Writes a part of a user's, system's or developer's message, or of a tool's output. False, and named in <paramref name="dropped"/>, when it can't be said.</summary>
    /// <exception cref="DialectException">It can't be said, and the question would be another one without it.</exception>
    internal static void WriteInput(Utf8JsonWriter json, ContentPart part, string path, Dropped dropped)
    {
        if (!part.CacheControl.IsAbsent)
        {
            // OpenAI caches by itself.
            dropped.Add("cache_control");
        }
        switch (part)
        {
            case TextPart text:
                WriteText(json, "input_text"u8, text.Text);
                break;
            case RefusalPart refusal:
                WriteText(json, "input_text"u8, refusal.Text);
                break;
            case ImagePart image:
                WriteImage(json, image);
                break;
            case DocumentPart document:
                WriteDocument(json, document, dropped);
                break;
            case MediaPart media:
                WriteMedia(json, media, path);
                break;
            case OpaquePart opaque when opaque.Dialect == WireFormat.OpenAIResponses:
                opaque.Value.WriteTo(json);
                break;
            case OpaquePart opaque:
                dropped.Add(opaque.Kind);
                break;
            case ThinkingPart:
                dropped.Add("reasoning_content");
                break;
            default:
                throw new DialectException(path, $"'{path}' can't stand in a message of this role in OpenAI's Responses API.");
        }
    }

    /// <summary>Writes a text or a refusal that a model said, with the sources that it named.</summary>
    internal static void WriteOutput(Utf8JsonWriter json, ContentPart part, bool complete)
    {
        json.WriteStartObject();
        if (part is TextPart text)
        {
            json.WriteString("type"u8, "output_text"u8);
            json.WriteString("text"u8, text.Text);
            if (complete || !text.Citations.IsAbsent)
            {
                json.WriteStartArray("annotations"u8);
                Annotations.Write(json, text);
                json.WriteEndArray();
            }
            if (complete)
            {
                json.WriteStartArray("logprobs"u8);
                json.WriteEndArray();
            }
        }
        else if (part is RefusalPart refusal)
        {
            json.WriteString("type"u8, "refusal"u8);
            json.WriteString("refusal"u8, refusal.Text);
        }
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> type, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter json, ImagePart image)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "input_image"u8);
        if (image.Source.FileId is { } file)
        {
            json.WriteString("file_id"u8, file);
        }
        else
        {
            json.WriteString("image_url"u8, image.Source.Url ?? DataUrl.Of(image.MediaType ?? "image/png", image.Source.Base64 ?? ""));
        }
        json.WriteString("detail"u8, image.Detail ?? "auto");
        json.WriteEndObject();
    }

    private static void WriteDocument(Utf8JsonWriter json, DocumentPart document, Dropped dropped)
    {
        if (document.Context is not null)
        {
            dropped.Add("context");
        }
        if (document.Citations == true)
        {
            dropped.Add("citations");
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "input_file"u8);
        if (document.Source.FileId is { } file)
        {
            json.WriteString("file_id"u8, file);
        }
        else if (document.Source.Url is { } url)
        {
            json.WriteString("file_url"u8, url);
        }
        else
        {
            json.WriteString("filename"u8, string.IsNullOrEmpty(document.Name) ? MediaTypes.NameFor(document.MediaType) : document.Name);
            json.WriteString("file_data"u8, DataUrl.Of(document.MediaType ?? "application/pdf", document.Source.Base64 ?? ""));
        }
        json.WriteEndObject();
    }

    private static void WriteMedia(Utf8JsonWriter json, MediaPart media, string path)
    {
        if (media.Source.Base64 is null || !media.MediaType.StartsWith("audio/", StringComparison.Ordinal))
        {
            throw new DialectException(path, media.Source.Base64 is null
                ? $"'{path}' is a sound or a film by address; OpenAI's Responses API takes sounds as bytes only: send it as base64."
                : $"'{path}' is a film, and OpenAI's Responses API takes none.");
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "input_audio"u8);
        json.WriteStartObject("input_audio"u8);
        json.WriteString("data"u8, media.Source.Base64);
        json.WriteString("format"u8, MediaTypes.ToAudio(media.MediaType));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
