using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Gateway.Pipeline.Realtime;
using Weir.Gateway.Routing;
using Weir.Providers;

namespace Weir.Gateway.Pipeline;

/// <summary>How one deployment is asked once: a model, a thing that is kept, a realtime session, bytes that go on as they are.</summary>
internal sealed class AttemptKinds(UpstreamAttempt model, KeptAttempt kept, RealtimeAttempt realtime, PassThroughAttempt passing)
{
    /// <summary>Asks <paramref name="deployment"/> in the way that the call is of.</summary>
    internal ValueTask<AttemptOutcome> RunAsync(GatewayCall call, UpstreamDeployment deployment, RouteMatch route) =>
        call.PassThrough is { } passed ? passing.RunAsync(call, passed, deployment)
        : call.Surface.Kept is { } asked ? kept.RunAsync(call, asked, deployment)
        : call.Operation == Operation.Realtime ? realtime.RunAsync(call, deployment, route)
        : model.RunAsync(call, deployment, route);
}
