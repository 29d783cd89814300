using Weir.Gateway.Config;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing;

/// <summary>
/// When a failing deployment rests, by LiteLLM's rules: 429, 401, 404 and 408 at once; else when more than half of this minute's calls
/// failed, or, where <c>allowed_fails</c> is set, when more failed than it allows. A class that <c>allowed_fails_policy</c> names goes by
/// its number alone. The caller's own errors never count, and a group's only deployment never rests.
/// </summary>
internal static class CooldownPolicy
{
    /// <summary>Calls in the minute before the failing share means anything.</summary>
    public const int MinimumSample = 5;

    private const double FailingShare = 0.5;

    /// <summary>Counts the failure and rests the deployment when a rule says so.</summary>
    public static CooldownDecision OnFailure(RouteGroup group, Deployment deployment, UpstreamFault fault)
    {
        if (FaultClass.BlameOf(fault.Kind) == FaultBlame.Caller)
        {
            return default;
        }

        var minute = deployment.State.RecordFailure(FaultClass.PolicyOf(fault.Kind));
        var router = group.Router;
        var reason = router.DisableCooldowns || group.Siblings == 1 ? CooldownReason.None : Judge(router, fault.Kind, minute);
        if (reason == CooldownReason.None)
        {
            return default;
        }

        var duration = DurationOf(router, deployment, fault);
        return duration <= TimeSpan.Zero
            ? default
            : new CooldownDecision(reason, duration, deployment.State.StartCooldown(duration));
    }

    private static CooldownReason Judge(RouterConfig router, FaultKind kind, MinuteOutcome minute)
    {
        if (FaultClass.PolicyOf(kind) is { } named && router.AllowedFailsPolicy.TryGetValue(named, out var allowedOfClass))
        {
            return minute.OfClass > allowedOfClass ? CooldownReason.AllowedFails : CooldownReason.None;
        }

        if (FaultClass.CoolsAtOnce(kind))
        {
            return CooldownReason.Status;
        }

        if (router.AllowedFails is { } allowed)
        {
            return minute.Failures > allowed ? CooldownReason.AllowedFails : CooldownReason.None;
        }

        var total = minute.Successes + minute.Failures;
        return total >= MinimumSample && minute.Failures > total * FailingShare ? CooldownReason.FailingShare : CooldownReason.None;
    }

    private static TimeSpan DurationOf(RouterConfig router, Deployment deployment, UpstreamFault fault)
    {
        var own = deployment.Config.Cooldown ?? router.Cooldown;
        if (fault.RetryAfter is not { } asked || asked <= TimeSpan.Zero)
        {
            return own;
        }

        // Azure's small quotas ask for a whole day: the cap keeps a deployment from being lost to one answer.
        var cap = router.RetryAfterCap > own ? router.RetryAfterCap : own;
        return asked < cap ? asked : cap;
    }
}

/// <summary>Which rule rested a deployment.</summary>
internal enum CooldownReason
{
    /// <summary>None did.</summary>
    None,

    /// <summary>The status alone.</summary>
    Status,

    /// <summary>More than half of the minute's calls failed.</summary>
    FailingShare,

    /// <summary>More failures than allowed.</summary>
    AllowedFails,
}

/// <summary>What a failure led to.</summary>
/// <param name="Reason">The rule that rested the deployment; none when it goes on.</param>
/// <param name="Duration">For how long.</param>
/// <param name="Began">It was not resting before: the moment for a metric and an alert.</param>
internal readonly record struct CooldownDecision(CooldownReason Reason, TimeSpan Duration, bool Began);
