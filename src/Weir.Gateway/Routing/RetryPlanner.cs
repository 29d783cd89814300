using Weir.Gateway.Config;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing;

/// <summary>Decides whether, where and when a failed attempt is made again inside its group.</summary>
/// <param name="picker">Knows which deployments could take the attempt.</param>
/// <param name="random">Jitter; must be safe for concurrent use.</param>
internal sealed class RetryPlanner(DeploymentPicker picker, Random random)
{
    /// <summary>Most retries that a request may ask for: a header must not turn one call into a flood.</summary>
    public const int MaxRequestedRetries = 10;

    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(0.75);

    /// <summary>Plans the next step and writes it into the trail. Tell <see cref="CooldownPolicy"/> of the failure first.</summary>
    /// <param name="match">The route that the attempt was made on.</param>
    /// <param name="context">Facts of the request; who is left out comes from the trail.</param>
    /// <param name="trail">What was tried in this group.</param>
    /// <param name="failed">The deployment that failed.</param>
    /// <param name="fault">How.</param>
    /// <param name="terms">What the request says about retries and fallbacks.</param>
    public RetryPlan Next(
        in RouteMatch match, in PickContext context, AttemptTrail trail, Deployment failed, UpstreamFault fault, in RetryTerms terms)
    {
        var router = match.Group.Router;
        var budget = BudgetFor(match, failed, fault.Kind, terms.RequestedRetries);
        trail.MarkTried(failed);
        var stop = new RetryPlan(RetryAction.Stop, TimeSpan.Zero, budget);
        if (FaultClass.BlameOf(fault.Kind) == FaultBlame.Caller)
        {
            return trail.Retries < budget && MayRepeatCallersError(match, fault.Kind)
                ? Repeat(match, context, trail, failed, fault, terms, budget)
                : stop;
        }

        var fresh = Look(match, context, trail.Tried, trail.AboveOrder, failed.Order);
        if (trail.Retries < budget)
        {
            if (fresh.SameOrder > 0)
            {
                trail.CountRetry();
                return new RetryPlan(RetryAction.PickAnother, TimeSpan.Zero, budget);
            }

            if (FaultClass.BlameOf(fault.Kind) == FaultBlame.Passing)
            {
                var again = Repeat(match, context, trail, failed, fault, terms, budget);
                if (again.Action != RetryAction.Stop)
                {
                    return again;
                }
            }
        }

        if (fresh.LaterOrder > 0)
        {
            trail.LeaveOrder(failed.Order);
            return new RetryPlan(RetryAction.NextOrder, TimeSpan.Zero, budget);
        }

        return stop;
    }

    /// <summary>
    /// Retries allowed for a fault: the request's wish, else the group's policy for the class, the router's, the deployment's own number,
    /// the router's number.
    /// </summary>
    public static int BudgetFor(in RouteMatch match, Deployment deployment, FaultKind kind, int? requested)
    {
        var router = match.Group.Router;
        if (PolicyRetries(match, kind) is { } byClass)
        {
            return requested is { } wish ? Wish(wish, byClass) : byClass;
        }

        var plain = deployment.Config.Retries ?? router.Retries;
        return Math.Max(0, requested is { } number ? Wish(number, plain) : plain);
    }

    private static int Wish(int requested, int configured) => Math.Clamp(requested, 0, Math.Max(MaxRequestedRetries, configured));

    private static int? PolicyRetries(in RouteMatch match, FaultKind kind)
    {
        if (FaultClass.PolicyOf(kind) is not { } named)
        {
            return null;
        }

        var router = match.Group.Router;
        return PolicyOfGroup(router, match) is { } own && own.TryGetValue(named, out var ofGroup) ? Math.Max(0, ofGroup)
            : router.RetryPolicy.TryGetValue(named, out var general) ? Math.Max(0, general)
            : null;
    }

    private static IReadOnlyDictionary<RetryClass, int>? PolicyOfGroup(RouterConfig router, in RouteMatch match) =>
        router.GroupRetryPolicy.GetValueOrDefault(match.RequestedModel) ?? router.GroupRetryPolicy.GetValueOrDefault(match.Group.Name);

    /// <summary>Only a policy that names the class lets a caller's error be repeated, and not when a fallback list is made for it.</summary>
    private static bool MayRepeatCallersError(in RouteMatch match, FaultKind kind) =>
        PolicyRetries(match, kind) is > 0 && !FallbackPlanner.HasListOfClass(match, kind);

    private RetryPlan Repeat(
        in RouteMatch match, in PickContext context, AttemptTrail trail, Deployment failed, UpstreamFault fault, in RetryTerms terms, int budget)
    {
        var stop = new RetryPlan(RetryAction.Stop, TimeSpan.Zero, budget);
        var delay = DelayFor(match.Group.Router, fault, trail.Retries);
        if (delay >= terms.Remaining)
        {
            return stop;
        }

        // A caller who can be served elsewhere now is not made to wait out a long limit here.
        if (delay > LongestBackoff + Jitter && FallbackPlanner.HasAny(match, fault.Kind, terms.Fallbacks))
        {
            return stop;
        }

        // A content filter refused the prompt: shopping for a region with a laxer filter is not a retry.
        if (fault.Kind == FaultKind.ContentPolicyViolation)
        {
            trail.CountRetry();
            return new RetryPlan(RetryAction.SameDeployment, delay, budget);
        }

        // Everyone had a turn: start over, if possible with another than the one that has just failed.
        if (Look(match, context, [failed], trail.AboveOrder, failed.Order).SameOrder > 0)
        {
            trail.ForgetAllBut(failed);
        }
        else if (Look(match, context, [], trail.AboveOrder, failed.Order).SameOrder > 0)
        {
            trail.ForgetAllBut(null);
        }
        else
        {
            return stop;
        }

        trail.CountRetry();
        return new RetryPlan(RetryAction.PickAnother, delay, budget);
    }

    private PickOutlook Look(in RouteMatch match, in PickContext context, ReadOnlySpan<Deployment> excluded, int? aboveOrder, int atOrder)
    {
        var asked = new PickContext
        {
            Excluded = excluded,
            Tags = context.Tags,
            Streaming = context.Streaming,
            Prompt = context.Prompt,
            AboveOrder = aboveOrder,
        };
        return picker.LookAhead(match, asked, atOrder);
    }

    /// <summary>
    /// The wait before the same deployments are asked again: what the upstream asked for, as long as it is within the cap; else growing
    /// steps with jitter after a 429 and no wait after anything else; never less than <c>retry_after</c>.
    /// </summary>
    private TimeSpan DelayFor(RouterConfig router, UpstreamFault fault, int retriesMade)
    {
        var wait = fault.RetryAfter is { } asked && asked > TimeSpan.Zero && asked <= router.RetryAfterCap
            ? asked + (asked * 0.1 * random.NextDouble())
            : fault.Kind == FaultKind.RateLimited ? Backoff(retriesMade)
            : TimeSpan.Zero;
        return wait > router.RetryAfter ? wait : router.RetryAfter;
    }

    private TimeSpan Backoff(int retriesMade)
    {
        var step = FirstBackoff * Math.Pow(2, Math.Min(retriesMade, 10));
        return (step < LongestBackoff ? step : LongestBackoff) + (Jitter * random.NextDouble());
    }
}
