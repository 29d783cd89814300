using System.Runtime.CompilerServices;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Routing;
using Weir.Providers;
using Weir.Providers.Tokens;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// Step 4 of the pipeline: pick a deployment, send, on a fault retry inside the group, cool down, fall back to other groups; until an answer
/// can be passed on or nothing is left to try. Nothing has gone out to the caller while this runs.
/// </summary>
internal sealed class AttemptLoop(AttemptKinds kinds, DeploymentPicker picker, RetryPlanner retries, CallObserver observer, TimeProvider time)
{
    private const int MostAttemptsKept = 16;

    /// <summary>What a group came to: an answer, the fault of its last attempt, or why nobody could be asked.</summary>
    private readonly record struct GroupOutcome(ModelAnswer? Answer, UpstreamFault? Fault, string Provider, NoDeployment? Refusal, int Retried, int MaxRetries);

    /// <summary>The answer that is passed on.</summary>
    /// <exception cref="GatewayException">Nothing answered; the error is the first group's, with the story of the others.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<ModelAnswer> FirstAnswerAsync(GatewayCall call)
    {
        var route = call.Target;
        var outcome = await TryGroupAsync(call, route, null);
        if (outcome.Answer is { } answer)
        {
            return answer;
        }
        return await FallBackAsync(call, route, outcome);
    }

    private async ValueTask<ModelAnswer> FallBackAsync(GatewayCall call, RouteMatch first, GroupOutcome failed)
    {
        // As in LiteLLM a configured fallback serves every caller, unless the configuration asks for the same rights there.
        Func<RouteMatch, bool>? allows = call.Snapshot.Config.Access.EnforceFallbackModelAccess ? match => ModelAccess.Allows(call.Caller, match) : null;
        var sequence = new FallbackSequence(call.Snapshot.Routes, TermsOf(call, failed.Fault?.Kind), allows);
        var names = FallbackPlanner.NamesFor(first, failed.Fault?.Kind, TermsOf(call, failed.Fault?.Kind));
        var (route, last) = (first, failed);
        var trail = new AttemptTrail();
        var failedGroup = first.Group.Name;
        while (sequence.Next(route, last.Fault?.Kind) is { } next)
        {
            route = next;
            call.FallbacksTried++;
            trail.EnterGroup();
            var (from, cause) = (failedGroup, last.Fault);
            last = await TryGroupAsync(call, route, trail);
            observer.FellBack(call, from, route.Group.Name, call.LastTried, cause?.Kind ?? FaultKind.Unavailable, cause?.Status ?? 0, last.Answer is not null);
            failedGroup = route.Group.Name;
            if (last.Answer is { } answer)
            {
                return answer;
            }
        }
        throw new GatewayException(ErrorOf(call, first, failed, names, call.FallbacksTried == 0 ? null : last));
    }

    private async ValueTask<GroupOutcome> TryGroupAsync(GatewayCall call, RouteMatch route, AttemptTrail? trail)
    {
        UpstreamDeployment? again = null;
        UpstreamFault? fault = null;
        var (provider, budget) = ("", 0);
        while (true)
        {
            var pick = Pick(call, route, trail, again);
            if (!pick.Picked)
            {
                return new GroupOutcome(null, fault, provider, fault is null ? pick.Refusal : null, trail?.Retries ?? 0, budget);
            }
            var deployment = (UpstreamDeployment)pick.Deployment;
            var outcome = await AttemptAsync(call, route, deployment, pick.Counts);
            if (outcome.Answer is { } answer)
            {
                call.RetriesMade = trail?.TotalRetries ?? 0;
                return new GroupOutcome(answer, null, "", null, 0, 0);
            }
            fault = outcome.Fault!; // An attempt has an answer or a fault.
            provider = deployment.Provider.Name;
            // What an account says of a thing that it keeps (or has forgotten) says nothing about its models.
            if (call.Surface.Kept is null && call.PassThrough is null && CooldownPolicy.OnFailure(route.Group, deployment, fault).Began)
            {
                observer.CooledDown(deployment, fault.Status);
            }
            trail ??= new AttemptTrail();
            var plan = Plan(call, route, trail, deployment, fault);
            budget = plan.Budget;
            call.RetriesMade = trail.TotalRetries;
            if (plan.Action == RetryAction.Stop)
            {
                return new GroupOutcome(null, fault, provider, null, trail.Retries, budget);
            }
            again = plan.Action == RetryAction.SameDeployment ? deployment : null;
            if (plan.Delay > TimeSpan.Zero)
            {
                await WaitAsync(call, plan.Delay);
            }
        }
    }

    private async ValueTask<AttemptOutcome> AttemptAsync(GatewayCall call, RouteMatch route, UpstreamDeployment deployment, PickCounts counts)
    {
        var began = time.GetTimestamp();
        var record = call.Record;
        record.ModelGroup = route.Group.Name;
        record.DeploymentId = deployment.Id;
        record.Provider = deployment.Provider.Name;
        call.LastTried = deployment;
        if (record.AttemptCount == 0)
        {
            record.Overhead = time.GetElapsedTime(call.StartedAt, began);
        }
        var answered = false;
        try
        {
            observer.Attempting(call, deployment, route);
            var outcome = await kinds.RunAsync(call, deployment, route);
            answered = outcome.Answer is not null;
            var fault = outcome.Fault ?? call.PassThrough?.Fault;
            observer.Attempted(call, deployment, route, fault, outcome.Status);
            record.AttemptCount++;
            if (record.Attempts.Count < MostAttemptsKept)
            {
                record.Attempts.Add(new AttemptRecord(deployment.Id, route.Group.Name, fault?.Kind, outcome.Status,
                    time.GetElapsedTime(began), counts.Eligible, counts.Cooling));
            }
            return outcome;
        }
        finally
        {
            // An answer ends its call when it has been passed on.
            if (!answered)
            {
                deployment.State.End();
            }
        }
    }

    private PickResult Pick(GatewayCall call, in RouteMatch route, AttemptTrail? trail, UpstreamDeployment? again) =>
        again is not null ? picker.PickAgain(route, again) : picker.Pick(route, ContextOf(call, trail, left: true));

    private RetryPlan Plan(GatewayCall call, in RouteMatch route, AttemptTrail trail, UpstreamDeployment failed, UpstreamFault fault)
    {
        var terms = new RetryTerms { RequestedRetries = call.Options.Retries, Fallbacks = TermsOf(call, fault.Kind) };
        return retries.Next(route, ContextOf(call, trail, left: false), trail, failed, fault, terms);
    }

    private static PickContext ContextOf(GatewayCall call, AttemptTrail? trail, bool left) => new()
    {
        Excluded = left && trail is not null ? trail.Tried : default,
        AboveOrder = left ? trail?.AboveOrder : null,
        Tags = call.Options.Tags,
        Streaming = call.Stream,
        Prompt = call.Snapshot.Config.Router.EnablePreCallChecks && call.Operation != Operation.Realtime ? new PromptSize(call) : null,
    };

    private static FallbackTerms TermsOf(GatewayCall call, FaultKind? kind) => new(
        kind switch
        {
            FaultKind.ContextWindowExceeded => call.Options.ContextWindowFallbacks ?? call.Options.Fallbacks,
            FaultKind.ContentPolicyViolation => call.Options.ContentPolicyFallbacks ?? call.Options.Fallbacks,
            _ => call.Options.Fallbacks,
        },
        call.Options.DisableFallbacks);

    private async ValueTask WaitAsync(GatewayCall call, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, time, call.Http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            throw new GatewayException(new GatewayError(ErrorKind.ClientGone, "The client closed the connection."));
        }
    }

    private static GatewayError ErrorOf(GatewayCall call, in RouteMatch first, in GroupOutcome failed, IReadOnlyList<string> names, GroupOutcome? last)
    {
        var request = call.Snapshot.Config.Request;
        if (call.PassThrough is not null && failed.Fault is { } unpassed)
        {
            var told = FaultErrors.Of(unpassed, failed.Provider, new RoutingTrail(call.Snapshot.Config.Router, false, "", [], 0, 0, null));
            // What an upstream says passes as it is; when it says nothing, the gateway is a bad one.
            return told.Kind is ErrorKind.UpstreamConnection or ErrorKind.UpstreamBadResponse or ErrorKind.StreamCapExceeded ? told with { Status = 502 } : told;
        }
        var story = last is { } final ? final.Fault?.Message ?? final.Refusal?.Kind.ToString() : null;
        var trail = new RoutingTrail(call.Snapshot.Config.Router, request.ExposeRouterDebug, first.RequestedModel, names, failed.Retried, failed.MaxRetries, story);
        return failed.Fault is { } fault
            ? FaultErrors.Of(fault, failed.Provider, trail)
            : FaultErrors.Of(failed.Refusal ?? new NoDeployment(NoDeploymentKind.NoneHealthy, first.RequestedModel), trail);
    }

    private sealed class PromptSize(GatewayCall call) : IPromptSize
    {
        private long? _tokens;

        public long EstimateTokens() => _tokens ??= PromptTokens.Count(call, call.Target.RequestedModel);
    }
}
