using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing.Health;

/// <summary>What the last probe of a deployment found.</summary>
/// <param name="DeploymentId">Which.</param>
/// <param name="At">When it ended.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Fault">What was wrong; null when it answered.</param>
internal sealed record ProbeReport(string DeploymentId, DateTimeOffset At, TimeSpan Duration, UpstreamFault? Fault)
{
    /// <summary>It answered.</summary>
    public bool Healthy => Fault is null;
}
