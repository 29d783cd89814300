using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>The endpoints of one configuration, and the accounts that the environment alone names.</summary>
/// <param name="Endpoints">The endpoints, the longest path first.</param>
/// <param name="Accounts">Accounts at vendors.</param>
internal sealed record PassThroughTable(IReadOnlyList<PassThroughRoute> Endpoints, IReadOnlyList<UpstreamDeployment> Accounts)
{
    internal static readonly PassThroughTable None = new([], []);

    /// <summary>The endpoint that <paramref name="path"/> means; null when it means none.</summary>
    internal PassThroughRoute? Find(PathString path)
    {
        foreach (var route in Endpoints)
        {
            if (route.Matches(path))
            {
                return route;
            }
        }
        return null;
    }
}
