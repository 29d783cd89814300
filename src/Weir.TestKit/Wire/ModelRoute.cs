using Microsoft.AspNetCore.Http;

namespace Weir.TestKit.Wire;

internal enum RouteKind
{
    Unknown,
    Chat,
    Completion,
    Embedding,
    Models,
    Model,
}

/// <summary>What a path asks for. With and without <c>/v1</c>, Azure's dated routes and Azure's v1 routes.</summary>
/// <param name="Kind">Operation.</param>
/// <param name="Model">The model that the path names, or null.</param>
internal readonly record struct ModelRoute(RouteKind Kind, string? Model)
{
    private const string DatedPrefix = "/openai/deployments/";

    public static ModelRoute Match(HttpRequest request, ScriptedModelOptions options)
    {
        var path = request.Path.Value ?? "/";
        if (path.StartsWith(DatedPrefix, StringComparison.OrdinalIgnoreCase))
        {
            var rest = path[DatedPrefix.Length..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            return slash > 0 && KnownVersion(request, options)
                ? new ModelRoute(OfTail(rest[(slash + 1)..]), Uri.UnescapeDataString(rest[..slash]))
                : default;
        }

        if (path.Equals("/openai/models", StringComparison.OrdinalIgnoreCase))
        {
            return KnownVersion(request, options) ? new ModelRoute(RouteKind.Models, null) : default;
        }

        ReadOnlySpan<string> prefixes = ["/openai/v1/", "/v1/", "/"];
        foreach (var prefix in prefixes)
        {
            if (path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                var tail = path[prefix.Length..];
                return tail.StartsWith("models/", StringComparison.OrdinalIgnoreCase) && tail.Length > 7
                    ? new ModelRoute(RouteKind.Model, tail[7..])
                    : new ModelRoute(OfTail(tail), null);
            }
        }

        return default;
    }

    private static RouteKind OfTail(string tail) => tail switch
    {
        "chat/completions" => RouteKind.Chat,
        "completions" => RouteKind.Completion,
        "embeddings" => RouteKind.Embedding,
        "models" => RouteKind.Models,
        _ => RouteKind.Unknown,
    };

    private static bool KnownVersion(HttpRequest request, ScriptedModelOptions options)
    {
        var version = request.Query["api-version"].ToString();
        return version.Length > 0 && (options.ApiVersions.Count == 0 || options.ApiVersions.Contains(version));
    }
}
