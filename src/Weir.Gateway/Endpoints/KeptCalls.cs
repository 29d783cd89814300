using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Gateway.Pipeline;

namespace Weir.Gateway.Endpoints;

/// <summary>Calls about things that upstreams keep: stored responses, conversations, files, uploads, batches.</summary>
internal static class KeptCalls
{
    /// <summary>The handler of <paramref name="surface"/>; <c>{id}</c> in the path names the thing.</summary>
    internal static RequestDelegate Serve(GatewayPipeline pipeline, SnapshotHolder snapshots, Surface surface) => async http =>
    {
        var stream = surface.Kept is { Kind: Providers.KeptKind.Response, Verb: Pipeline.Kept.KeptVerb.Get } && http.Request.Query["stream"] == "true";
        var path = new PathWords(null, stream, http.GetRouteValue("id") as string, http.GetRouteValue("provider") as string, http.GetRouteValue("item") as string);
        var served = await pipeline.ServeAsync(http, surface, path);
        if (served.Error is { } error)
        {
            await ErrorWriter.WriteAsync(http, error, served.CallId, snapshots.Current.Config.Request.IncludeCallIdInErrors, surface.Format);
        }
    };
}
