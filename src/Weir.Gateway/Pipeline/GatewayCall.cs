using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Gateway.Routing;
using Weir.Gateway.Telemetry.Tracing;
using Weir.Providers;
using Weir.Providers.Dialects.GeminiGenerate;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>What a request's path says besides its route.</summary>
/// <param name="Model">The model; null when the body alone names it.</param>
/// <param name="Stream">True when the path asks for a stream (Gemini), or the query does.</param>
/// <param name="Id">The kept thing; null when the path names none.</param>
/// <param name="Provider">The provider; null when the path names none.</param>
/// <param name="Item">What the path names inside the kept thing; null when it names nothing.</param>
/// <param name="AsArray">True when a stream is to be one JSON array (Gemini without <c>alt=sse</c>).</param>
internal readonly record struct PathWords(string? Model, bool Stream = false, string? Id = null, string? Provider = null, string? Item = null, bool AsArray = false);

/// <summary>One request on its way through the pipeline.</summary>
internal sealed class GatewayCall
{
    internal GatewayCall(HttpContext http, Surface surface, PathWords path, GatewaySnapshot snapshot, RequestRecord record, long startedAt)
    {
        Http = http;
        Surface = surface;
        Path = path;
        Snapshot = snapshot;
        Record = record;
        StartedAt = startedAt;
    }

    /// <summary>The exchange with the caller.</summary>
    internal HttpContext Http { get; }

    /// <summary>What the route stands for.</summary>
    internal Surface Surface { get; }

    /// <summary>What is asked.</summary>
    internal Operation Operation => Surface.Operation;

    /// <summary>How the caller writes and reads.</summary>
    internal WireFormat Format => Surface.Format;

    /// <summary>What the path says besides.</summary>
    internal PathWords Path { get; }

    /// <summary>Whether the answer is streamed.</summary>
    internal bool Stream => Path.Stream || View.Stream || AsksForEvents;

    /// <summary>Whether the caller asks for events in another word than <c>stream</c> (speech, Gemini's own paths).</summary>
    internal bool AsksForEvents { get; set; }

    /// <summary>The array that the answer is streamed as; null before the answer, and for events.</summary>
    internal GeminiArrayStream? Array { get; set; }

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

    /// <summary>The form with files that came in; null for a body that is JSON. <see cref="Body"/> then holds its fields.</summary>
    internal Upload? Upload { get; set; }

    /// <summary>The body as it leaves, of a request that is JSON.</summary>
    internal PatchedBody Patched => Scratch.Patched;

    /// <summary>What leaves.</summary>
    internal IUpstreamBody Outgoing => Upload is { } upload ? upload.Patched : Patched;

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

    /// <summary>Names of what the upstream's format could not carry.</summary>
    internal IReadOnlyList<string> Dropped { get; set; } = [];

    /// <summary>Groups tried so far after the first.</summary>
    internal int FallbacksTried { get; set; }

    /// <summary>Retries made in the current group.</summary>
    internal int RetriesMade { get; set; }

    /// <summary>What the caller was told instead of an answer.</summary>
    internal GatewayError? Error { get; set; }

    /// <summary>The row has been written: whatever fails afterwards must not write a second one.</summary>
    internal bool Settled { get; set; }

    /// <summary>What is asked of the account that keeps a thing; null when a model is called.</summary>
    internal KeptCall? Kept { get; set; }

    /// <summary>What is passed through; null when it is not.</summary>
    internal PassThroughCall? PassThrough { get; set; }

    /// <summary>The body with the upstream's own ids in the place of wrapped ones; null when it names none.</summary>
    internal ReadOnlyMemory<byte>? Unwrapped { get; set; }

    /// <summary>The bytes of the body.</summary>
    internal ReadOnlyMemory<byte> Bytes => Unwrapped ?? Body?.Memory ?? default;
}
