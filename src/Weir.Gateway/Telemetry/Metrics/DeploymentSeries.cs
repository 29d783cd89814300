using Weir.Gateway.Config;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>A deployment's labels; one object per deployment, kept with it and found again after a reload.</summary>
internal sealed class DeploymentSeries(DeploymentLabels labels)
{
    internal DeploymentLabels Labels => labels;
}

/// <summary>A deployment as the labels say it.</summary>
/// <param name="ModelId">Its id.</param>
/// <param name="Model">The upstream's model name as the configuration has it (a wildcard stays a wildcard).</param>
/// <param name="ApiBase">Its base address without user, query and fragment.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Group">Its model group.</param>
internal sealed record DeploymentLabels(string ModelId, string Model, string ApiBase, string Provider, string Group)
{
    /// <summary>What stands for "none was picked".</summary>
    internal static readonly DeploymentLabels None = new(MetricFamily.NoValue, MetricFamily.NoValue, MetricFamily.NoValue, MetricFamily.NoValue, MetricFamily.NoValue);

    internal static DeploymentLabels Of(DeploymentConfig config) => new(
        config.Id,
        config.UpstreamModel,
        config.ApiBase?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') ?? MetricFamily.NoValue,
        config.Provider,
        config.ModelGroup);
}
