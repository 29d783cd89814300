namespace Weir.Gateway.Routing;

/// <summary>A deployment's runtime state at one moment.</summary>
/// <param name="Id">The deployment's id.</param>
/// <param name="InFlight">Calls begun and not ended.</param>
/// <param name="Requests">Calls begun in this minute.</param>
/// <param name="Tokens">Tokens used in this minute.</param>
/// <param name="Successes">Answers in this minute.</param>
/// <param name="Failures">Failures of the deployment in this minute.</param>
/// <param name="CooldownRemaining">Time left of the cooldown; zero for none.</param>
/// <param name="CooldownUntil">The same by the wall clock; null for none.</param>
public readonly record struct DeploymentSnapshot(
    string Id,
    int InFlight,
    long Requests,
    long Tokens,
    int Successes,
    int Failures,
    TimeSpan CooldownRemaining,
    DateTimeOffset? CooldownUntil);
