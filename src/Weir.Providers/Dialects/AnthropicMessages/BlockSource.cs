using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>The <c>source</c> of an image or a document.</summary>
internal readonly record struct BlockSource(string? Kind, string? MediaType, string? Data, string? Url, string? FileId, string? Text, bool IsMixed)
{
    /// <summary>Reads the source on whose first token <paramref name="reader"/> stands.</summary>
    internal static BlockSource Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, BodyPlace place)
    {
        var found = default(BlockSource);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8) && reader.Read())
            {
                found = found with { Kind = place.Text(ref reader, "source.type") };
            }
            else if (reader.ValueTextEquals("media_type"u8) && reader.Read())
            {
                found = found with { MediaType = place.Text(ref reader, "source.media_type") };
            }
            else if (reader.ValueTextEquals("data"u8) && reader.Read())
            {
                found = found with { Data = place.Text(ref reader, "source.data") };
            }
            else if (reader.ValueTextEquals("url"u8) && reader.Read())
            {
                found = found with { Url = place.Text(ref reader, "source.url") };
            }
            else if (reader.ValueTextEquals("file_id"u8) && reader.Read())
            {
                found = found with { FileId = place.Text(ref reader, "source.file_id") };
            }
            else if (reader.ValueTextEquals("content"u8) && reader.Read())
            {
                var parts = new List<ContentPart>();
                BlockReader.ReadContent(ref reader, source, place, parts);
                found = found with { Text = Joined(parts), IsMixed = parts.Exists(static part => part is not TextPart) };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return found;
    }

    internal ImagePart ToImage(BodyPlace place) => new(MediaType, Kind switch
    {
        "base64" => MediaSource.OfBase64(Data ?? throw place.Wrong("source.data", "a string")),
        "url" => OfUrl(place, out _),
        "file" => MediaSource.OfFile(FileId ?? throw place.Wrong("source.file_id", "a string")),
        _ => throw place.Wrong("source.type", "base64, url or file"),
    });

    internal DocumentPart ToDocument(BodyPlace place)
    {
        switch (Kind)
        {
            case "base64":
                return new DocumentPart(MediaType, MediaSource.OfBase64(Data ?? throw place.Wrong("source.data", "a string")));
            case "url":
                var source = OfUrl(place, out var mediaType);
                return new DocumentPart(MediaType ?? mediaType, source);
            case "file":
                return new DocumentPart(MediaType, MediaSource.OfFile(FileId ?? throw place.Wrong("source.file_id", "a string")));
            case "text":
                return OfText(Data ?? throw place.Wrong("source.data", "a string"));
            case "content":
                return OfText(Text ?? throw place.Wrong("source.content", "a string or a list of content blocks"));
            default:
                throw place.Wrong("source.type", "base64, url, file, text or content");
        }
    }

    private static DocumentPart OfText(string text) => new("text/plain", MediaSource.OfBase64(Convert.ToBase64String(Encoding.UTF8.GetBytes(text))));

    private MediaSource OfUrl(BodyPlace place, out string? mediaType)
    {
        var url = Url ?? throw place.Wrong("source.url", "a string");
        mediaType = null;
        if (DataUrl.TrySplit(url, out var type, out var base64))
        {
            mediaType = type;
            return MediaSource.OfBase64(base64);
        }
        return MediaSource.OfUrl(url);
    }

    private static string Joined(List<ContentPart> parts)
    {
        if (parts is [TextPart only])
        {
            return only.Text;
        }
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part is TextPart piece)
            {
                text.Append(text.Length > 0 ? "\n" : "").Append(piece.Text);
            }
        }
        return text.ToString();
    }
}
