using System.Net.WebSockets;
using Weir.Gateway.Errors;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>Who ended a session.</summary>
internal enum EndCause
{
    /// <summary>The client, in an orderly way.</summary>
    ClientClosed,

    /// <summary>The client is gone.</summary>
    ClientGone,

    /// <summary>The client sent what can't be passed on.</summary>
    ClientRefused,

    /// <summary>The upstream, in an orderly way.</summary>
    UpstreamClosed,

    /// <summary>The upstream is gone, or sent what can't be passed on.</summary>
    UpstreamBroke,

    /// <summary>Nobody said anything.</summary>
    Idle,

    /// <summary>The gateway stops.</summary>
    Stopping,
}

/// <summary>How a session ended.</summary>
/// <param name="Cause">Who ended it.</param>
/// <param name="Code">What both sides are told.</param>
/// <param name="Reason">In words.</param>
internal sealed record SessionEnd(EndCause Cause, WebSocketCloseStatus Code, string? Reason)
{
    /// <summary>What the client is told before its socket is closed; null for nothing.</summary>
    internal GatewayError? Error { get; init; }

    /// <summary>What the upstream did wrong; null when it did nothing.</summary>
    internal UpstreamFault? Fault { get; init; }

    /// <summary>A closing frame that came in. Codes that no frame may carry become ones that may.</summary>
    internal static SessionEnd Closed(EndCause cause, WebSocket socket) => new(cause, Sendable(socket.CloseStatus), socket.CloseStatusDescription);

    private static WebSocketCloseStatus Sendable(WebSocketCloseStatus? code) => (int?)code switch
    {
        null or 1005 => WebSocketCloseStatus.NormalClosure,
        >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999 => code.Value,
        _ => WebSocketCloseStatus.InternalServerError,
    };
}
