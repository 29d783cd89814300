using System.Collections.Immutable;

namespace Weir.Gateway.Routing;

/// <summary>Why no deployment could be picked.</summary>
internal enum NoDeploymentKind
{
    /// <summary>All that fit are cooling down: 429 with <see cref="NoDeployment.RetryAfter"/>.</summary>
    AllCooling,

    /// <summary>The group has no deployment.</summary>
    NoneHealthy,

    /// <summary>No deployment has the request's tags and none is tagged <c>default</c>: 401.</summary>
    TagMismatch,

    /// <summary>The prompt is longer than every context window: 400.</summary>
    ContextWindow,

    /// <summary>All that fit are at a limit: 429 with <see cref="NoDeployment.RetryAfter"/>.</summary>
    OverLimit,

    /// <summary>Every deployment has been tried: the last fault tells the story.</summary>
    Exhausted,
}

/// <summary>Why there is no deployment, with what the error message says.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="Model">The model that was asked for.</param>
internal sealed record NoDeployment(NoDeploymentKind Kind, string Model)
{
    /// <summary>When the first candidate may be back; zero when waiting does not help.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>Ids of the deployments that are cooling down.</summary>
    public ImmutableArray<string> CoolingIds { get; init; } = [];

    /// <summary>Tags of the request.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>The largest context window of the group, in tokens.</summary>
    public long MaxInputTokens { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Whether enable_pre_call_checks was on.</summary>
    public bool PreCallChecks { get; init; }
}
