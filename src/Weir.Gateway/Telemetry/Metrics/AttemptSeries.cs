using System.Globalization;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>The series that an attempt of one caller at one deployment moves.</summary>
internal sealed class AttemptSeries(MetricFamilies families, CallerLabels caller, DeploymentLabels deployment, string model)
{
    private readonly CounterSeries _total = families.DeploymentTotal.With(
        model, deployment.Model, deployment.ModelId, deployment.ApiBase, deployment.Provider, caller.KeyHash, caller.KeyAlias, caller.Team, caller.TeamAlias);

    private readonly CounterSeries _success = families.DeploymentSuccess.With(
        model, deployment.Model, deployment.ModelId, deployment.ApiBase, deployment.Provider, caller.KeyHash, caller.KeyAlias, caller.Team, caller.TeamAlias);

    internal void Add(FaultKind? fault, int status)
    {
        _total.Increment();
        if (fault is not { } kind)
        {
            _success.Increment();
            return;
        }

        families.DeploymentFailure.With(
            model, deployment.Model, deployment.ModelId, deployment.ApiBase, deployment.Provider, caller.KeyHash, caller.KeyAlias, caller.Team, caller.TeamAlias,
            status == 0 ? MetricFamily.NoValue : status.ToString(CultureInfo.InvariantCulture), ExceptionClass.Of(kind)).Increment();
    }
}
