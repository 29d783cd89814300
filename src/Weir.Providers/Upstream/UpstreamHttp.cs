using System.Net;
using System.Runtime.CompilerServices;
using Weir.Providers.Credentials;

namespace Weir.Providers.Upstream;

/// <summary>One POST to an upstream. What does not change between requests of a deployment is precomputed there.</summary>
/// <param name="Address">Absolute address.</param>
/// <param name="Body">The body; stays the caller's until the reply has ended.</param>
/// <param name="Credential">Puts its header on the request.</param>
/// <param name="Headers">Fixed headers of the deployment, name and value.</param>
public readonly record struct UpstreamCall(Uri Address, IUpstreamBody Body, ICredential Credential, KeyValuePair<string, string>[] Headers);

/// <summary>Either an open response or a fault. Whoever receives a response disposes it.</summary>
public readonly struct UpstreamReply
{
    private UpstreamReply(HttpResponseMessage? response, UpstreamFault? fault)
    {
        Response = response;
        Fault = fault;
    }

    /// <summary>The response head, body unread; null when there is a fault.</summary>
    public HttpResponseMessage? Response { get; }

    /// <summary>What went wrong before a response head came; null when one did.</summary>
    public UpstreamFault? Fault { get; }

    /// <summary>A reply made of its one part.</summary>
    public static UpstreamReply Of(HttpResponseMessage response) => new(response, null);

    /// <summary>A reply made of its one part.</summary>
    public static UpstreamReply Of(UpstreamFault fault) => new(null, fault);
}

/// <summary>Sends calls through the outbound connector and turns transport trouble into values.</summary>
public sealed class UpstreamHttp(HttpMessageInvoker invoker)
{
    private static readonly KeyValuePair<string, string> Agent = new("User-Agent", "weir");

    /// <summary>Sends <paramref name="call"/> and returns once the response head is there. A cancelled token throws; nothing else does.</summary>
    public ValueTask<UpstreamReply> PostAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        var content = call.Body.ToContent();
        content.Headers.ContentType = call.Body.ContentType;
        return SendAsync(HttpMethod.Post, call.Address, content, call.Credential, call.Headers, cancellationToken);
    }

    /// <summary>The same with any method.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">Absolute address.</param>
    /// <param name="content">The body with its type; disposed when the call has been sent. Null for none.</param>
    /// <param name="credential">Puts its header on the request.</param>
    /// <param name="headers">Fixed headers of the deployment, name and value.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<UpstreamReply> SendAsync(
        HttpMethod method, Uri address, HttpContent? content, ICredential credential, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, address) { Version = HttpVersion.Version11, Content = content };
        request.Headers.TryAddWithoutValidation(Agent.Key, Agent.Value);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        try
        {
            if (await credential.ApplyAsync(request, cancellationToken) is { } refused)
            {
                return UpstreamReply.Of(refused);
            }
            return UpstreamReply.Of(await invoker.SendAsync(request, cancellationToken));
        }
        catch (HttpRequestException error)
        {
            // A call that was cancelled may fail in its own way.
            cancellationToken.ThrowIfCancellationRequested();
            return UpstreamReply.Of(ConnectFault.From(error, address));
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler reports its own connect timeout as a cancellation.
            return UpstreamReply.Of(ConnectFault.From(new HttpRequestException(error.Message, error.InnerException ?? error), address));
        }
        finally
        {
            request.Dispose();
        }
    }
}
