using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Pipeline.Realtime;

namespace Weir.Gateway.Endpoints;

/// <summary>Realtime sessions: a refusal is an answer of HTTP, and comes before the socket is opened.</summary>
internal static class RealtimeCalls
{
    /// <summary>The handler of <paramref name="surface"/>.</summary>
    internal static RequestDelegate Serve(GatewayPipeline pipeline, SnapshotHolder snapshots, Surface surface) => async http =>
    {
        TakeKeys(http.Request);
        var served = await pipeline.ServeAsync(http, surface, new PathWords(null, Stream: true));
        if (served.Error is { } error)
        {
            await ErrorWriter.WriteAsync(http, error, served.CallId, snapshots.Current.Config.Request.IncludeCallIdInErrors, surface.Format);
        }
    };

    /// <summary>
    /// A browser's WebSocket sends no headers of its choice: OpenAI hears its key as a protocol, Azure as a pair of the query. They count like
    /// a header, so that two different keys are refused here too.
    /// </summary>
    private static void TakeKeys(HttpRequest request)
    {
        foreach (var protocol in SocketProtocols.Offered(request))
        {
            if (protocol.StartsWith(SocketProtocols.Key, StringComparison.Ordinal))
            {
                request.Headers["api-key"] = StringValues.Concat(request.Headers["api-key"], protocol[SocketProtocols.Key.Length..]);
            }
        }
        if (request.Query.TryGetValue("api-key", out var keys))
        {
            request.Headers["api-key"] = StringValues.Concat(request.Headers["api-key"], keys);
        }
    }
}
