using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing.Health;

/// <summary>Makes the smallest real call to a deployment. Implemented by the pipeline, which knows how to reach upstreams.</summary>
internal interface IDeploymentProbe
{
    /// <summary>Calls the deployment. Trouble is the returned fault, not an exception; null when it answered.</summary>
    ValueTask<UpstreamFault?> ProbeAsync(Deployment deployment, CancellationToken cancellationToken);

    /// <summary>Why the deployment is not called; null when it can be.</summary>
    string? WhyNot(Deployment deployment) => null;
}
