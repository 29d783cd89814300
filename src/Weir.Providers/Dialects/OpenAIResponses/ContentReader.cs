using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Reads <c>content</c>, <c>output</c> and <c>summary</c>: a string or a list of parts.</summary>
internal static class ContentReader
{
    private static readonly RawJson CacheMark = RawJson.Of("{\"type\":\"ephemeral\"}"u8);

    /// <summary>Reads the value that follows the member's name, and adds what it says.</summary>
    internal static void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, in Place place, string member, List<ContentPart> parts)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                parts.Add(new TextPart(Fields.Decode(ref reader)));
                return;
            case JsonTokenType.Null:
                return;
            case JsonTokenType.StartArray:
                break;
            default:
                if (place.IsStrict)
                {
                    throw place.Wrong(member, "a string or a list of parts");
                }
                reader.Skip();
                return;
        }
        for (var n = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; n++)
        {
            var here = place.Within(member, n);
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                parts.Add(ReadPart(ref reader, source, here));
            }
            else if (place.IsStrict)
            {
                throw here.Wrong("", "an object");
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Reads the part on whose brace the reader stands.</summary>
    internal static ContentPart ReadPart(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, in Place place)
    {
        var type = Fields.Peek(reader, "type"u8);
        switch (type)
        {
            case "input_text" or "output_text" or "text" or "summary_text" or "reasoning_text":
            case "refusal":
                return ReadText(ref reader, source, place, type == "refusal");
            case "input_image":
                return ReadImage(ref reader, place);
            case "input_file":
                return ReadFile(ref reader, place);
            case "input_audio":
                return ReadAudio(ref reader, place);
            case null when place.IsStrict:
                throw place.Wrong("type", "the kind of the part");
            default:
                return new OpaquePart(WireFormat.OpenAIResponses, type ?? "", RawJson.Copy(ref reader, source));
        }
    }

    private static ContentPart ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, in Place place, bool refusal)
    {
        var text = "";
        RawJson annotations = default, mark = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (refusal ? reader.ValueTextEquals("refusal"u8) : reader.ValueTextEquals("text"u8))
            {
                text = Fields.Text(ref reader, place, refusal ? "refusal" : "text") ?? "";
            }
            else if (reader.ValueTextEquals("prompt_cache_breakpoint"u8))
            {
                reader.Read();
                mark = reader.TokenType == JsonTokenType.StartObject ? CacheMark : default;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("annotations"u8))
            {
                reader.Read();
                var value = RawJson.Copy(ref reader, source);
                // Most answers carry an empty list.
                annotations = value.Utf8.Span is [(byte)'[', .. var inner, (byte)']'] && inner.ContainsAnyExcept(" \t\r\n"u8) ? value : default;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return refusal ? new RefusalPart(text)
            : new TextPart(text) { Citations = annotations, CitationsFrom = annotations.IsAbsent ? default : WireFormat.OpenAIResponses, CacheControl = mark };
    }

    private static ImagePart ReadImage(ref Utf8JsonReader reader, in Place place)
    {
        string? url = null, file = null, detail = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("image_url"u8))
            {
                url = Fields.Text(ref reader, place, "image_url");
            }
            else if (reader.ValueTextEquals("file_id"u8))
            {
                file = Fields.Text(ref reader, place, "file_id");
            }
            else if (reader.ValueTextEquals("detail"u8))
            {
                detail = Fields.Text(ref reader, place, "detail");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (url is null && file is null && place.IsStrict)
        {
            throw new DialectException(place.Path("image_url"), $"'{place.Path("")}' names no picture: it needs 'image_url' or 'file_id'.");
        }
        // "auto" is what is meant when nothing is said.
        detail = detail == "auto" ? null : detail;
        return url is null ? new ImagePart(null, MediaSource.OfFile(file ?? "")) { Detail = detail }
            : DataUrl.TrySplit(url, out var type, out var data) ? new ImagePart(type, MediaSource.OfBase64(data)) { Detail = detail }
            : new ImagePart(null, MediaSource.OfUrl(url)) { Detail = detail };
    }

    private static DocumentPart ReadFile(ref Utf8JsonReader reader, in Place place)
    {
        string? url = null, file = null, data = null, name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("file_url"u8))
            {
                url = Fields.Text(ref reader, place, "file_url");
            }
            else if (reader.ValueTextEquals("file_id"u8))
            {
                file = Fields.Text(ref reader, place, "file_id");
            }
            else if (reader.ValueTextEquals("file_data"u8))
            {
                data = Fields.Text(ref reader, place, "file_data");
            }
            else if (reader.ValueTextEquals("filename"u8))
            {
                name = Fields.Text(ref reader, place, "filename");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (data is not null)
        {
            return DataUrl.TrySplit(data, out var type, out var base64)
                ? new DocumentPart(type, MediaSource.OfBase64(base64)) { Name = name }
                : new DocumentPart(MediaTypes.OfFile(name), MediaSource.OfBase64(data)) { Name = name };
        }
        if (url is null && file is null && place.IsStrict)
        {
            throw new DialectException(place.Path("file_data"), $"'{place.Path("")}' names no file: it needs 'file_data', 'file_url' or 'file_id'.");
        }
        return new DocumentPart(MediaTypes.OfFile(name), url is null ? MediaSource.OfFile(file ?? "") : MediaSource.OfUrl(url)) { Name = name };
    }

    private static MediaPart ReadAudio(ref Utf8JsonReader reader, in Place place)
    {
        string? data = null, format = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("input_audio"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else if (Fields.Enter(ref reader, JsonTokenType.StartObject, place, "input_audio"))
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (reader.ValueTextEquals("data"u8))
                    {
                        data = Fields.Text(ref reader, place, "input_audio.data");
                    }
                    else if (reader.ValueTextEquals("format"u8))
                    {
                        format = Fields.Text(ref reader, place, "input_audio.format");
                    }
                    else
                    {
                        reader.Read();
                        reader.Skip();
                    }
                }
            }
        }
        if (data is null && place.IsStrict)
        {
            throw new DialectException(place.Path("input_audio"), $"'{place.Path("input_audio")}' needs 'data' and 'format'.");
        }
        return new MediaPart(MediaTypes.OfAudio(format), MediaSource.OfBase64(data ?? ""));
    }
}
