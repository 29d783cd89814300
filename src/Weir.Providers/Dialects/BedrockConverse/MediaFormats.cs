namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Converse names the form of a picture, document, film or sound by a short word; everybody else by a media type.</summary>
internal static class MediaFormats
{
    private static readonly (string Format, string MediaType)[] Documents =
    [
        ("pdf", "application/pdf"), ("csv", "text/csv"), ("doc", "application/msword"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), ("xls", "application/vnd.ms-excel"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("html", "text/html"), ("txt", "text/plain"), ("md", "text/markdown"),
    ];

    private static readonly (string Format, string MediaType)[] Media =
    [
        ("mp4", "video/mp4"), ("mov", "video/quicktime"), ("mkv", "video/x-matroska"), ("webm", "video/webm"), ("flv", "video/x-flv"), ("mpeg", "video/mpeg"),
        ("mpg", "video/mpg"), ("wmv", "video/x-ms-wmv"), ("three_gp", "video/3gpp"), ("three_gp", "video/3gp"), ("mp3", "audio/mpeg"), ("mp3", "audio/mp3"),
        ("m4a", "audio/mp4"), ("m4a", "audio/m4a"), ("mka", "audio/x-matroska"), ("wav", "audio/x-wav"),
    ];

    /// <summary>Media type of a document's format; null when unknown.</summary>
    internal static string? DocumentType(string? format) => Find(Documents, format);

    /// <summary>Format of a document; null when Converse has none. A file's name helps where the type says little.</summary>
    internal static string? DocumentFormat(string? mediaType, string? name)
    {
        if (Named(Documents, Bare(mediaType)) is { } format)
        {
            return format;
        }
        if (mediaType is not (null or "" or "application/octet-stream") && !mediaType.StartsWith("text/", StringComparison.Ordinal))
        {
            return null;
        }
        var dot = name?.LastIndexOf('.') ?? -1;
        var extension = dot < 0 ? "" : name![(dot + 1)..].ToLowerInvariant(); // dot is -1 without a name
        return Find(Documents, extension) is not null ? extension : mediaType?.StartsWith("text/", StringComparison.Ordinal) == true ? "txt" : null;
    }

    /// <summary>Format of a picture; null when Converse has none. Without a type, the first bytes tell.</summary>
    internal static string? ImageFormat(string? mediaType, string base64) => Bare(mediaType) switch
    {
        "image/png" => "png",
        "image/jpeg" or "image/jpg" => "jpeg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        null or "" or "image" or "image/*" or "application/octet-stream" =>
            base64.StartsWith("iVBORw0KGgo", StringComparison.Ordinal) ? "png"
            : base64.StartsWith("/9j/", StringComparison.Ordinal) ? "jpeg"
            : base64.StartsWith("R0lGOD", StringComparison.Ordinal) ? "gif"
            : base64.StartsWith("UklGR", StringComparison.Ordinal) ? "webp"
            : null,
        _ => null,
    };

    /// <summary>Media type of a film's or sound's format.</summary>
    internal static string MediaType(string kind, string format)
    {
        foreach (var (known, type) in Media)
        {
            if (known == format && type.StartsWith(kind, StringComparison.Ordinal))
            {
                return type;
            }
        }
        return $"{kind}/{format}";
    }

    /// <summary>Format of a film or sound: what Converse calls it, else the subtype.</summary>
    internal static string MediaFormat(string mediaType)
    {
        var bare = Bare(mediaType) ?? "";
        return Named(Media, bare) ?? bare[(bare.IndexOf('/', StringComparison.Ordinal) + 1)..];
    }

    private static string? Bare(string? mediaType)
    {
        var semicolon = mediaType?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        return semicolon < 0 ? mediaType : mediaType![..semicolon].Trim(); // -1 without a type
    }

    private static string? Find((string Format, string MediaType)[] list, string? format)
    {
        foreach (var (known, type) in list)
        {
            if (known == format)
            {
                return type;
            }
        }
        return null;
    }

    private static string? Named((string Format, string MediaType)[] list, string? mediaType)
    {
        foreach (var (format, type) in list)
        {
            if (type == mediaType)
            {
                return format;
            }
        }
        return null;
    }
}
