using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads Anthropic's <c>document</c> part, which LiteLLM takes in a chat as it is.</summary>
internal static class DocumentReader
{
    /// <summary>Null for a source that has no neutral form (content blocks).</summary>
    /// <param name="reader">A copy that stands on the part's object.</param>
    internal static DocumentPart? Read(BodyReader reader)
    {
        string? title = null, context = null;
        bool? citations = null;
        string? mediaType = null;
        MediaSource? source = null;
        while (reader.NextMember())
        {
            if (reader.Is("title"u8))
            {
                title = reader.Text("title");
            }
            else if (reader.Is("context"u8))
            {
                context = reader.Text("context");
            }
            else if (reader.Is("citations"u8))
            {
                citations = ReadEnabled(ref reader);
            }
            else if (reader.Is("source"u8))
            {
                source = ReadSource(ref reader, out mediaType);
            }
            else
            {
                reader.SkipMember();
            }
        }
        return source is { } found ? new DocumentPart(mediaType, found) { Name = title, Context = context, Citations = citations } : null;
    }

    private static bool? ReadEnabled(ref BodyReader reader)
    {
        bool? enabled = null;
        if (!reader.EnterObject("citations"))
        {
            return null;
        }
        while (reader.NextMember())
        {
            if (reader.Is("enabled"u8))
            {
                enabled = reader.Flag("citations.enabled");
            }
            else
            {
                reader.SkipMember();
            }
        }
        return enabled;
    }

    private static MediaSource? ReadSource(ref BodyReader reader, out string? mediaType)
    {
        string? type = null, data = null, url = null, id = null;
        mediaType = null;
        if (!reader.EnterObject("source"))
        {
            return null;
        }
        while (reader.NextMember())
        {
            if (reader.Is("type"u8))
            {
                type = reader.Text("source.type");
            }
            else if (reader.Is("media_type"u8))
            {
                mediaType = reader.Text("source.media_type");
            }
            else if (reader.Is("data"u8))
            {
                data = reader.Text("source.data");
            }
            else if (reader.Is("url"u8))
            {
                url = reader.Text("source.url");
            }
            else if (reader.Is("file_id"u8))
            {
                id = reader.Text("source.file_id");
            }
            else
            {
                reader.SkipMember();
            }
        }
        switch (type)
        {
            case "base64" when data is not null:
                return MediaSource.OfBase64(data);
            case "text" when data is not null:
                mediaType ??= "text/plain";
                return MediaSource.OfBase64(Convert.ToBase64String(Encoding.UTF8.GetBytes(data)));
            case "url" when url is not null:
                return MediaSource.OfUrl(url);
            case "file" when id is not null:
                return MediaSource.OfFile(id);
            default:
                return null;
        }
    }
}
