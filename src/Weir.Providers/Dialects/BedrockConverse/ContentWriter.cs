using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Writes content blocks of a request, and behind each the cache point that its mark asks for.</summary>
internal sealed class ContentWriter(Utf8JsonWriter json, ModelFamily model, Dropped dropped)
{
    private readonly HashSet<string> _documents = new(StringComparer.Ordinal);

    /// <summary>Whether a part becomes a block; names it as dropped when it should and can't.</summary>
    internal bool IsSaid(ContentPart part, ChatRole role)
    {
        switch (part)
        {
            case TextPart text:
                return !string.IsNullOrWhiteSpace(text.Text);
            case RefusalPart refusal:
                return !string.IsNullOrWhiteSpace(refusal.Text);
            case OpaquePart opaque:
                return IsOwn(opaque);
            case ThinkingPart thinking:
                var sealedByAnother = thinking.Id is not null || (thinking.Signature is null && (model.IsClaude || thinking.Redacted));
                if (role != ChatRole.Assistant || sealedByAnother || (thinking.Text.Length == 0 && thinking.Signature is null))
                {
                    // Thoughts without the vendor's seal, or with another vendor's, are refused.
                    dropped.Add("reasoning");
                    return false;
                }
                return true;
            default:
                return true;
        }
    }

    internal bool IsSaidBySystem(ContentPart part)
    {
        switch (part)
        {
            case TextPart text:
                return !string.IsNullOrWhiteSpace(text.Text);
            case OpaquePart opaque:
                return IsOwn(opaque);
            default:
                dropped.Add("system[content]");
                return false;
        }
    }

    /// <exception cref="DialectException">Converse can't hold it.</exception>
    internal void Write(ContentPart part, in Place place)
    {
        switch (part)
        {
            case TextPart text:
                WriteText(text);
                break;
            case RefusalPart refusal:
                WriteText(refusal.Text);
                break;
            case ImagePart image:
                WriteImage(image, place);
                break;
            case DocumentPart document:
                WriteDocument(document, place);
                break;
            case MediaPart media:
                WriteMedia(media, place);
                break;
            case ToolCallPart call:
                WriteCall(call, place);
                break;
            case ToolResultPart result:
                WriteResult(result, place);
                break;
            case ThinkingPart thinking:
                WriteThinking(json, thinking);
                break;
            case OpaquePart opaque:
                opaque.Value.WriteTo(json);
                break;
            default:
                throw new DialectException(place.Path(""), $"Bedrock Converse can't hold a part of kind {part.GetType().Name}.");
        }
        CacheMark.Write(json, MarkOf(part), model);
    }

    internal static void WriteThinking(Utf8JsonWriter json, ThinkingPart thinking)
    {
        json.WriteStartObject();
        json.WriteStartObject("reasoningContent"u8);
        if (thinking.Redacted)
        {
            json.WriteString("redactedContent"u8, thinking.Signature);
        }
        else
        {
            json.WriteStartObject("reasoningText"u8);
            json.WriteString("text"u8, thinking.Text);
            if (thinking.Signature is not null)
            {
                json.WriteString("signature"u8, thinking.Signature);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private bool IsOwn(OpaquePart opaque)
    {
        if (opaque.Dialect == WireFormat.BedrockConverse)
        {
            return true;
        }
        dropped.Add($"content[{opaque.Kind}]");
        return false;
    }

    /// <summary>The part's own mark, or one inside of a result: the cache holds whole blocks.</summary>
    private static RawJson MarkOf(ContentPart part)
    {
        var mark = part.CacheControl;
        if (mark.IsAbsent && part is ToolResultPart result)
        {
            foreach (var inner in result.Content)
            {
                mark = inner.CacheControl.IsAbsent ? mark : inner.CacheControl;
            }
        }
        return mark;
    }

    private void WriteText(TextPart text)
    {
        if (text.Citations.IsAbsent)
        {
            WriteText(text.Text);
        }
        else if (text.CitationsFrom != WireFormat.BedrockConverse)
        {
            dropped.Add("citations");
            WriteText(text.Text);
        }
        else
        {
            WriteCited(json, text);
        }
    }

    internal static void WriteCited(Utf8JsonWriter json, TextPart text)
    {
        json.WriteStartObject();
        json.WriteStartObject("citationsContent"u8);
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, text.Text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WritePropertyName("citations"u8);
        text.Citations.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteText(string text)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    private void WriteImage(ImagePart image, in Place place)
    {
        var format = MediaFormats.ImageFormat(image.MediaType ?? TypeByName(image.Source.Url), image.Source.Base64 ?? "")
            ?? throw new DialectException(place.Path(""), image.Source.Base64 is null ? NoAddress(place) : $"Bedrock Converse takes images as png, jpeg, gif or webp; `{place.Path("")}` is none of them.");
        if (image.Detail is not (null or "auto"))
        {
            dropped.Add("detail");
        }
        json.WriteStartObject();
        json.WriteStartObject("image"u8);
        json.WriteString("format"u8, format);
        WriteSource(image.Source, place);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string? TypeByName(string? url) => url is null ? null : "image/" + url[(url.LastIndexOf('.') + 1)..].ToLowerInvariant();

    private void WriteDocument(DocumentPart document, in Place place)
    {
        var format = MediaFormats.DocumentFormat(document.MediaType, document.Name ?? document.Source.Url)
            ?? throw new DialectException(place.Path(""), document.Source.Base64 is null ? NoAddress(place) : $"Bedrock Converse takes documents as pdf, csv, doc, docx, xls, xlsx, html, txt or md; `{place.Path("")}` is none of them.");
        json.WriteStartObject();
        json.WriteStartObject("document"u8);
        json.WriteString("format"u8, format);
        json.WriteString("name"u8, Names.Document(document.Name, format, _documents));
        WriteSource(document.Source, place);
        if (document.Context is not null)
        {
            json.WriteString("context"u8, document.Context);
        }
        if (document.Citations is { } citations)
        {
            json.WriteStartObject("citations"u8);
            json.WriteBoolean("enabled"u8, citations);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteMedia(MediaPart media, in Place place)
    {
        json.WriteStartObject();
        json.WriteStartObject(media.MediaType.StartsWith("video/", StringComparison.Ordinal) ? "video"u8 : "audio"u8);
        json.WriteString("format"u8, MediaFormats.MediaFormat(media.MediaType));
        WriteSource(media.Source, place);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteSource(in MediaSource source, in Place place)
    {
        json.WriteStartObject("source"u8);
        if (source.Base64 is { } bytes)
        {
            json.WriteString("bytes"u8, bytes);
        }
        else if (source.Url is { } url && url.StartsWith("s3://", StringComparison.Ordinal))
        {
            json.WriteStartObject("s3Location"u8);
            json.WriteString("uri"u8, url);
            json.WriteEndObject();
        }
        else
        {
            throw new DialectException(place.Path(""), NoAddress(place));
        }
        json.WriteEndObject();
    }

    private static string NoAddress(in Place place) =>
        $"Bedrock Converse fetches no addresses and knows no uploaded files: send `{place.Path("")}` as bytes (a data: address) or as s3://.";

    private void WriteCall(ToolCallPart call, in Place place)
    {
        var arguments = string.IsNullOrWhiteSpace(call.Arguments) ? [] : Encoding.UTF8.GetBytes(call.Arguments);
        if (arguments.Length > 0 && !OutputConfigReader.IsObject(arguments))
        {
            throw new DialectException(place.Path(""), $"The arguments of the tool call in `{place.Path("")}` are no JSON object, and Bedrock Converse carries them as one.");
        }
        json.WriteStartObject();
        json.WriteStartObject("toolUse"u8);
        json.WriteString("toolUseId"u8, Names.ToolId(call.Id));
        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("input"u8);
        json.WriteRawValue(arguments.Length == 0 ? "{}"u8 : arguments, skipInputValidation: true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteResult(ToolResultPart result, in Place place)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolResult"u8);
        json.WriteString("toolUseId"u8, Names.ToolId(result.CallId));
        json.WriteStartArray("content"u8);
        for (var n = 0; n < result.Content.Count; n++)
        {
            var part = result.Content[n];
            if (part is TextPart or ImagePart or DocumentPart or OpaquePart || part is MediaPart { MediaType: var type } && type.StartsWith("video/", StringComparison.Ordinal))
            {
                if (IsSaid(part, ChatRole.User))
                {
                    Write(part with { CacheControl = default }, place with { Inner = n });
                }
            }
            else
            {
                dropped.Add("tool_result[content]");
            }
        }
        json.WriteEndArray();
        if (result.IsError)
        {
            json.WriteString("status"u8, "error"u8);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
