using System.Collections.Concurrent;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing.Health;

/// <summary>The last probe of each deployment, for <c>/health</c>; routing reads the short form in <see cref="DeploymentState"/>.</summary>
internal sealed class HealthBoard(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ProbeReport> _reports = new(StringComparer.Ordinal);

    /// <summary>The last report of a deployment, or null when it was never probed.</summary>
    public ProbeReport? Find(string deploymentId) => _reports.GetValueOrDefault(deploymentId);

    /// <summary>Writes a probe down, for people and for routing.</summary>
    public ProbeReport Record(Deployment deployment, TimeSpan duration, UpstreamFault? fault)
    {
        var report = new ProbeReport(deployment.Id, time.GetUtcNow(), duration, fault);
        _reports[deployment.Id] = report;
        deployment.State.RecordProbe(report.Healthy);
        return report;
    }

    /// <summary>Forgets deployments that the table in force doesn't name.</summary>
    public void Keep(RoutingTable table)
    {
        foreach (var id in _reports.Keys)
        {
            if (!table.HasDeployment(id))
            {
                _reports.TryRemove(id, out _);
            }
        }
    }
}
