using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads the parts of a message's content.</summary>
internal static class PartReader
{
    /// <summary>The members of all kinds of parts, until the last one has been seen: <c>type</c> need not come first.</summary>
    private struct Draft
    {
        internal string? Type;
        internal string? Text;
        internal string? Thinking;
        internal string? Signature;
        internal string? Data;
        internal string? Id;
        internal string? Url;
        internal string? Detail;
        internal string? Format;
        internal string? AudioData;
        internal string? FileId;
        internal string? FileData;
        internal string? FileName;
        internal RawJson CacheControl;
        internal DocumentPart? Document;
    }

    /// <summary>A string, or an array of parts.</summary>
    internal static void ReadContent(ref BodyReader reader, string member, List<ContentPart> parts)
    {
        if (reader.Json.TokenType == JsonTokenType.String)
        {
            parts.Add(new TextPart(reader.Text(member) ?? ""));
            return;
        }
        if (!reader.EnterArray(member))
        {
            return;
        }
        var at = reader.At;
        for (var i = 0; reader.NextItem(); i++)
        {
            reader.At = BodyReader.Item(at, member, i);
            if (reader.Json.TokenType == JsonTokenType.String)
            {
                parts.Add(new TextPart(reader.Text("text") ?? ""));
            }
            else if (reader.EnterObject("type"))
            {
                parts.Add(ReadPart(ref reader));
            }
        }
        reader.At = at;
    }

    private static ContentPart ReadPart(ref BodyReader reader)
    {
        var again = reader;
        var draft = default(Draft);
        while (reader.NextMember())
        {
            if (reader.Is("type"u8))
            {
                draft.Type = reader.Text("type");
            }
            else if (reader.Is("text"u8))
            {
                draft.Text = reader.Text("text");
            }
            else if (reader.Is("image_url"u8) || reader.Is("video_url"u8))
            {
                ReadUrl(ref reader, ref draft);
            }
            else if (reader.Is("input_audio"u8) || reader.Is("file"u8))
            {
                ReadFile(ref reader, ref draft);
            }
            else if (reader.Is("cache_control"u8))
            {
                draft.CacheControl = reader.RawUnlessNull();
            }
            else if (reader.Is("thinking"u8))
            {
                draft.Thinking = ReadThoughts(ref reader);
            }
            else if (reader.Is("signature"u8))
            {
                draft.Signature = reader.Text("signature");
            }
            else if (reader.Is("data"u8))
            {
                draft.Data = reader.Json.TokenType == JsonTokenType.String ? reader.Text("data") : null;
                reader.Json.Skip();
            }
            else if (reader.Is("refusal"u8))
            {
                draft.Text = reader.Text("refusal");
            }
            else if (reader.Is("id"u8))
            {
                draft.Id = reader.Json.TokenType == JsonTokenType.String ? reader.Text("id") : null;
                reader.Json.Skip();
            }
            else
            {
                reader.SkipMember();
            }
        }
        if (draft.Type == "document")
        {
            draft.Document = DocumentReader.Read(again);
        }
        var part = Make(draft, ref reader) ?? new OpaquePart(WireFormat.OpenAIChat, draft.Type ?? "", again.Raw());
        return draft.CacheControl.IsAbsent ? part : part with { CacheControl = draft.CacheControl };
    }

    private static ContentPart? Make(in Draft draft, ref BodyReader reader)
    {
        switch (draft.Type)
        {
            case "text" or "input_text" or "output_text":
                return new TextPart(reader.Required(draft.Text, "text"));
            case null when draft.Text is not null:
                return new TextPart(draft.Text);
            case null:
                reader.Required(draft.Type, "type");
                return null;
            case "refusal":
                return new RefusalPart(draft.Text ?? "");
            case "thinking":
                return new ThinkingPart(draft.Thinking ?? "") { Signature = Unless(draft.Signature), Id = draft.Id };
            case "redacted_thinking":
                return new ThinkingPart("") { Signature = draft.Data, Redacted = true };
            case "image_url":
                var url = reader.Required(draft.Url, "image_url.url");
                return DataUrl.TrySplit(url, out var imageType, out var image)
                    ? new ImagePart(imageType, MediaSource.OfBase64(image)) { Detail = draft.Detail }
                    : new ImagePart(draft.Format, MediaSource.OfUrl(url)) { Detail = draft.Detail };
            case "video_url":
                var film = reader.Required(draft.Url, "video_url.url");
                return DataUrl.TrySplit(film, out var filmType, out var bytes)
                    ? new MediaPart(filmType, MediaSource.OfBase64(bytes))
                    : new MediaPart(draft.Format ?? "video/mp4", MediaSource.OfUrl(film));
            case "input_audio":
                return new MediaPart("audio/" + (draft.Format ?? "wav"), MediaSource.OfBase64(reader.Required(draft.AudioData, "input_audio.data")));
            case "file":
                return MakeFile(draft, ref reader);
            default:
                return draft.Document;
        }
    }

    /// <summary>What a file is, is told by its type: LiteLLM takes pictures, sounds and films here, too, and an address for an id.</summary>
    private static ContentPart MakeFile(in Draft draft, ref BodyReader reader)
    {
        var type = draft.Format;
        MediaSource source;
        if (draft.FileData is { } data)
        {
            if (DataUrl.TrySplit(data, out var told, out var base64))
            {
                (type, data) = (told, base64);
            }
            source = MediaSource.OfBase64(data);
        }
        else
        {
            var id = reader.Required(draft.FileId, "file.file_id");
            source = id.Contains("://", StringComparison.Ordinal) ? MediaSource.OfUrl(id) : MediaSource.OfFile(id);
        }
        return type switch
        {
            not null when type.StartsWith("image/", StringComparison.Ordinal) => new ImagePart(type, source),
            not null when type.StartsWith("audio/", StringComparison.Ordinal) || type.StartsWith("video/", StringComparison.Ordinal) => new MediaPart(type, source),
            _ => new DocumentPart(type, source) { Name = draft.FileName },
        };
    }

    private static void ReadUrl(ref BodyReader reader, ref Draft draft)
    {
        if (reader.Json.TokenType == JsonTokenType.String)
        {
            draft.Url = reader.Text("image_url");
            return;
        }
        if (!reader.EnterObject("image_url"))
        {
            return;
        }
        while (reader.NextMember())
        {
            if (reader.Is("url"u8))
            {
                draft.Url = reader.Text("image_url.url");
            }
            else if (reader.Is("detail"u8))
            {
                draft.Detail = reader.Text("image_url.detail");
            }
            else if (reader.Is("format"u8))
            {
                draft.Format = reader.Text("image_url.format");
            }
            else
            {
                reader.SkipMember();
            }
        }
    }

    private static void ReadFile(ref BodyReader reader, ref Draft draft)
    {
        if (!reader.EnterObject("file"))
        {
            return;
        }
        while (reader.NextMember())
        {
            if (reader.Is("data"u8))
            {
                draft.AudioData = reader.Text("input_audio.data");
            }
            else if (reader.Is("format"u8))
            {
                draft.Format = reader.Text("format");
            }
            else if (reader.Is("file_data"u8))
            {
                draft.FileData = reader.Text("file.file_data");
            }
            else if (reader.Is("file_id"u8))
            {
                draft.FileId = reader.Text("file.file_id");
            }
            else if (reader.Is("filename"u8))
            {
                draft.FileName = reader.Text("file.filename");
            }
            else
            {
                reader.SkipMember();
            }
        }
    }

    /// <summary>A text, or (Mistral) a list of text parts.</summary>
    private static string? ReadThoughts(ref BodyReader reader)
    {
        if (reader.Json.TokenType != JsonTokenType.StartArray)
        {
            return reader.Text("thinking");
        }
        var parts = new List<ContentPart>();
        ReadContent(ref reader, "thinking", parts);
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append((part as TextPart)?.Text);
        }
        return text.ToString();
    }

    private static string? Unless(string? empty) => string.IsNullOrEmpty(empty) ? null : empty;
}
