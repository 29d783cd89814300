using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Gateway.Pipeline;
using Weir.Providers;

namespace Weir.Gateway.Endpoints;

/// <summary>Calls of models, in every format: the bytes go to the pipeline, an error comes back.</summary>
internal static class ModelCalls
{
    /// <summary>The handler of <paramref name="surface"/>; a <c>{model}</c> in the path names the model.</summary>
    internal static RequestDelegate Serve(GatewayPipeline pipeline, SnapshotHolder snapshots, Surface surface, bool stream = false) => async http =>
    {
        if (surface.Format == WireFormat.GeminiGenerate)
        {
            CallerForm.TakeGoogleKey(http.Request);
        }
        var served = await pipeline.ServeAsync(http, surface, new PathWords(http.GetRouteValue("model") as string, stream, AsArray: stream && http.Request.Query["alt"] != "sse"));
        if (served.Error is { } error)
        {
            await ErrorWriter.WriteAsync(http, error, served.CallId, snapshots.Current.Config.Request.IncludeCallIdInErrors, surface.Format);
        }
    };
}
