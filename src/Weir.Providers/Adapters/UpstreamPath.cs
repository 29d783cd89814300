namespace Weir.Providers.Adapters;

/// <summary>Joins base addresses and operation paths the same way for every adapter.</summary>
internal static class UpstreamPath
{
    private static readonly string[] Operations =
    [
        "/chat/completions", "/completions", Formats.Embeddings, "/responses", Formats.Images, Formats.ImageEdits, Formats.Speech, Formats.Transcriptions,
        Formats.Translations, Formats.Moderations, Formats.Rerank,
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

    /// <summary><paramref name="address"/> with another path and query; user information and fragment never travel.</summary>
    public static Uri Replace(Uri address, string path, string query) =>
        new($"{address.Scheme}://{address.Authority}{(path.Length == 0 ? "/" : path)}{query}", UriKind.Absolute);
}
