using System.Net;
using Weir.Gateway.Errors;
using Weir.Gateway.Routing;
using Weir.Providers.Dialects.Media;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>One handshake with one deployment. It comes before the client's, so that a refusal can be told as HTTP, and tried elsewhere.</summary>
internal sealed class RealtimeAttempt(TimeProvider time)
{
    /// <summary>A side that does not answer a ping for so long is gone.</summary>
    internal static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    /// <summary>Makes the attempt.</summary>
    /// <exception cref="GatewayException">The client is gone.</exception>
    internal async ValueTask<AttemptOutcome> RunAsync(GatewayCall call, UpstreamDeployment deployment, RouteMatch route)
    {
        var model = deployment.ModelFor(route);
        if (deployment.Config.MockResponse is not null || model.TargetOf(call.Surface) is not { } target)
        {
            return new AttemptOutcome(null, new UpstreamFault(FaultKind.BadRequest, 0, $"The provider '{deployment.Provider.Name}' does not serve {call.Operation} here."), 0);
        }
        var limit = TimeLimits.For(call, deployment).FirstChunk;
        var timeout = PooledTimeout.Rent(time, call.Http.RequestAborted);
        HttpResponseMessage? response = null;
        ModelAnswer? answer = null;
        try
        {
            var sentAt = time.GetTimestamp();
            timeout.Arm(limit);
            var handshake = new UpstreamHandshake();
            var headers = HeadersOf(call, target);
            var reply = await handshake.SendAsync(deployment.Http, target.Whole, deployment.Credential, headers, timeout.Token);
            if (reply.Response is { StatusCode: HttpStatusCode.Unauthorized } && deployment.Credential.Invalidate())
            {
                // A token may have been revoked before its time: drop it and ask once more with a new one.
                reply.Response.Dispose();
                reply = await handshake.SendAsync(deployment.Http, target.Whole, deployment.Credential, headers, timeout.Token);
            }
            if (reply.Response is null)
            {
                return new AttemptOutcome(null, reply.Fault, reply.Fault?.Status ?? 0);
            }
            response = reply.Response;
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
            {
                return response.IsSuccessStatusCode
                    ? UpstreamAttempt.Failed(response, "The upstream did not open a WebSocket.")
                    : new AttemptOutcome(null, await UpstreamAttempt.ReadFaultAsync(response, deployment, timeout.Token), (int)response.StatusCode);
            }
            if (await handshake.AcceptAsync(response, KeepAlive, timeout.Token) is not { } socket)
            {
                return UpstreamAttempt.Failed(response, "The upstream's handshake is not that of a WebSocket.");
            }
            timeout.Arm(null);
            answer = new ModelAnswer(deployment, model, MediaGlance.Instance, response, timeout) { Socket = socket, SentAt = sentAt };
            return new AttemptOutcome(answer, null, (int)response.StatusCode);
        }
        catch (OperationCanceledException) when (timeout.Token.IsCancellationRequested)
        {
            return call.Http.RequestAborted.IsCancellationRequested
                ? throw new GatewayException(new GatewayError(ErrorKind.ClientGone, "The client closed the connection."))
                : new AttemptOutcome(null, new UpstreamFault(FaultKind.Timeout, 0, $"Request timed out after {limit?.TotalSeconds:0.###} seconds."), 0);
        }
        finally
        {
            if (answer is null)
            {
                response?.Dispose();
                timeout.Dispose();
            }
        }
    }

    /// <summary>The version of the events is the client's choice; a header of the configuration wins.</summary>
    private static KeyValuePair<string, string>[] HeadersOf(GatewayCall call, UpstreamTarget target) =>
        SocketProtocols.BetaOf(call.Http.Request) is not { } beta || target.Headers.Any(static header => header.Key.Equals("OpenAI-Beta", StringComparison.OrdinalIgnoreCase))
            ? target.Headers : [.. target.Headers, new("OpenAI-Beta", beta)];
}
