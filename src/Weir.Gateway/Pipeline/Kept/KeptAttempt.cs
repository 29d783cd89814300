using System.Net;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>One call about a kept thing, up to the point from which its answer can be passed on.</summary>
internal sealed class KeptAttempt(UpstreamAttempt reading, KeptShelf shelf, TimeProvider time, StreamCaps caps)
{
    /// <summary>Makes the attempt.</summary>
    /// <exception cref="GatewayException">The client is gone.</exception>
    internal async ValueTask<AttemptOutcome> RunAsync(GatewayCall call, KeptRoute route, UpstreamDeployment deployment)
    {
        if (call.Kept is not { } kept || deployment.KeptUri(route.Kind, kept.Path) is not { } address)
        {
            return new AttemptOutcome(null, new UpstreamFault(FaultKind.BadRequest, 0, $"The provider '{deployment.Provider.Name}' does not serve {call.Surface.Name} here."), 0);
        }
        var limits = TimeLimits.For(call, deployment);
        var timeout = PooledTimeout.Rent(time, call.Snapshot.Config.Request.CancelOnDisconnect ? call.Http.RequestAborted : CancellationToken.None);
        ModelAnswer? answer = null;
        HttpResponseMessage? response = null;
        try
        {
            var sentAt = time.GetTimestamp();
            timeout.Arm(call.Stream ? limits.FirstChunk : limits.Whole);
            var reply = await SendAsync(route, kept, deployment, WithQuery(address, kept.Query), timeout.Token);
            if (reply.Fault is { } unsent)
            {
                return new AttemptOutcome(null, unsent, unsent.Status);
            }
            response = reply.Response!; // A reply has a fault or a response.
            if ((int)response.StatusCode is < 200 or >= 300)
            {
                return new AttemptOutcome(null, await UpstreamAttempt.ReadFaultAsync(response, deployment, timeout.Token), (int)response.StatusCode);
            }
            if (response.Content.Headers.ContentEncoding.Count > 0)
            {
                return UpstreamAttempt.Failed(response, "The upstream compressed its answer although it was not asked to.");
            }
            var crossing = route.Kind == KeptKind.Response ? IdCrossing.Of(call, deployment, null) : null;
            var opened = new UpstreamAttempt.Opened(deployment, deployment.ModelNamed(deployment.Config.UpstreamModel), ChatDialects.GlanceOf(route.Format), crossing, response, timeout, sentAt);
            var outcome = call.Stream ? await reading.OpenStreamAsync(call, opened, limits)
                : route.Verb == KeptVerb.Content ? new AttemptOutcome(opened.AnswerOfBytes(limits), null, (int)response.StatusCode)
                : await ReadWholeAsync(call, route, opened);
            answer = outcome.Answer;
            return outcome;
        }
        catch (OperationCanceledException) when (timeout.Token.IsCancellationRequested)
        {
            if (call.Http.RequestAborted.IsCancellationRequested && call.Snapshot.Config.Request.CancelOnDisconnect)
            {
                throw new GatewayException(new GatewayError(ErrorKind.ClientGone, "The client closed the connection."));
            }
            return new AttemptOutcome(null, new UpstreamFault(FaultKind.Timeout, 0, $"Request timed out after {limits.Whole?.TotalSeconds:0.###} seconds."), 0);
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

    /// <summary>
    /// Looks at a thing of the caller's, for a list. What is known of it when its upstream can't be asked; null when it is gone.
    /// </summary>
    internal async ValueTask<KeptThing?> LookAsync(GatewayCall call, KeptRoute route, KeptThing thing, CancellationToken cancellationToken)
    {
        if (!call.Snapshot.Ids.TryUnwrap(thing.Id, thing.Owner, out var issued) || KeptRequests.KeeperOf(call, issued.Deployment) is not { } keeper
            || keeper.KeptUri(route.Kind, $"{route.Root}/{Uri.EscapeDataString(issued.Id)}") is not { } address)
        {
            return null;
        }
        using var timeout = PooledTimeout.Rent(time, cancellationToken);
        timeout.Arm(TimeLimits.For(call, keeper).Whole);
        try
        {
            var reply = await SendAsync(route, new KeptCall("", "", null), keeper, address, timeout.Token);
            using var response = reply.Response;
            if (response is null || (int)response.StatusCode is < 200 or >= 300)
            {
                if (response?.StatusCode != HttpStatusCode.NotFound)
                {
                    return thing;
                }
                await shelf.ForgetAsync(thing);
                return null;
            }
            var (body, _) = await UpstreamAnswer.ReadAsync(response, caps.TotalBytes, timeout.Token);
            using (body)
            {
                if (body is null || KeptAnswers.Told(call, route, keeper, body.Memory.Span) is not { } told)
                {
                    return thing;
                }
                await shelf.NoteAsync(call, route, told);
                return thing with { Body = told };
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Its upstream is too slow: the list shows what it said last.
            return thing;
        }
    }

    /// <summary>Sends, and once more when a token has been revoked before its time.</summary>
    internal static async ValueTask<UpstreamReply> SendAsync(KeptRoute route, KeptCall kept, UpstreamDeployment deployment, Uri address, CancellationToken cancellationToken)
    {
        var method = new HttpMethod(route.Method);
        var reply = await deployment.Http.SendAsync(method, address, ContentOf(kept), deployment.Credential, deployment.Headers, cancellationToken);
        if (reply.Response is not { StatusCode: HttpStatusCode.Unauthorized } || !deployment.Credential.Invalidate())
        {
            return reply;
        }
        reply.Response.Dispose();
        return await deployment.Http.SendAsync(method, address, ContentOf(kept), deployment.Credential, deployment.Headers, cancellationToken);
    }

    private static HttpContent? ContentOf(KeptCall kept)
    {
        var content = kept.Body?.ToContent();
        content?.Headers.ContentType = kept.Body?.ContentType;
        return content;
    }

    private async ValueTask<AttemptOutcome> ReadWholeAsync(GatewayCall call, KeptRoute route, UpstreamAttempt.Opened opened)
    {
        var status = (int)opened.Response.StatusCode;
        var (body, fault) = await UpstreamAnswer.ReadAsync(opened.Response, caps.TotalBytes, opened.Timeout.Token);
        if (body is null)
        {
            return new AttemptOutcome(null, fault, status);
        }
        // A response that failed holds an error and is a good answer to the question how it went.
        if (KeptAnswers.Told(call, route, opened.Deployment, body.Memory.Span) is { } told)
        {
            await shelf.NoteAsync(call, route, told);
            return new AttemptOutcome(opened.Answer(body, told, default), null, status);
        }
        using (body)
        {
            return UpstreamAttempt.Failed(opened.Response, "The upstream's answer is not a JSON object.");
        }
    }

    /// <summary>Azure's addresses have a query already.</summary>
    private static Uri WithQuery(Uri address, string query) =>
        query.Length == 0 ? address : new Uri(address.AbsoluteUri + (address.Query.Length > 0 ? "&" + query[1..] : query));
}
