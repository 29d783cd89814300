using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire.Realtime;

namespace Weir.TestKit.Server;

/// <summary>A WebSocket and the session on it. Faults count the events that the server sends.</summary>
internal sealed class RealtimePlayer(HttpContext context, ScriptedModelOptions options)
{
    private const int LongestMessage = 16 << 20;
    private const string AcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private int _sent;

    /// <summary>The server itself ended the connection.</summary>
    public bool EndedConnection { get; private set; }

    public static bool IsHandshake(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
        && context.Request.Headers.SecWebSocketKey.Count == 1;

    /// <param name="session">What to say.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="received">Told of each message of the client.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    public async Task PlayAsync(RealtimeSession session, Fault fault, Action<byte[]> received, CancellationToken cancellationToken)
    {
        if (fault.Kind == FaultKind.HangBeforeHeaders)
        {
            await fault.Gate.PassAsync(cancellationToken);
        }

        using var socket = await AcceptAsync();
        if (!await SendAsync(socket, session, session.Opening(), fault, cancellationToken))
        {
            return;
        }

        while (await ReceiveAsync(socket, cancellationToken) is { } message)
        {
            received(message);
            foreach (var bytes in session.Answer(message))
            {
                if (!await SendAsync(socket, session, bytes, fault, cancellationToken))
                {
                    return;
                }
            }
        }

        if (socket.State == WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
    }

    /// <summary>False when the fault ended the session.</summary>
    private async Task<bool> SendAsync(WebSocket socket, RealtimeSession session, byte[] bytes, Fault fault, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.Cut when _sent == fault.Chunks:
                // Without a closing frame; what was sent still arrives, unless a reset is wanted.
                EndedConnection = true;
                if (fault.ByReset)
                {
                    context.Abort();
                }

                return false;
            case FaultKind.HangAfterChunks when _sent == fault.Chunks:
                await fault.Gate.PassAsync(cancellationToken);
                break;
            case FaultKind.ErrorEvent when _sent == fault.Chunks:
                await socket.SendAsync(session.Error(fault, null), WebSocketMessageType.Text, true, cancellationToken);
                EndedConnection = true;
                await socket.CloseOutputAsync(WebSocketCloseStatus.InternalServerError, "server_error", cancellationToken);
                return false;
            case FaultKind.Garbage:
                bytes = "{\"type\": [ <html>oops"u8.ToArray();
                break;
        }

        if (_sent++ > 0 && options.ChunkInterval > TimeSpan.Zero)
        {
            await Task.Delay(options.ChunkInterval, options.Clock, cancellationToken);
        }

        await socket.SendAsync(bytes, WebSocketMessageType.Text, true, cancellationToken);
        return true;
    }

    private async Task<WebSocket> AcceptAsync()
    {
        var headers = context.Response.Headers;
        var key = context.Request.Headers.SecWebSocketKey.ToString();
        // RFC 6455 section 4.2.2 asks for SHA-1; it protects nothing.
        headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptGuid)));
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        // Browsers send their key as a protocol beside this one.
        var realtime = context.Request.Headers.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries).Contains("realtime");
        if (realtime)
        {
            headers.SecWebSocketProtocol = "realtime";
        }

        var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
        var stream = await upgrade.UpgradeAsync();
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = realtime ? "realtime" : null });
    }

    /// <summary>The next message; null when the client closes.</summary>
    private static async Task<byte[]?> ReceiveAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            whole.Write(buffer, 0, part.Count);
            if (whole.Length > LongestMessage)
            {
                throw new IOException("The message is longer than a client may send.");
            }

            if (part.EndOfMessage)
            {
                return whole.ToArray();
            }
        }
    }
}
