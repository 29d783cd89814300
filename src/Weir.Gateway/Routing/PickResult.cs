using System.Diagnostics.CodeAnalysis;

namespace Weir.Gateway.Routing;

/// <summary>
/// A deployment on which a call has been counted as begun (follow it with exactly one <see cref="DeploymentState.End"/>),
/// or why there is none.
/// </summary>
internal readonly record struct PickResult
{
    /// <summary>The deployment; null when there is none.</summary>
    public Deployment? Deployment { get; init; }

    /// <summary>Why there is none; null when there is one.</summary>
    public NoDeployment? Refusal { get; init; }

    /// <summary>How many candidates each step left out, for the decision record.</summary>
    public PickCounts Counts { get; init; }

    /// <summary>True when there is a deployment.</summary>
    [MemberNotNullWhen(true, nameof(Deployment))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Picked => Deployment is not null;
}

/// <summary>Candidates by the step that left them out. Steps run in this order.</summary>
internal record struct PickCounts
{
    /// <summary>Deployments of the group.</summary>
    public int Total { get; set; }

    /// <summary>Tried before, or of a priority level that is through.</summary>
    public int Excluded { get; set; }

    /// <summary>Cooling down.</summary>
    public int Cooling { get; set; }

    /// <summary>At a limit: calls in flight, requests or tokens of this minute.</summary>
    public int OverLimit { get; set; }

    /// <summary>Context window too small.</summary>
    public int ContextWindow { get; set; }

    /// <summary>Tags don't fit.</summary>
    public int Tags { get; set; }

    /// <summary>Down by the last probe.</summary>
    public int Unhealthy { get; set; }

    /// <summary>Of a later priority level.</summary>
    public int LaterOrder { get; set; }

    /// <summary>What the strategy chose from.</summary>
    public int Eligible { get; set; }
}
