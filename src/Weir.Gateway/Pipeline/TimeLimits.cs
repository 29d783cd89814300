using Weir.Gateway.Config;

namespace Weir.Gateway.Pipeline;

/// <summary>The limits of time for one attempt; null = none. The request's own wish wins over the deployment's, that over the router's.</summary>
/// <param name="Whole">An unstreamed call from sending to the last byte.</param>
/// <param name="FirstChunk">A streamed call until the response head.</param>
/// <param name="FirstContent">A streamed call from the response head until the first content.</param>
/// <param name="Idle">Each gap between two chunks.</param>
/// <param name="WholeStream">
/// A streamed call from sending to the last byte, where the request itself asks for it. A configured <c>timeout</c> bounds waiting, not
/// streaming, as in LiteLLM: an answer that keeps coming is not cut because it is long.
/// </param>
internal readonly record struct TimeLimits(TimeSpan? Whole, TimeSpan? FirstChunk, TimeSpan? FirstContent, TimeSpan? Idle, TimeSpan? WholeStream)
{
    internal static TimeLimits For(GatewayCall call, UpstreamDeployment deployment)
    {
        TimeoutConfig own = deployment.Config.Timeouts, router = call.Snapshot.Config.Router.Timeouts;
        var whole = call.Options.Timeout ?? own.Total ?? router.Total;
        var stream = call.Options.StreamTimeout ?? own.Stream ?? router.Stream ?? whole;
        return new TimeLimits(whole, Shorter(stream, whole), own.FirstToken ?? router.FirstToken ?? stream, own.StreamIdle ?? router.StreamIdle ?? whole, call.Options.Timeout);
    }

    /// <summary>The limit of the next phase of a call: its own, or what is left of the whole call when that is less.</summary>
    internal static TimeSpan? Next(TimeSpan? own, TimeSpan? whole, TimeSpan elapsed) =>
        whole is { } limit ? Shorter(own, limit > elapsed ? limit - elapsed : TimeSpan.Zero) : own;

    private static TimeSpan? Shorter(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null || a < b ? a : b;
}
