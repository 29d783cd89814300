using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing.Health;

/// <summary>Probes every deployment now and then while <c>background_health_checks</c> is on in the table in force.</summary>
/// <param name="current">The table in force.</param>
/// <param name="probe">Makes the call.</param>
/// <param name="board">Where results go.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For a probe that broke in a way it should not.</param>
internal sealed partial class BackgroundProber(
    Func<RoutingTable> current, IDeploymentProbe probe, HealthBoard board, TimeProvider time, ILogger<BackgroundProber> logger)
    : BackgroundService
{
    /// <summary>A probe that takes longer has failed.</summary>
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How soon a reload that turns probing on is noticed.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private const int AtOnce = 8;

    /// <summary>Probes every deployment of the table in force once, several at a time.</summary>
    public Task ProbeAllAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        current().Deployments.Where(d => !d.Config.Info.DisableBackgroundHealthCheck && WhyNot(d) is null),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (deployment, token) => await ProbeAsync(deployment, token));

    /// <summary>Why a deployment is left out; null when it is probed.</summary>
    public string? WhyNot(Deployment deployment) => probe.WhyNot(deployment);

    /// <summary>Probes one deployment and writes the result on the board.</summary>
    public async Task<ProbeReport> ProbeAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        UpstreamFault? fault;
        try
        {
            fault = await probe.ProbeAsync(deployment, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            fault = new UpstreamFault(FaultKind.Timeout, 0, $"The health check got no answer within {ProbeTimeout.TotalSeconds} s.");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The loop must outlive one broken probe; the deployment counts as down, because nothing says that it is up.
            Log.ProbeBroke(logger, deployment.Id, failure);
            fault = new UpstreamFault(FaultKind.BadResponse, 0, "The health check itself failed; the log says how.");
        }

        return board.Record(deployment, time.GetElapsedTime(started), fault);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? lastRound = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var router = current().Router;
            if (router.BackgroundHealthChecks && (lastRound is not { } last || time.GetElapsedTime(last) >= router.HealthCheckInterval))
            {
                lastRound = time.GetTimestamp();
                await ProbeAllAsync(stoppingToken);
            }

            await Task.Delay(LookInterval, time, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3201, Level = LogLevel.Error, Message = "The health check of deployment {DeploymentId} broke")]
        public static partial void ProbeBroke(ILogger logger, string deploymentId, Exception failure);
    }
}
