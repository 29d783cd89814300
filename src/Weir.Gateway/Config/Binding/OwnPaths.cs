namespace Weir.Gateway.Config.Binding;

/// <summary>The paths that Weir's own API takes: an endpoint of the file that wants one of them would never be reached.</summary>
internal static class OwnPaths
{
    private static readonly string[][] Roots = [["openai", "v1"], ["openai", "deployments", ""], ["engines", ""], ["anthropic", "v1"], ["v1"], ["v2"], ["v1beta"]];

    private static readonly HashSet<string> Things = new(StringComparer.OrdinalIgnoreCase)
    {
        "key", "team", "user", "organization", "customer", "end_user", "budget", "tag", "access_group",
        "models", "responses", "conversations", "files", "uploads", "batches", "messages", "health",
    };

    private static readonly HashSet<string> Paths = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "docs", "routes", "metrics", "openapi.json", "chat/completions", "completions", "embeddings", "images/generations", "images/edits",
        "audio/speech", "audio/transcriptions", "audio/translations", "moderations", "rerank", "realtime", "openai/realtime", "model/info", "model_group/info", "utils/token_counter",
    };

    /// <summary>Whether <paramref name="path"/> is one of them, or lies below one that holds things.</summary>
    public static bool Hold(string path)
    {
        var parts = path.Trim('/').Split('/');
        foreach (var root in Roots)
        {
            if (parts.Length > root.Length && root.Zip(parts).All(static pair => pair.First.Length == 0 || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)))
            {
                parts = parts[root.Length..];
                break;
            }
        }

        // Files and batches also have a provider before their version.
        var kept = parts is [_, "v1", "files" or "uploads" or "batches", ..];
        return kept || Things.Contains(parts[0]) || Paths.Contains(string.Join('/', parts));
    }
}
