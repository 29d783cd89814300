using Weir.Gateway.Config;

namespace Weir.Gateway.Routing;

/// <summary>
/// One deployment in a snapshot: its configuration, its runtime state and what routing needs to know about its model.
/// Not sealed for one reason: the pipeline derives from it to keep its compiled upstream target beside it.
/// </summary>
public class Deployment
{
    /// <summary>The tag that makes a deployment a catch-all of tag routing.</summary>
    internal const string DefaultTag = "default";

    /// <summary>Makes a deployment of a snapshot.</summary>
    /// <param name="config">Its entry.</param>
    /// <param name="state">Its state, kept across reloads.</param>
    /// <param name="inputCostPerToken">USD per prompt token, when the entry names none.</param>
    /// <param name="outputCostPerToken">USD per answer token, when the entry names none.</param>
    /// <param name="maxInputTokens">Context window, when the entry names none.</param>
    public Deployment(
        DeploymentConfig config,
        DeploymentState state,
        decimal? inputCostPerToken = null,
        decimal? outputCostPerToken = null,
        long? maxInputTokens = null)
    {
        Config = config;
        State = state;
        InputCostPerToken = Price(config, "input_cost_per_token") ?? inputCostPerToken;
        OutputCostPerToken = Price(config, "output_cost_per_token") ?? outputCostPerToken;
        MaxInputTokens = config.Info.MaxInputTokens ?? maxInputTokens;
        IsDefaultTagged = config.Tags.Contains(DefaultTag, StringComparer.Ordinal);
    }

    /// <summary>Its entry in the configuration.</summary>
    public DeploymentConfig Config { get; }

    /// <summary>Its runtime state.</summary>
    public DeploymentState State { get; }

    /// <summary>Its id.</summary>
    public string Id => Config.Id;

    /// <summary>USD per prompt token; null when unknown.</summary>
    public decimal? InputCostPerToken { get; }

    /// <summary>USD per answer token; null when unknown.</summary>
    public decimal? OutputCostPerToken { get; }

    /// <summary>Longest prompt in tokens; null when unknown.</summary>
    public long? MaxInputTokens { get; }

    /// <summary>Priority level; an entry without one comes last.</summary>
    internal int Order => Config.Order ?? int.MaxValue;

    /// <summary>Takes requests whose tags nobody else has.</summary>
    internal bool IsDefaultTagged { get; }

    private static decimal? Price(DeploymentConfig config, string name) => config.Prices.TryGetValue(name, out var price) ? price : null;
}
