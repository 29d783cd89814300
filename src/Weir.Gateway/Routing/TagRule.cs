namespace Weir.Gateway.Routing;

/// <summary>Whether a deployment takes a request by its tags.</summary>
internal static class TagRule
{
    /// <summary>
    /// With <paramref name="any"/> one common tag is enough; else the deployment must have every tag of the request.
    /// A request without tags matches nobody: catch-alls are another step.
    /// </summary>
    public static bool Matches(Deployment deployment, ReadOnlySpan<string> tags, bool any)
    {
        if (tags.IsEmpty)
        {
            return false;
        }

        foreach (var tag in tags)
        {
            if (deployment.Config.Tags.AsSpan().Contains(tag) == any)
            {
                return any;
            }
        }

        return !any;
    }
}
