using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Weir.Providers.Credentials;

namespace Weir.Providers.Upstream;

/// <summary>
/// Opens a WebSocket at an upstream (RFC 6455, section 4.1) over the outbound connector's own calls: signed and judged like any other, and a
/// refusal keeps its body, which says why.
/// </summary>
public sealed class UpstreamHandshake
{
    private const string AcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    /// <summary>Asks. The answer's status is 101 when the upstream agrees; then <see cref="AcceptAsync"/> has the socket.</summary>
    /// <param name="http">The deployment's way out.</param>
    /// <param name="address">Absolute address, <c>ws</c> or <c>wss</c>.</param>
    /// <param name="credential">Signs the call.</param>
    /// <param name="headers">What the call carries besides.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public ValueTask<UpstreamReply> SendAsync(
        UpstreamHttp http, Uri address, ICredential credential, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.SendAsync(
            HttpMethod.Get, address, null, credential,
            [
                .. headers, new("Connection", "Upgrade"), new("Upgrade", "websocket"), new("Sec-WebSocket-Version", "13"), new("Sec-WebSocket-Key", _key),
            ],
            cancellationToken);
    }

    /// <summary>The socket of an answer with status 101, which stays open until the answer is disposed; null when the other side does not speak the protocol.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="keepAlive">How often the other side is asked whether it is there; without an answer in the same time it is gone.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async ValueTask<WebSocket?> AcceptAsync(HttpResponseMessage response, TimeSpan keepAlive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols
            || !response.Headers.Upgrade.Any(static upgrade => upgrade.Name.Equals("websocket", StringComparison.OrdinalIgnoreCase))
            || !response.Headers.TryGetValues("Sec-WebSocket-Accept", out var accept) || accept.SingleOrDefault() != Accepted())
        {
            return null;
        }
        return WebSocket.CreateFromStream(
            await response.Content.ReadAsStreamAsync(cancellationToken), new WebSocketCreationOptions { KeepAliveInterval = keepAlive, KeepAliveTimeout = keepAlive });
    }

    private string Accepted()
    {
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1 here; it protects nothing.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(_key + AcceptGuid)));
#pragma warning restore CA5350
    }
}
