using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Gateway.Pipeline;
using Weir.Providers;

namespace Weir.Gateway.Endpoints.OpenAI;

/// <summary>Chat, text completion and embeddings: the bytes go to the pipeline, an error comes back.</summary>
internal static class ModelCalls
{
    /// <summary>The handler of <paramref name="operation"/>; a <c>{model}</c> in the path names the model.</summary>
    internal static RequestDelegate Serve(GatewayPipeline pipeline, SnapshotHolder snapshots, Operation operation, string route) => async http =>
    {
        var served = await pipeline.ServeAsync(http, operation, route, http.GetRouteValue("model") as string);
        if (served.Error is { } error)
        {
            await ErrorWriter.WriteAsync(http, error, served.CallId, snapshots.Current.Config.Request.IncludeCallIdInErrors);
        }
    };
}
