using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>The WebSocket protocols of OpenAI's realtime API: what a browser says in the place of headers.</summary>
internal static class SocketProtocols
{
    /// <summary>The protocol itself.</summary>
    internal const string Realtime = "realtime";

    /// <summary>Stands before a key.</summary>
    internal const string Key = "openai-insecure-api-key.";

    /// <summary>Stands before what a header <c>OpenAI-Beta</c> would say, with <c>-</c> for <c>=</c>.</summary>
    internal const string Beta = "openai-beta.";

    /// <summary>The protocols that the client offers, in its order.</summary>
    internal static IEnumerable<string> Offered(HttpRequest request)
    {
        foreach (var line in request.Headers.SecWebSocketProtocol)
        {
            foreach (var protocol in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                yield return protocol;
            }
        }
    }

    /// <summary>The version of the API that the client speaks, as a header says it; null when it speaks the current one.</summary>
    internal static string? BetaOf(HttpRequest request)
    {
        const string First = "realtime=v1";
        if (request.Headers["OpenAI-Beta"].ToString().Split(',', StringSplitOptions.TrimEntries).Contains(First, StringComparer.Ordinal))
        {
            return First;
        }
        foreach (var protocol in Offered(request))
        {
            if (protocol == Beta + "realtime-v1")
            {
                return First;
            }
        }
        return null;
    }
}
