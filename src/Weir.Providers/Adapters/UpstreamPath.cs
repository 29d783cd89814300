namespace Weir.Providers.Adapters;

/// <summary>Joins base addresses and operation paths the same way for every adapter.</summary>
internal static class UpstreamPath
{
    private static readonly string[] Operations =
    [
        "/chat/completions", "/completions", Formats.Embeddings, "/responses", Formats.Images, Formats.ImageEdits, Formats.Speech, Formats.Transcriptions,
        Formats.Translations, Formats.Moderations, Formats.Rerank, Formats.Realtime,
    ];

    /// <summary>Path of <paramref name="address"/> without trailing slashes and without an operation that was pasted with it.</summary>
    public static string WithoutOperation(Uri address)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        foreach (var operation in Operations)
        {
            if (path.EndsWith(operation, StringComparison.OrdinalIgnoreCase))
            {
                return path[..^operation.Length].TrimEnd('/');
            }
        }

        return path;
    }

    /// <summary>Path of <paramref name="address"/> without trailing slashes and without the first of <paramref name="endings"/> that it ends with.</summary>
    public static string Without(Uri address, params ReadOnlySpan<string> endings)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        foreach (var ending in endings)
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return path[..^ending.Length];
            }
        }
        return path;
    }

    /// <summary>
    /// The same place for a WebSocket. The scheme says so to the connector: a socket goes through a proxy in a tunnel, also without TLS.
    /// </summary>
    public static Uri Socket(Uri address, string query) =>
        new($"{(address.Scheme is "https" or "wss" ? "wss" : "ws")}://{address.Authority}{address.AbsolutePath}{query}", UriKind.Absolute);

    /// <summary><paramref name="query"/> with one pair more; its value is escaped here.</summary>
    public static string With(string query, string name, string value) =>
        $"{query}{(query.Length > 1 ? "&" : query.Length == 1 ? "" : "?")}{name}={Uri.EscapeDataString(value)}";

    /// <summary><paramref name="address"/> with another path and query; user information and fragment never travel.</summary>
    public static Uri Replace(Uri address, string path, string query) =>
        new($"{address.Scheme}://{address.Authority}{(path.Length == 0 ? "/" : path)}{query}", UriKind.Absolute);
}
