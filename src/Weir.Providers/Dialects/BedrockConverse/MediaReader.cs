using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Reads pictures, documents, films and sounds. Each returns null for what no other dialect can say.</summary>
internal static class MediaReader
{
    internal static ImagePart? Image(ref Utf8JsonReader json, in Place place)
    {
        string? format = null;
        MediaSource? source = null;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("format"u8))
            {
                format = Json.Text(ref json, place, "image.format");
            }
            else if (json.ValueTextEquals("source"u8))
            {
                source = Source(ref json, place, "image.source");
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return source is null ? null : new ImagePart(format is null ? null : "image/" + format, source.Value);
    }

    internal static MediaPart? Media(ref Utf8JsonReader json, in Place place, string kind)
    {
        string? format = null;
        MediaSource? source = null;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("format"u8))
            {
                format = Json.Text(ref json, place, "format");
            }
            else if (json.ValueTextEquals("source"u8))
            {
                source = Source(ref json, place, "source");
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return source is null || format is null ? null : new MediaPart(MediaFormats.MediaType(kind, format), source.Value);
    }

    internal static DocumentPart? Document(ref Utf8JsonReader json, in Place place)
    {
        string? format = null, name = null, context = null;
        MediaSource? source = null;
        bool? citations = null;
        var text = false;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("format"u8))
            {
                format = Json.Text(ref json, place, "document.format");
            }
            else if (json.ValueTextEquals("name"u8))
            {
                name = Json.Text(ref json, place, "document.name");
            }
            else if (json.ValueTextEquals("context"u8))
            {
                context = Json.Text(ref json, place, "document.context");
            }
            else if (json.ValueTextEquals("source"u8))
            {
                source = Source(ref json, place, "document.source", out text);
            }
            else if (json.ValueTextEquals("citations"u8))
            {
                json.Read();
                citations = Json.IsObject(ref json, place, "document.citations") ? Enabled(ref json, place) : null;
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return source is null ? null : new DocumentPart(MediaFormats.DocumentType(format) ?? (text ? "text/plain" : null), source.Value)
        {
            Name = name,
            Context = context,
            Citations = citations,
        };
    }

    private static bool? Enabled(ref Utf8JsonReader json, in Place place)
    {
        bool? enabled = null;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("enabled"u8))
            {
                enabled = Json.Flag(ref json, place, "document.citations.enabled");
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return enabled;
    }

    private static MediaSource? Source(ref Utf8JsonReader json, in Place place, string member) => Source(ref json, place, member, out _);

    /// <summary>Moves to the value; null for blocks of content, and for a bucket that names its owner.</summary>
    private static MediaSource? Source(ref Utf8JsonReader json, in Place place, string member, out bool isText)
    {
        isText = false;
        json.Read();
        if (!Json.IsObject(ref json, place, member))
        {
            return null;
        }
        MediaSource? source = null;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("bytes"u8))
            {
                source = MediaSource.OfBase64(Json.Text(ref json, place, member + ".bytes") ?? "");
            }
            else if (json.ValueTextEquals("text"u8))
            {
                isText = true;
                source = MediaSource.OfBase64(Convert.ToBase64String(Encoding.UTF8.GetBytes(Json.Text(ref json, place, member + ".text") ?? "")));
            }
            else if (json.ValueTextEquals("s3Location"u8))
            {
                json.Read();
                source = Json.IsObject(ref json, place, member + ".s3Location") ? Bucket(ref json, place, member) : null;
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return source;
    }

    private static MediaSource? Bucket(ref Utf8JsonReader json, in Place place, string member)
    {
        string? uri = null, owner = null;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("uri"u8))
            {
                uri = Json.Text(ref json, place, member + ".s3Location.uri");
            }
            else if (json.ValueTextEquals("bucketOwner"u8))
            {
                owner = Json.Text(ref json, place, member + ".s3Location.bucketOwner");
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return uri is null || owner is not null ? null : MediaSource.OfUrl(uri);
    }
}
