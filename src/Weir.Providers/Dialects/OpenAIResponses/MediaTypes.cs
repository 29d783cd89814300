namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Between OpenAI's short names of formats, names of files, and media types.</summary>
internal static class MediaTypes
{
    /// <summary>The media type for <c>input_audio.format</c>.</summary>
    internal static string OfAudio(string? format) => format switch
    {
        null or "" => "audio/wav",
        "mp3" => "audio/mpeg",
        _ => "audio/" + format,
    };

    /// <summary>The short name of a sound's media type.</summary>
    internal static string ToAudio(string mediaType) => mediaType switch
    {
        "audio/mpeg" => "mp3",
        "audio/x-wav" or "audio/wave" => "wav",
        _ => mediaType["audio/".Length..],
    };

    /// <summary>What a file is by its name; null when the name does not say.</summary>
    internal static string? OfFile(string? name) => Path.GetExtension(name)?.ToLowerInvariant() switch
    {
        ".pdf" => "application/pdf",
        ".txt" => "text/plain",
        ".md" => "text/markdown",
        ".csv" => "text/csv",
        ".html" or ".htm" => "text/html",
        ".json" => "application/json",
        ".docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => null,
    };

    /// <summary>A name for a file without one: OpenAI wants one beside the bytes, and looks at its ending.</summary>
    internal static string NameFor(string? mediaType) => mediaType switch
    {
        "text/plain" => "document.txt",
        "text/markdown" => "document.md",
        "text/csv" => "document.csv",
        "text/html" => "document.html",
        "application/json" => "document.json",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "document.docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "document.xlsx",
        _ => "document.pdf",
    };
}
