namespace Weir.Gateway.Routing;

/// <summary>What a requested model name leads to.</summary>
/// <param name="Group">The deployments to choose from.</param>
/// <param name="MatchedModel">The name that matched: the requested one, or what its alias stands for.</param>
/// <param name="RequestedModel">The name as asked for; also the first key that fallbacks are looked up under.</param>
internal readonly record struct RouteMatch(RouteGroup Group, string MatchedModel, string RequestedModel)
{
    /// <summary>What the upstream calls the model. Allocates only when a star has to be filled in.</summary>
    public string UpstreamModelFor(Deployment deployment)
    {
        var target = deployment.Config.UpstreamModel;
        return Group.Pattern is { } pattern ? pattern.Substitute(MatchedModel, target) : target;
    }
}
