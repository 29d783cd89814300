using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;
using Weir.Gateway.Config;
using Weir.Gateway.Endpoints.Health;
using Weir.Gateway.Endpoints.Info;
using Weir.Gateway.Endpoints.OpenAI;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Providers;

namespace Weir.Gateway.Endpoints;

/// <summary>One route of the gateway.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Route pattern.</param>
/// <param name="Summary">What it is for, one line: shown by <c>/openapi.json</c> and <c>/routes</c>.</param>
/// <param name="Open">True when no key is asked for.</param>
/// <param name="Handler">Serves it.</param>
internal sealed record GatewayRoute(string Method, string Path, string Summary, bool Open, RequestDelegate Handler)
{
    /// <summary>The body is a form with files, not JSON.</summary>
    internal bool TakesForm { get; init; }

    /// <summary>A WebSocket: begun with GET, over HTTP/2 with CONNECT.</summary>
    internal bool IsSocket { get; init; }

    /// <summary>Every other route that matches comes first.</summary>
    internal bool GivesWay { get; init; }
}

/// <summary>What handlers are made of.</summary>
internal sealed record EndpointParts(
    SnapshotHolder Snapshots, GatewayPipeline Pipeline, PassThroughCalls PassThrough, HealthEndpoints Health, ModelList Models, ModelInfo Info, TokenCounterEndpoint Tokens, RequestDelegate Metrics,
    IReadOnlyList<GatewayRoute> Admin);

/// <summary>List 4: every route, in one place.</summary>
internal static class EndpointMap
{
    /// <summary>What an orchestrator asks of the process itself; they call no model and need no key.</summary>
    internal static readonly string[] Probes = ["/health/liveliness", "/health/liveness", "/health/readiness"];

    /// <summary>The routes. Those of OpenAI's API exist with and without <c>/v1</c>.</summary>
    internal static IReadOnlyList<GatewayRoute> Build(EndpointParts parts)
    {
        var routes = new List<GatewayRoute>();

        // Model calls: the pipeline asks for the key itself.
        foreach (var root in (string[])["", "/v1", "/openai/v1", "/openai/deployments/{model}", "/engines/{model}"])
        {
            Model(root + "/chat/completions", "Chat completion, streamed or not", Operation.Chat);
            Model(root + "/completions", "Text completion, streamed or not", Operation.Completion);
            Model(root + "/embeddings", "Embeddings", Operation.Embedding);
        }

        // Images, sounds, judgements, rankings.
        foreach (var root in (string[])["", "/v1", "/openai/v1", "/openai/deployments/{model}"])
        {
            Model(root + "/images/generations", "Makes images, streamed or not", Operation.ImageGeneration);
            Model(root + "/images/edits", "Edits images; a form with files", Operation.ImageEdit);
            Model(root + "/audio/speech", "Speaks a text", Operation.Speech);
            Model(root + "/audio/transcriptions", "Writes speech down, streamed or not; a form with a file", Operation.Transcription);
            Model(root + "/audio/translations", "Writes speech down in English; a form with a file", Operation.Translation);
        }
        foreach (var root in (string[])["", "/v1", "/openai/v1"])
        {
            Model(root + "/moderations", "Judges content", Operation.Moderation);
        }
        foreach (var root in (string[])["", "/v1", "/v2"])
        {
            Model(root + "/rerank", "Puts documents in order, in Cohere's shape", Operation.Rerank);
        }

        // OpenAI Responses, to any model.
        foreach (var root in (string[])["", "/v1", "/openai/v1"])
        {
            Chat(root + "/responses", "OpenAI Responses, streamed or not", WireFormat.OpenAIResponses);
        }

        foreach (var root in (string[])["", "/v1", "/openai/v1", "/openai"])
        {
            var surface = new Surface(Operation.Realtime, WireFormat.OpenAIChat, root + "/realtime");
            routes.Add(new GatewayRoute("GET", surface.Route, "OpenAI Realtime, a WebSocket; ?model= names the model", false, RealtimeCalls.Serve(parts.Pipeline, parts.Snapshots, surface)) { IsSocket = true });
        }

        // What upstreams keep for their callers.
        foreach (var root in (string[])["", "/v1", "/openai/v1"])
        {
            Kept(root + "/responses/{id}", "Looks at a stored response", KeptKind.Response, KeptVerb.Get);
            Kept(root + "/responses/{id}", "Deletes a stored response", KeptKind.Response, KeptVerb.Delete);
            Kept(root + "/responses/{id}/cancel", "Cancels a response that runs in the background", KeptKind.Response, KeptVerb.Cancel);
            Kept(root + "/responses/{id}/input_items", "Lists the input of a stored response", KeptKind.Response, KeptVerb.Items);
            Kept(root + "/conversations", "Begins a conversation", KeptKind.Conversation, KeptVerb.Create);
            Kept(root + "/conversations/{id}", "Looks at a conversation", KeptKind.Conversation, KeptVerb.Get);
            Kept(root + "/conversations/{id}", "Changes a conversation's metadata", KeptKind.Conversation, KeptVerb.Update);
            Kept(root + "/conversations/{id}", "Deletes a conversation", KeptKind.Conversation, KeptVerb.Delete);
            Kept(root + "/conversations/{id}/items", "Lists the items of a conversation", KeptKind.Conversation, KeptVerb.Items);
            Kept(root + "/conversations/{id}/items", "Adds items to a conversation", KeptKind.Conversation, KeptVerb.AddItems);
            Kept(root + "/conversations/{id}/items/{item}", "Looks at an item of a conversation", KeptKind.Conversation, KeptVerb.GetItem);
            Kept(root + "/conversations/{id}/items/{item}", "Takes an item out of a conversation", KeptKind.Conversation, KeptVerb.DeleteItem);
        }

        foreach (var root in (string[])["", "/v1", "/openai/v1", "/{provider}/v1"])
        {
            Kept(root + "/files", "Uploads a file; a form", KeptKind.File, KeptVerb.Create);
            Kept(root + "/files", "Lists the caller's files", KeptKind.File, KeptVerb.List);
            Kept(root + "/files/{id}", "Looks at a file", KeptKind.File, KeptVerb.Get);
            Kept(root + "/files/{id}", "Deletes a file", KeptKind.File, KeptVerb.Delete);
            Kept(root + "/files/{id}/content", "Reads a file", KeptKind.File, KeptVerb.Content);
            Kept(root + "/uploads", "Begins a file that comes in parts", KeptKind.Upload, KeptVerb.Create);
            Kept(root + "/uploads/{id}/parts", "Adds a part; a form", KeptKind.Upload, KeptVerb.AddPart);
            Kept(root + "/uploads/{id}/complete", "Makes a file of the parts", KeptKind.Upload, KeptVerb.Complete);
            Kept(root + "/uploads/{id}/cancel", "Gives an upload up", KeptKind.Upload, KeptVerb.Cancel);
            Kept(root + "/batches", "Makes a batch of an uploaded file", KeptKind.Batch, KeptVerb.Create);
            Kept(root + "/batches", "Lists the caller's batches", KeptKind.Batch, KeptVerb.List);
            Kept(root + "/batches/{id}", "Looks at a batch", KeptKind.Batch, KeptVerb.Get);
            Kept(root + "/batches/{id}/cancel", "Cancels a batch", KeptKind.Batch, KeptVerb.Cancel);
        }

        // Chats in other vendors' formats, to any model.
        foreach (var root in (string[])["/v1", "/anthropic/v1"])
        {
            Chat(root + "/messages", "Anthropic Messages, streamed or not", WireFormat.AnthropicMessages);
            Count(root + "/messages/count_tokens", "Counts a prompt's tokens", WireFormat.AnthropicMessages);
        }
        foreach (var root in (string[])["/v1beta/models", "/v1/models", "/models"])
        {
            Chat(root + "/{model}:generateContent", "Gemini generateContent", WireFormat.GeminiGenerate);
            Count(root + "/{model}:countTokens", "Counts a prompt's tokens", WireFormat.GeminiGenerate);
            Chat(root + "/{model}:streamGenerateContent", "Gemini generateContent, streamed", WireFormat.GeminiGenerate, stream: true);
        }

        // Vendors' own APIs, for what has no route of its own above or below.
        foreach (var vendor in PassThroughVendors.All)
        {
            var route = PassThroughRoute.Of(vendor);
            foreach (var method in route.Methods)
            {
                routes.Add(new GatewayRoute(method, route.Template, $"Passes a call on to {vendor.Provider} as it is", false, parts.PassThrough.Serve(route)) { GivesWay = true });
            }
        }

        // What can be called.
        foreach (var root in (string[])["", "/v1", "/openai/v1", "/v1beta"])
        {
            Get(root + "/models", "Models that the key may call", parts.Models.ListAsync);
            Get(root + "/models/{**id}", "One model", parts.Models.GetAsync);
        }
        foreach (var root in (string[])["", "/v1"])
        {
            Get(root + "/model/info", "Deployments with their limits and prices", parts.Info.DeploymentsAsync);
            Get(root + "/model_group/info", "Public models with merged capabilities", parts.Info.GroupsAsync);
        }
        Add("POST", "/utils/token_counter", "Counts the tokens of a prompt", open: false, parts.Tokens.CountAsync);

        // Keys, teams, users, budgets: Admin/AdminRoutes.cs.
        routes.AddRange(parts.Admin);

        // How it is.
        Get("/health", "Calls every deployment and tells who answered", parts.Health.HealthAsync);
        foreach (var path in (string[])["/health/liveliness", "/health/liveness"])
        {
            Open("GET", path, "The process runs", HealthEndpoints.LivenessAsync);
            Open("HEAD", path, "The process runs", HealthEndpoints.LivenessAsync);
        }
        Open("GET", "/health/readiness", "The process takes requests", parts.Health.ReadinessAsync);
        Open("HEAD", "/health/readiness", "The process takes requests", parts.Health.ReadinessAsync);
        Open("GET", "/metrics", "Prometheus metrics", parts.Metrics);

        // Itself.
        Open("HEAD", "/", "The gateway answers", static _ => Task.CompletedTask);
        Get("/routes", "Every route", http => RouteList.WriteAsync(http, parts.PassThrough.InForce(routes)));
        Open("GET", "/openapi.json", "This API as an OpenAPI document", http => OpenApiDocument.WriteAsync(http, parts.PassThrough.InForce(routes)));
        foreach (var path in (string[])["/", "/docs"])
        {
            Open("GET", path, "This API as a page", http => DocsPage.WriteAsync(http, parts.PassThrough.InForce(routes)));
        }
        return routes;

        // The models are told on routes of both kinds, as LiteLLM groups them.
        static RouteKind KindOf(string path) =>
            path.Contains("/models", StringComparison.Ordinal) || path.StartsWith("/utils/", StringComparison.Ordinal) ? RouteKind.Info | RouteKind.LlmApi : RouteKind.Info;

        void Model(string path, string summary, Operation operation)
        {
            var surface = new Surface(operation, WireFormat.OpenAIChat, path);
            routes.Add(new GatewayRoute("POST", path, summary, false, ModelCalls.Serve(parts.Pipeline, parts.Snapshots, surface)) { TakesForm = surface.TakesForm });
        }
        void Count(string path, string summary, WireFormat format) =>
            routes.Add(new GatewayRoute("POST", path, summary, false, ModelCalls.Serve(parts.Pipeline, parts.Snapshots, new Surface(Operation.CountTokens, format, path) { Above = VendorAbove(path) })));
        void Chat(string path, string summary, WireFormat format, bool stream = false) =>
            routes.Add(new GatewayRoute("POST", path, summary, false, ModelCalls.Serve(parts.Pipeline, parts.Snapshots, new Surface(Operation.Chat, format, path) { Above = VendorAbove(path) }, stream)));
        static PassThroughRoute? VendorAbove(string path) =>
            path.StartsWith("/anthropic/", StringComparison.Ordinal) ? PassThroughRoute.Of(PassThroughVendors.All.First(static vendor => vendor.Path == "/anthropic")) : null;
        void Kept(string path, string summary, KeptKind kind, KeptVerb verb)
        {
            var asked = new KeptRoute(kind, verb);
            var surface = new Surface(asked.Operation, asked.Format, path) { Kept = asked };
            var handler = KeptCalls.Serve(parts.Pipeline, parts.Snapshots, surface);
            // Vendors that keep nothing here, and endpoints of the file, may have such paths of their own.
            routes.Add(new GatewayRoute(asked.Method, path, summary, false, path.StartsWith("/{provider}", StringComparison.Ordinal) ? parts.PassThrough.UnlessKept(handler) : handler));
        }
        void Get(string path, string summary, RequestDelegate handler) => Add("GET", path, summary, open: false, handler);
        void Open(string method, string path, string summary, RequestDelegate handler) => Add(method, path, summary, open: true, handler);
        void Add(string method, string path, string summary, bool open, RequestDelegate handler) =>
            routes.Add(new GatewayRoute(method, path, summary, open, open ? handler : Keyed.Only(parts.Snapshots, new AskedRoute(KindOf(path), path), handler)));
    }
}
