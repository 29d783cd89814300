using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Providers.Dialects;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>One call that is passed through, up to the point from which its answer can be passed on: whatever its status is.</summary>
internal sealed class PassThroughAttempt(TimeProvider time, StreamCaps caps)
{
    private const int LongestErrorBody = 1 << 20;

    /// <summary>Makes the attempt.</summary>
    /// <exception cref="GatewayException">The client is gone, or its body or path is refused.</exception>
    internal async ValueTask<AttemptOutcome> RunAsync(GatewayCall call, PassThroughCall passed, UpstreamDeployment account)
    {
        var limit = call.Options.Timeout ?? passed.Route.Endpoint?.Timeout ?? call.Snapshot.Config.PassThrough.Timeout ?? TimeLimits.For(call, account).Whole;
        if (AddressOf(call, passed, account) is not { } address)
        {
            return new AttemptOutcome(null, new UpstreamFault(FaultKind.BadRequest, 0, $"The account at '{account.Provider.Name}' has no address."), 0);
        }
        var timeout = PooledTimeout.Rent(time, call.Snapshot.Config.Request.CancelOnDisconnect ? call.Http.RequestAborted : CancellationToken.None);
        ModelAnswer? answer = null;
        HttpResponseMessage? response = null;
        try
        {
            var sentAt = time.GetTimestamp();
            timeout.Arm(limit);
            var reply = await SendAsync(call, passed, account, address, timeout.Token);
            if (reply.Fault is { } unsent)
            {
                return new AttemptOutcome(null, unsent, unsent.Status);
            }
            response = reply.Response!; // A reply has a fault or a response.
            var outcome = await OpenAsync(call, passed, new Opening(account, response, timeout, sentAt, limit));
            answer = outcome.Answer;
            return outcome;
        }
        catch (OperationCanceledException) when (timeout.Token.IsCancellationRequested)
        {
            if (call.Http.RequestAborted.IsCancellationRequested && call.Snapshot.Config.Request.CancelOnDisconnect)
            {
                throw new GatewayException(new GatewayError(ErrorKind.ClientGone, "The client closed the connection."));
            }
            return new AttemptOutcome(null, new UpstreamFault(FaultKind.Timeout, 0, $"Request timed out after {limit?.TotalSeconds:0.###} seconds."), 0);
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

    private readonly record struct Opening(UpstreamDeployment Account, HttpResponseMessage Response, PooledTimeout Timeout, long SentAt, TimeSpan? Limit);

    private static Uri? AddressOf(GatewayCall call, PassThroughCall passed, UpstreamDeployment account)
    {
        var below = passed.Path;
        if (passed.Known is { PathModel: { } written, Model: { } model } && account.FixedModel is { } upstream && account.Config.ModelGroup == model && upstream.Model != model)
        {
            // The path names a model of this gateway: the vendor knows it by another name.
            var at = below.LastIndexOf(written, StringComparison.Ordinal);
            below = below[..at] + Uri.EscapeDataString(upstream.Model) + below[(at + written.Length)..];
            passed.Model = upstream.Model;
        }
        if (passed.Route.Endpoint is { } endpoint)
        {
            passed.Root = endpoint.Target;
            return PassThroughPath.Join(endpoint.Target, below, passed.Query);
        }
        if (AccountRoot.Of(account, below) is not { } place)
        {
            return null;
        }
        passed.Root = place.Root;
        return PassThroughPath.Join(place.Root, place.Below, passed.Query);
    }

    private static async ValueTask<UpstreamReply> SendAsync(GatewayCall call, PassThroughCall passed, UpstreamDeployment account, Uri address, CancellationToken cancellationToken)
    {
        var method = new HttpMethod(call.Http.Request.Method);
        KeyValuePair<string, string>[] headers =
            [.. passed.Headers.Where(header => !account.Headers.Any(own => own.Key.Equals(header.Key, StringComparison.OrdinalIgnoreCase))), .. account.Headers];
        var relayed = passed.RelaysBody ? new RelayedBody(call.Http.Request, call.Snapshot.Config.Access.MaxUploadBytes) : null;
        var reply = await account.Http.SendAsync(method, address, ContentOf(call, relayed), account.Credential, headers, cancellationToken);
        if (relayed is { WasTooLong: true })
        {
            reply.Response?.Dispose();
            throw new GatewayException(new GatewayError(ErrorKind.BodyTooLarge,
                $"The request body is larger than {call.Snapshot.Config.Access.MaxUploadBytes} bytes (general_settings.max_file_size_mb)."));
        }
        if (relayed?.Broken is { } broken && reply.Response is null)
        {
            throw broken as BadHttpRequestException ?? (Exception)new GatewayException(new GatewayError(ErrorKind.ClientGone, "The client closed the connection."));
        }
        if (reply.Response is not { StatusCode: System.Net.HttpStatusCode.Unauthorized } || !account.Credential.Invalidate() || relayed is not null)
        {
            return reply;
        }
        // A token may have been revoked before its time: drop it and ask once more with a new one.
        reply.Response.Dispose();
        return await account.Http.SendAsync(method, address, ContentOf(call, null), account.Credential, headers, cancellationToken);
    }

    private static HttpContent? ContentOf(GatewayCall call, RelayedBody? relayed)
    {
        HttpContent? content = relayed is not null ? relayed : call.Body is { } body ? new ReadOnlyMemoryContent(body.Memory) : null;
        if (call.Http.Request.ContentType is { Length: > 0 } type)
        {
            content?.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        return content;
    }

    private async ValueTask<AttemptOutcome> OpenAsync(GatewayCall call, PassThroughCall passed, Opening opening)
    {
        var response = opening.Response;
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400 and not 304 && response.Headers.Location is { } location && PassThroughAnswers.LocalLocation(passed, response, location) is null)
        {
            return new AttemptOutcome(null, FaultReader.Read(response, default, opening.Account.FaultContext), status);
        }
        if (status >= 400)
        {
            return await OpenErrorAsync(passed, opening);
        }
        var model = opening.Account.PassedModel(passed.Model);
        var type = response.Content.Headers.ContentType?.MediaType;
        var plain = response.Content.Headers.ContentEncoding.Count == 0;
        var glance = passed.Known.Format is { } format && plain && status < 300 ? ChatDialects.GlanceOf(format) : null;
        if (glance is null || call.Stream || !"application/json".Equals(type, StringComparison.OrdinalIgnoreCase))
        {
            var stream = glance is null ? null : new PassingStream(glance, type, caps);
            return new AttemptOutcome(
                new ModelAnswer(opening.Account, model, glance ?? NoGlance, response, opening.Timeout) { IsBytes = true, Passing = stream, IdleLimit = opening.Limit, SentAt = opening.SentAt }, null, status);
        }
        var (body, fault) = await UpstreamAnswer.ReadAsync(response, caps.TotalBytes, opening.Timeout.Token);
        return body is null ? new AttemptOutcome(null, fault, status)
            : new AttemptOutcome(
                new ModelAnswer(opening.Account, model, glance, response, opening.Timeout) { Whole = body, Told = body.Memory, Facts = glance.ReadFacts(body.Memory.Span), SentAt = opening.SentAt }, null, status);
    }

    /// <summary>An error passes as it is; only a credential of ours that it repeats does not.</summary>
    private static async ValueTask<AttemptOutcome> OpenErrorAsync(PassThroughCall passed, Opening opening)
    {
        var (response, status) = (opening.Response, (int)opening.Response.StatusCode);
        var (body, fault) = await UpstreamAnswer.ReadAsync(response, LongestErrorBody, opening.Timeout.Token);
        if (body is null)
        {
            return new AttemptOutcome(null, fault, status);
        }
        passed.Fault = FaultReader.Read(response, body.Memory.Span, opening.Account.FaultContext);
        return new AttemptOutcome(
            new ModelAnswer(opening.Account, opening.Account.PassedModel(passed.Model), NoGlance, response, opening.Timeout)
            {
                Whole = body, Told = PassThroughAnswers.WithoutSecrets(body.Memory, opening.Account.FaultContext.Secrets), SentAt = opening.SentAt,
            }, null, status);
    }

    /// <summary>Stands where nothing is read.</summary>
    private static IDialectGlance NoGlance => ChatDialects.GlanceOf(Providers.WireFormat.OpenAIChat);
}
