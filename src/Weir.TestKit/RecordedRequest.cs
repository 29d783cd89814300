using System.Collections.ObjectModel;
using System.Text;
using System.Text.Json;

namespace Weir.TestKit;

/// <summary>A request as it arrived, or (method <c>WEBSOCKET</c>) a message on a socket that one opened.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path, decoded.</param>
/// <param name="Query">Query with its question mark, or empty.</param>
/// <param name="Headers">Headers in the order of their arrival.</param>
/// <param name="Body">The body's bytes; of a form its beginning.</param>
public sealed record RecordedRequest(
    int Number,
    string Method,
    string Path,
    string Query,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>Length of the whole body.</summary>
    public long BodyLength { get; init; } = Body.Length;

    /// <summary>The fields of a form.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The files of a form.</summary>
    public IReadOnlyList<UploadedFile> Files { get; init; } = [];

    /// <summary>The body as text.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body.Span);

    /// <summary>Value of a header, or null.</summary>
    public string? Header(string name)
    {
        foreach (var (key, value) in Headers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The body as JSON.</summary>
    public JsonElement Json()
    {
        using var document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }
}
