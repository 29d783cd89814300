using Weir.Gateway.Access;
using Weir.Gateway.Config;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Gateway.Routing;
using Weir.Providers.Ids;

namespace Weir.Gateway.Pipeline;

/// <summary>The third life of the configuration: compiled, swapped atomically. A request keeps the one that it began with.</summary>
/// <param name="Config">What it was compiled from.</param>
/// <param name="Authenticator">Who may call.</param>
/// <param name="Routes">Which deployments serve which names.</param>
/// <param name="Ids">Wraps the ids that upstreams hand out.</param>
internal sealed record GatewaySnapshot(GatewayConfig Config, Authenticator Authenticator, RoutingTable Routes, WrappedIds Ids)
{
    /// <summary>The accounts of <c>files_settings</c>, in file order.</summary>
    internal IReadOnlyList<UpstreamDeployment> FileAccounts { get; init; } = [];

    /// <summary>Endpoints that are passed through, and accounts for vendors' own APIs.</summary>
    internal PassThroughTable PassThrough { get; init; } = PassThroughTable.None;
}
