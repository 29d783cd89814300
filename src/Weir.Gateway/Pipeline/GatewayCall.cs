using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Routing;
using Weir.Gateway.Telemetry.Tracing;
using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>One request on its way through the pipeline.</summary>
internal sealed class GatewayCall
{
    internal GatewayCall(HttpContext http, Operation operation, string route, string? pathModel, GatewaySnapshot snapshot, RequestRecord record, long startedAt)
    {
        Http = http;
        Operation = operation;
        Route = route;
        PathModel = pathModel;
        Snapshot = snapshot;
        Record = record;
        StartedAt = startedAt;
    }

    /// <summary>The exchange with the caller.</summary>
    internal HttpContext Http { get; }

    /// <summary>What is asked.</summary>
    internal Operation Operation { get; }

    /// <summary>The route's template; one of the endpoint list.</summary>
    internal string Route { get; }

    /// <summary>Model named by the path (Azure style); null elsewhere.</summary>
    internal string? PathModel { get; }

    /// <summary>The configuration that this request began with.</summary>
    internal GatewaySnapshot Snapshot { get; }

    /// <summary>What will be written down.</summary>
    internal RequestRecord Record { get; }

    /// <summary>Timestamp of the beginning.</summary>
    internal long StartedAt { get; }

    /// <summary>Who calls; set by step 1.</summary>
    internal Caller? Caller { get; set; }

    /// <summary>The body; null until it is read.</summary>
    internal RequestBody? Body { get; set; }

    /// <summary>Spans over the body.</summary>
    internal RequestView View => Scratch.View;

    /// <summary>The body as it leaves.</summary>
    internal PatchedBody Patched => Scratch.Patched;

    /// <summary>Where both live.</summary>
    internal CallScratch Scratch { get; } = CallScratch.Rent();

    /// <summary>What the caller decides.</summary>
    internal CallOptions Options { get; set; } = CallOptions.None;

    /// <summary>The group asked for.</summary>
    internal RouteMatch Target { get; set; }

    /// <summary>The deployment that answers; null until one does.</summary>
    internal UpstreamDeployment? Deployment { get; set; }

    /// <summary>The deployment that was tried last; null before the first attempt.</summary>
    internal UpstreamDeployment? LastTried { get; set; }

    /// <summary>The server span; inert when nobody listens.</summary>
    internal RequestTrace Trace { get; set; }

    /// <summary>The client span of the attempt that is under way.</summary>
    internal AttemptTrace AttemptTrace { get; set; }

    /// <summary>Groups tried so far after the first.</summary>
    internal int FallbacksTried { get; set; }

    /// <summary>Retries made in the current group.</summary>
    internal int RetriesMade { get; set; }

    /// <summary>What the caller was told instead of an answer.</summary>
    internal GatewayError? Error { get; set; }

    /// <summary>The row has been written: whatever fails afterwards must not write a second one.</summary>
    internal bool Settled { get; set; }

    /// <summary>The bytes of the body.</summary>
    internal ReadOnlyMemory<byte> Bytes => Body?.Memory ?? default;
}
