using Weir.Gateway.Errors;

namespace Weir.Gateway.Access;

/// <summary>The routes that a key may call (<c>allowed_routes</c>): groups by name, paths, path patterns, and wildcards at the end.</summary>
internal sealed class RouteSet
{
    private readonly IReadOnlyList<string> _told;
    private readonly RouteKind _kinds;
    private readonly string[] _paths;
    private readonly string[] _prefixes;

    private RouteSet(IReadOnlyList<string> routes)
    {
        _told = routes;
        foreach (var route in routes)
        {
            _kinds |= KindOf(route);
        }
        _paths = [.. routes.Where(static route => route.StartsWith('/') && !route.EndsWith('*'))];
        _prefixes = [.. routes.Where(static route => route.StartsWith('/') && route.EndsWith('*')).Select(static route => route[..^1])];
    }

    /// <summary>Compiles a list; null when it allows everything, which an empty one does.</summary>
    internal static RouteSet? Of(IReadOnlyList<string> routes) => routes.Count == 0 ? null : new RouteSet(routes);

    /// <summary>Whether a route may be called.</summary>
    /// <param name="kind">What it is for.</param>
    /// <param name="pattern">Its pattern, as <c>/routes</c> shows it.</param>
    /// <param name="path">The path that was asked for.</param>
    internal bool Allows(RouteKind kind, string pattern, string path)
    {
        if ((kind & _kinds) != 0)
        {
            return true;
        }
        foreach (var allowed in _paths)
        {
            // As in LiteLLM a path stands for what lies below it, too.
            if (allowed == pattern || path.Equals(allowed, StringComparison.OrdinalIgnoreCase)
                || (path.Length > allowed.Length && path[allowed.Length] == '/' && path.StartsWith(allowed, StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }
        foreach (var prefix in _prefixes)
        {
            if (path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The refusal, in LiteLLM's words.</summary>
    internal GatewayError Refusal(string path) => new(ErrorKind.RouteDenied,
        $"Virtual key is not allowed to call this route. Only allowed to call routes: {PythonText.List(_told)}. Tried to call route: {path}") { Param = "None" };

    private static RouteKind KindOf(string name) => name switch
    {
        "llm_api_routes" or "openai_routes" or "anthropic_routes" or "google_routes" or "litellm_native_routes" or "mcp_routes" or "agent_routes" => RouteKind.LlmApi,
        "info_routes" => RouteKind.Info,
        "management_routes" => RouteKind.Management,
        "spend_tracking_routes" or "global_spend_tracking_routes" => RouteKind.Spend,
        _ => RouteKind.None,
    };
}
