using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Kinds of media: Gemini tells images, sounds and documents apart by their type alone.</summary>
internal static class GeminiMedia
{
    /// <summary>The part for bytes or an address of type <paramref name="mediaType"/>.</summary>
    public static ContentPart Part(string? mediaType, MediaSource source, string? name, string? detail) =>
        mediaType switch
        {
            not null when mediaType.StartsWith("image/", StringComparison.OrdinalIgnoreCase) => new ImagePart(mediaType, source) { Detail = detail },
            not null when mediaType.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) || mediaType.StartsWith("video/", StringComparison.OrdinalIgnoreCase) => new MediaPart(mediaType, source),
            _ => new DocumentPart(mediaType, source) { Name = name },
        };

    /// <summary>An address that only Google can read is an id of its file, any other is one that every vendor may fetch.</summary>
    public static MediaSource Source(string uri) =>
        (uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        && !uri.Contains("generativelanguage.googleapis.com/", StringComparison.OrdinalIgnoreCase)
            ? MediaSource.OfUrl(uri)
            : MediaSource.OfFile(uri);

    /// <summary>The type by the ending of an address, for the endings that LiteLLM knows; null for others.</summary>
    public static string? TypeOf(string address)
    {
        var end = address.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? address : address[..end];
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".JPG" or ".JPEG" => "image/jpeg",
            ".PNG" => "image/png",
            ".WEBP" => "image/webp",
            ".GIF" => "image/gif",
            ".HEIC" => "image/heic",
            ".HEIF" => "image/heif",
            ".PDF" => "application/pdf",
            ".TXT" => "text/plain",
            ".MP4" => "video/mp4",
            ".MOV" => "video/mov",
            ".MPEG" or ".MPG" => "video/mpeg",
            ".AVI" => "video/avi",
            ".WMV" => "video/wmv",
            ".FLV" => "video/flv",
            ".WEBM" => "video/webm",
            ".MP3" => "audio/mp3",
            ".WAV" => "audio/wav",
            ".OGG" => "audio/ogg",
            ".FLAC" => "audio/flac",
            ".AAC" => "audio/aac",
            _ => null,
        };
    }

    /// <summary>Gemini's resolution for OpenAI's <c>detail</c>; null where the model decides.</summary>
    public static string? Resolution(string? detail) => detail switch
    {
        "low" => "MEDIA_RESOLUTION_LOW",
        "medium" => "MEDIA_RESOLUTION_MEDIUM",
        "high" => "MEDIA_RESOLUTION_HIGH",
        "ultra_high" => "MEDIA_RESOLUTION_ULTRA_HIGH",
        _ => null,
    };

    /// <summary>OpenAI's <c>detail</c> for Gemini's resolution.</summary>
    public static string? Detail(string? resolution) => resolution switch
    {
        "MEDIA_RESOLUTION_LOW" => "low",
        "MEDIA_RESOLUTION_MEDIUM" => "medium",
        "MEDIA_RESOLUTION_HIGH" => "high",
        "MEDIA_RESOLUTION_ULTRA_HIGH" => "ultra_high",
        _ => null,
    };
}
