using System.Collections.Immutable;

namespace Weir.Gateway.Routing;

/// <summary>The steps of one pick, in order. Each strikes out candidates and counts them; the first that leaves none names the reason.</summary>
internal ref struct PickSteps
{
    /// <summary>What a caller is told to wait when all places are taken: calls end at any moment.</summary>
    public static readonly TimeSpan ParallelWait = TimeSpan.FromSeconds(1);

    private readonly RouteGroup _group;
    private long? _promptTokens;

    public PickSteps(RouteGroup group, PickContext context, long now, Span<int> buffer)
    {
        _group = group;
        Context = context;
        Now = now;
        Candidates = new CandidateSet(group.Deployments, buffer);
        Counts = new PickCounts { Total = group.Count };
    }

    /// <summary>Facts of the request.</summary>
    public readonly PickContext Context { get; }

    /// <summary>The moment of the pick.</summary>
    public readonly long Now { get; }

    /// <summary>Who is left.</summary>
    public CandidateSet Candidates;

    /// <summary>Who was left out, by step.</summary>
    public PickCounts Counts;

    /// <summary>Runs every step. Null when someone is left, else the reason why not.</summary>
    public NoDeploymentKind? Run()
    {
        if (RunUntilOrder() is { } emptied)
        {
            return emptied;
        }

        Counts.LaterOrder = LeaveOutLaterOrders();
        Counts.Eligible = Candidates.Count;
        return null;
    }

    /// <summary>Runs every step but the choice of the priority level.</summary>
    public NoDeploymentKind? RunUntilOrder()
    {
        if (Candidates.Count == 0)
        {
            return NoDeploymentKind.NoneHealthy;
        }

        if (!Context.Excluded.IsEmpty || Context.AboveOrder is not null)
        {
            Counts.Excluded = LeaveOutExcluded();
            if (Candidates.Count == 0)
            {
                return NoDeploymentKind.Exhausted;
            }
        }

        if (!_group.IsPinned && (Counts.Cooling = LeaveOutCooling()) > 0 && Candidates.Count == 0)
        {
            return NoDeploymentKind.AllCooling;
        }

        if ((Counts.OverLimit = LeaveOutOverLimit()) > 0 && Candidates.Count == 0)
        {
            return NoDeploymentKind.OverLimit;
        }

        if (_group.Router.EnablePreCallChecks && (Counts.ContextWindow = LeaveOutShortContexts()) > 0 && Candidates.Count == 0)
        {
            return NoDeploymentKind.ContextWindow;
        }

        if (_group.IsPinned)
        {
            return null;
        }

        if (_group.Router.EnableTagFiltering && (Counts.Tags = LeaveOutOtherTags()) > 0 && Candidates.Count == 0)
        {
            return NoDeploymentKind.TagMismatch;
        }

        if (_group.Router.EnableHealthCheckRouting)
        {
            Counts.Unhealthy = LeaveOutUnhealthy();
        }

        return null;
    }

    /// <summary>
    /// Puts the reason into words for the caller. A step that looks at fixed facts (tags, context) is not to blame when a deployment
    /// with the right facts is only resting: waiting helps then, and 429 says so.
    /// </summary>
    public readonly NoDeployment Explain(in RouteMatch match, NoDeploymentKind emptied)
    {
        var cooling = ImmutableArray.CreateBuilder<string>();
        var wait = TimeSpan.MaxValue;
        var fitsLater = false;
        var coolingFits = false;
        long largest = 0;
        foreach (var deployment in _group.Deployments)
        {
            largest = Math.Max(largest, deployment.MaxInputTokens ?? 0);
            if (IsExcluded(deployment))
            {
                continue;
            }

            var left = _group.IsPinned ? TimeSpan.Zero : deployment.State.CooldownLeft(Now);
            var limited = IsOverLimit(deployment);
            if (left > TimeSpan.Zero)
            {
                cooling.Add(deployment.Id);
            }

            if ((left > TimeSpan.Zero || limited) && FitsByItsFacts(deployment))
            {
                fitsLater = true;
                coolingFits |= left > TimeSpan.Zero;
                var limitWait = !limited ? TimeSpan.Zero : IsOverRate(deployment) ? RoutingClock.UntilNextMinute(Now) : ParallelWait;
                wait = Min(wait, left > limitWait ? left : limitWait);
            }
        }

        var byFacts = emptied is NoDeploymentKind.TagMismatch or NoDeploymentKind.ContextWindow;
        var kind = byFacts && fitsLater ? coolingFits ? NoDeploymentKind.AllCooling : NoDeploymentKind.OverLimit : emptied;
        var waitHelps = kind is NoDeploymentKind.AllCooling or NoDeploymentKind.OverLimit;
        return new NoDeployment(kind, match.RequestedModel)
        {
            // All places were taken in between: nobody is over a limit any more by the time of this look.
            RetryAfter = !waitHelps ? TimeSpan.Zero : wait == TimeSpan.MaxValue ? ParallelWait : wait,
            CoolingIds = cooling.ToImmutable(),
            Tags = [.. Context.Tags],
            MaxInputTokens = kind == NoDeploymentKind.ContextWindow ? largest : 0,
            PromptTokens = kind == NoDeploymentKind.ContextWindow ? _promptTokens ?? 0 : 0,
            PreCallChecks = _group.Router.EnablePreCallChecks,
        };
    }

    private int LeaveOutExcluded()
    {
        var sweep = Candidates.Begin();
        for (var i = 0; i < Candidates.Count; i++)
        {
            if (!IsExcluded(Candidates[i]))
            {
                Candidates.Keep(ref sweep, i);
            }
        }

        return Candidates.Seal(sweep);
    }

    private int LeaveOutCooling()
    {
        var sweep = Candidates.Begin();
        for (var i = 0; i < Candidates.Count; i++)
        {
            if (!Candidates[i].State.IsCooling(Now))
            {
                Candidates.Keep(ref sweep, i);
            }
        }

        return Candidates.Seal(sweep);
    }

    private int LeaveOutOverLimit()
    {
        if (_group.CountsRates && _group.Router.EnablePreCallChecks && HasTokenLimit())
        {
            _promptTokens ??= Context.Prompt?.EstimateTokens();
        }

        var sweep = Candidates.Begin();
        for (var i = 0; i < Candidates.Count; i++)
        {
            if (!IsOverLimit(Candidates[i]))
            {
                Candidates.Keep(ref sweep, i);
            }
        }

        return Candidates.Seal(sweep);
    }

    private int LeaveOutShortContexts()
    {
        var sweep = Candidates.Begin();
        for (var i = 0; i < Candidates.Count; i++)
        {
            // The prompt is measured only when a window is known to compare it with.
            if (Candidates[i].MaxInputTokens is not null)
            {
                _promptTokens ??= Context.Prompt?.EstimateTokens();
            }

            if (HasRoomFor(Candidates[i]))
            {
                Candidates.Keep(ref sweep, i);
            }
        }

        return Candidates.Seal(sweep);
    }

    private int LeaveOutOtherTags()
    {
        var direct = false;
        var fallback = false;
        for (var i = 0; i < Candidates.Count; i++)
        {
            direct |= TagRule.Matches(Candidates[i], Context.Tags, _group.Router.TagMatchAny);
            fallback |= Candidates[i].IsDefaultTagged;
        }

        // Without tags in the request and without a catch-all, tags say nothing.
        if (Context.Tags.IsEmpty && !fallback)
        {
            return 0;
        }

        var sweep = Candidates.Begin();
        for (var i = 0; i < Candidates.Count; i++)
        {
            if (direct ? TagRule.Matches(Candidates[i], Context.Tags, _group.Router.TagMatchAny) : Candidates[i].IsDefaultTagged)
            {
                Candidates.Keep(ref sweep, i);
            }
        }

        return Candidates.Seal(sweep);
    }

    private int LeaveOutUnhealthy()
    {
        var staleness = _group.Router.HealthCheckStaleness;
        var usable = 0;
        for (var i = 0; i < Candidates.Count; i++)
        {
            usable += Candidates[i].State.ProbeSays(Now, staleness) == false ? 0 : 1;
        }

        // All down: a probe may be wrong, an answer of 503 without trying surely is.
        if (usable == 0 || usable == Candidates.Count)
        {
            return 0;
        }

        var sweep = Candidates.Begin();
        for (var i = 0; i < Candidates.Count; i++)
        {
            if (Candidates[i].State.ProbeSays(Now, staleness) != false)
            {
                Candidates.Keep(ref sweep, i);
            }
        }

        return Candidates.Seal(sweep);
    }

    private int LeaveOutLaterOrders()
    {
        var lowest = int.MaxValue;
        for (var i = 0; i < Candidates.Count; i++)
        {
            lowest = Math.Min(lowest, Candidates[i].Order);
        }

        var sweep = Candidates.Begin();
        for (var i = 0; i < Candidates.Count; i++)
        {
            if (Candidates[i].Order == lowest)
            {
                Candidates.Keep(ref sweep, i);
            }
        }

        return Candidates.Seal(sweep);
    }

    private readonly bool IsExcluded(Deployment deployment)
    {
        if (Context.AboveOrder is { } through && deployment.Order <= through)
        {
            return true;
        }

        foreach (var tried in Context.Excluded)
        {
            if (ReferenceEquals(tried, deployment))
            {
                return true;
            }
        }

        return false;
    }

    private readonly bool IsOverLimit(Deployment deployment) =>
        (deployment.Config.MaxParallelRequests ?? _group.Router.DefaultMaxParallelRequests) is { } most && deployment.State.InFlight >= most
        || IsOverRate(deployment);

    private readonly bool IsOverRate(Deployment deployment)
    {
        var config = deployment.Config;
        if (!_group.CountsRates || (config.Rpm is null && config.Tpm is null))
        {
            return false;
        }

        var (requests, tokens) = deployment.State.Used(Now);
        return requests >= config.Rpm || tokens >= config.Tpm || tokens + (_promptTokens ?? 0) > config.Tpm;
    }

    private readonly bool HasTokenLimit()
    {
        for (var i = 0; i < Candidates.Count; i++)
        {
            if (Candidates[i].Config.Tpm is not null)
            {
                return true;
            }
        }

        return false;
    }

    private readonly bool HasRoomFor(Deployment deployment) =>
        deployment.MaxInputTokens is not { } window || _promptTokens is not { } prompt || prompt <= window;

    private readonly bool FitsByItsFacts(Deployment deployment) =>
        (!_group.Router.EnablePreCallChecks || HasRoomFor(deployment))
        && (_group.IsPinned || !_group.Router.EnableTagFiltering || Context.Tags.IsEmpty || deployment.IsDefaultTagged
            || TagRule.Matches(deployment, Context.Tags, _group.Router.TagMatchAny));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
