using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>The client's side of the handshake: RFC 6455 section 4.2 over HTTP/1.1, RFC 8441 over HTTP/2.</summary>
internal static class ClientUpgrade
{
    private const string AcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int KeyBytes = 16;

    /// <summary>Whether the client asks for a WebSocket that can be given.</summary>
    internal static bool IsAsked(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers.SecWebSocketVersion != "13")
        {
            return false;
        }
        if (http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
        }
        Span<byte> key = stackalloc byte[KeyBytes + 3];
        return http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
            && headers.SecWebSocketKey is [{ } sent] && Convert.TryFromBase64String(sent, key, out var length) && length == KeyBytes;
    }

    /// <summary>Opens the socket; headers of the answer have been set.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="keepAlive">How often the client is asked whether it is there; without an answer in the same time it is gone.</param>
    internal static async Task<WebSocket> AcceptAsync(HttpContext http, TimeSpan keepAlive)
    {
        var headers = http.Response.Headers;
        var protocol = SocketProtocols.Offered(http.Request).Contains(SocketProtocols.Realtime, StringComparer.Ordinal) ? SocketProtocols.Realtime : null;
        if (protocol is not null)
        {
            headers.SecWebSocketProtocol = protocol;
        }
        Stream stream;
        if (http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            stream = await connect.AcceptAsync();
        }
        else
        {
            headers.Connection = HeaderNames.Upgrade;
            headers.Upgrade = "websocket";
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1 here; it protects nothing.
            headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(http.Request.Headers.SecWebSocketKey + AcceptGuid)));
#pragma warning restore CA5350
            stream = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        }
        return WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol, KeepAliveInterval = keepAlive, KeepAliveTimeout = keepAlive });
    }
}
