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

    /// <summary>The client's connection ended without a closing frame.</summary>
    internal static SessionEnd ClientGone { get; } = new(EndCause.ClientGone, WebSocketCloseStatus.EndpointUnavailable, null);

    /// <summary>The upstream's did.</summary>
    internal static SessionEnd UpstreamGone { get; } = new(EndCause.UpstreamBroke, WebSocketCloseStatus.InternalServerError, "The upstream closed the connection.")
    {
        Fault = new UpstreamFault(FaultKind.BadResponse, 0, "The upstream closed the connection."),
    };

    /// <summary>The gateway stops.</summary>
    internal static SessionEnd Stopped { get; } = new(EndCause.Stopping, WebSocketCloseStatus.EndpointUnavailable, "The gateway stops.");

    /// <summary>Nobody has said anything for <paramref name="idle"/>.</summary>
    internal static SessionEnd Silent(TimeSpan idle) => new(EndCause.Idle, WebSocketCloseStatus.EndpointUnavailable, "Nothing was said for too long.")
    {
        Error = new GatewayError(ErrorKind.UpstreamTimeout, $"Nothing was said for {idle.TotalSeconds:0.###} seconds.") { Type = "session_idle" },
    };

    /// <summary>An event that can't be taken back was refused.</summary>
    internal static SessionEnd Refused(GatewayError refusal) => new(EndCause.ClientRefused, WebSocketCloseStatus.PolicyViolation, "An event was refused.") { Error = refusal };

    /// <summary>A message is longer than <paramref name="longest"/>.</summary>
    internal static SessionEnd TooLong(EndCause cause, long longest) => new(cause, WebSocketCloseStatus.MessageTooBig, "The message is too long.")
    {
        Error = cause != EndCause.ClientRefused ? null
            : new GatewayError(ErrorKind.BodyTooLarge, $"The message is longer than {longest} bytes (weir_settings.realtime_max_message_mb)."),
        Fault = cause == EndCause.ClientRefused ? null
            : new UpstreamFault(FaultKind.BadResponse, 0, $"The upstream's message is longer than {longest} bytes (weir_settings.realtime_max_message_mb).") { Code = Providers.Streaming.StreamCaps.ExceededCode },
    };

    /// <summary>The upstream's closing frame. Some codes say that it failed (RFC 6455 section 7.4, and the registry beside it).</summary>
    internal static SessionEnd UpstreamClosed(WebSocket upstream)
    {
        var end = Closed(EndCause.UpstreamClosed, upstream);
        FaultKind? fault = (int)end.Code switch
        {
            1011 or 1014 => FaultKind.ServerError,
            1012 or 1013 => FaultKind.Unavailable,
            _ => null,
        };
        return fault is { } kind ? end with { Fault = new UpstreamFault(kind, 0, "The upstream ended the session.") } : end;
    }

    /// <summary>A closing frame that came in. Codes that no frame may carry become ones that may.</summary>
    internal static SessionEnd Closed(EndCause cause, WebSocket socket) => new(cause, Sendable(socket.CloseStatus), socket.CloseStatusDescription);

    private static WebSocketCloseStatus Sendable(WebSocketCloseStatus? code) => (int?)code switch
    {
        null or 1005 => WebSocketCloseStatus.NormalClosure,
        >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999 => code.Value,
        _ => WebSocketCloseStatus.InternalServerError,
    };
}
