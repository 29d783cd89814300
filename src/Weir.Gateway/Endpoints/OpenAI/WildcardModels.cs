using Weir.Gateway.Pipeline;
using Weir.Gateway.Routing;

namespace Weir.Gateway.Endpoints.OpenAI;

/// <summary>
/// The models that <c>provider/*</c> stands for, as the price book knows them: LiteLLM lists these instead of the wildcard, and chat
/// clients fill their menus from that list.
/// </summary>
internal static class WildcardModels
{
    /// <summary>Their public names, without those that have an entry of their own.</summary>
    public static IEnumerable<string> Of(RoutingTable routes)
    {
        var named = routes.VisibleModels.Select(static model => model.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var visible in routes.VisibleModels)
        {
            var slash = visible.Name.IndexOf('/', StringComparison.Ordinal);
            if (visible.IsAlias || visible.Group.Pattern is not { } pattern || slash <= 0 || Vendor(visible.Group, visible.Name[..slash]) is not { } vendor)
            {
                continue;
            }

            foreach (var model in vendor.KnownModels)
            {
                var name = $"{visible.Name[..slash]}/{model}";
                if (pattern.Matches(name) && named.Add(name))
                {
                    yield return name;
                }
            }
        }
    }

    /// <summary>A deployment that calls the vendor of that prefix itself. What a server at an address of one's own offers, no book knows.</summary>
    private static UpstreamDeployment? Vendor(RouteGroup group, string prefix)
    {
        foreach (var deployment in group.Deployments)
        {
            if (deployment is UpstreamDeployment { Config.ApiBase: null } own && own.Provider.Name == prefix)
            {
                return own;
            }
        }

        return null;
    }
}
