namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>Who calls, as the labels say it. Taken from keys that are known here, never from what a request says.</summary>
/// <param name="KeyHash">sha256 hex of a known key.</param>
/// <param name="KeyAlias">Its alias.</param>
/// <param name="Team">Its team's id.</param>
/// <param name="TeamAlias">Its team's alias.</param>
/// <param name="User">Its owner's id.</param>
/// <param name="UserEmail">Its owner's address.</param>
internal sealed record CallerLabels(
    string KeyHash = MetricFamily.NoValue,
    string KeyAlias = MetricFamily.NoValue,
    string Team = MetricFamily.NoValue,
    string TeamAlias = MetricFamily.NoValue,
    string User = MetricFamily.NoValue,
    string UserEmail = MetricFamily.NoValue);

/// <summary>A known caller; one object per caller, kept with its key.</summary>
internal sealed class CallerSeries(CallerLabels labels)
{
    internal CallerLabels Labels => labels;
}
