namespace Weir.Gateway.Routing;

/// <summary>What to do after a failed attempt, inside the same group.</summary>
internal enum RetryAction
{
    /// <summary>No further attempt here: fall back, or give the fault to the caller.</summary>
    Stop,

    /// <summary>Pick again; the trail says who is left out.</summary>
    PickAnother,

    /// <summary>Try the same deployment again (<see cref="DeploymentPicker.PickAgain"/>).</summary>
    SameDeployment,

    /// <summary>The priority level is through: pick from the next one, with retries of its own.</summary>
    NextOrder,
}

/// <summary>The next step inside a group.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Delay">How long to wait before it.</param>
/// <param name="Budget">Retries allowed for this kind of fault (LiteLLM's "Max Retries" in messages).</param>
internal readonly record struct RetryPlan(RetryAction Action, TimeSpan Delay, int Budget);

/// <summary>What a request brings to the question of retries.</summary>
internal readonly record struct RetryTerms
{
    /// <summary><c>x-litellm-num-retries</c>, else <c>num_retries</c> of the body; null when neither is there.</summary>
    public int? RequestedRetries { get; init; }

    /// <summary>Time left for the whole request; null for no limit.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Fallbacks that the request names itself, and whether it wants any.</summary>
    public FallbackTerms Fallbacks { get; init; }
}
