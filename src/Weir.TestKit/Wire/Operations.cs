using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Scripts;
using Weir.TestKit.Wire.Anthropic;
using Weir.TestKit.Wire.Bedrock;
using Weir.TestKit.Wire.Files;
using Weir.TestKit.Wire.Gemini;
using Weir.TestKit.Wire.Media;
using Weir.TestKit.Wire.OpenAI;
using Weir.TestKit.Wire.Realtime;
using Weir.TestKit.Wire.Responses;

namespace Weir.TestKit.Wire;

/// <summary>The one list of what the server can do: for each operation its shape, its methods, how a request is read and answered.</summary>
internal static class Operations
{
    /// <summary>How the vendor of the operation frames keys, errors and streams.</summary>
    public static WireShape ShapeOf(RouteKind kind) => kind switch
    {
        RouteKind.Messages or RouteKind.CountTokens or RouteKind.ClaudeModels => AnthropicShape.Instance,
        RouteKind.ClaudeOnVertex or RouteKind.ClaudeCountOnVertex => ClaudeOnVertexShape.Instance,
        RouteKind.Responses or RouteKind.Response or RouteKind.ResponseCancel or RouteKind.ResponseInput
            or RouteKind.Conversations or RouteKind.Conversation or RouteKind.ConversationItems or RouteKind.ConversationItem => ResponsesShape.Instance,
        RouteKind.Generate or RouteKind.GenerateStream or RouteKind.CountContent or RouteKind.GeminiModels or RouteKind.EmbedContents or RouteKind.PredictEmbeddings => GeminiShape.Instance,
        RouteKind.Converse or RouteKind.ConverseStream or RouteKind.Invoke or RouteKind.InvokeStream => BedrockShape.Instance,
        RouteKind.Rerank => CohereShape.Instance,
        _ => OpenAIShape.Instance,
    };

    /// <summary>Whose words an unknown path gets.</summary>
    public static WireShape ShapeAt(string path) =>
        path.StartsWith("/v1beta/", StringComparison.Ordinal) || path.Contains("/projects/", StringComparison.Ordinal) ? GeminiShape.Instance
        : path.StartsWith("/model/", StringComparison.Ordinal) ? BedrockShape.Instance
        : path.StartsWith("/anthropic/", StringComparison.Ordinal) ? AnthropicShape.Instance
        : OpenAIShape.Instance;

    /// <summary>May the operation be called with that method?</summary>
    public static bool Allows(RouteKind kind, string method) => kind switch
    {
        RouteKind.Models or RouteKind.Model or RouteKind.ClaudeModels or RouteKind.GeminiModels or RouteKind.ResponseInput or RouteKind.FileContent
            or RouteKind.Batch or RouteKind.Realtime => HttpMethods.IsGet(method),
        RouteKind.Response or RouteKind.File => HttpMethods.IsGet(method) || HttpMethods.IsDelete(method),
        RouteKind.Conversation => HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsDelete(method),
        RouteKind.ConversationItem => HttpMethods.IsGet(method) || HttpMethods.IsDelete(method),
        RouteKind.Files or RouteKind.Batches or RouteKind.ConversationItems => HttpMethods.IsGet(method) || HttpMethods.IsPost(method),
        _ => HttpMethods.IsPost(method),
    };

    /// <summary>Does the operation read a form, and not JSON?</summary>
    public static bool TakesForm(RouteKind kind, string method) => kind is RouteKind.ImageEdit or RouteKind.Transcription or RouteKind.Translation or RouteKind.UploadParts
        || (kind == RouteKind.Files && HttpMethods.IsPost(method));

    /// <summary>Does the operation read JSON?</summary>
    public static bool TakesJson(RouteKind kind, string method) =>
        HttpMethods.IsPost(method) && !TakesForm(kind, method) && kind is not (RouteKind.ResponseCancel or RouteKind.BatchCancel or RouteKind.UploadCancel);

    public static ModelRequest Read(ScriptedModelOptions options, ModelRoute route, JsonElement? root, UploadForm? form, int number, HttpRequest http, ServerState state) => route.Kind switch
    {
        RouteKind.Chat or RouteKind.Completion or RouteKind.Embedding => new ChatRequest(route, root, number, options.Strict),
        RouteKind.Messages or RouteKind.CountTokens or RouteKind.ClaudeOnVertex or RouteKind.ClaudeCountOnVertex or RouteKind.Invoke or RouteKind.InvokeStream => new MessagesRequest(route, root, number),
        RouteKind.Responses => new ResponsesRequest(route, root, number, state.Responses),
        RouteKind.Generate or RouteKind.GenerateStream or RouteKind.CountContent => new GenerateRequest(route, root, number, http),
        RouteKind.Converse or RouteKind.ConverseStream => new ConverseRequest(route, root, number),
        _ when TakesForm(route.Kind, http.Method) => new UploadRequest(route, root, number, form),
        RouteKind.Image or RouteKind.Speech or RouteKind.Moderation or RouteKind.Rerank => new MediaRequest(route, root, number),
        _ => new ModelRequest(route, root, number),
    };

    public static Answer Of(ScriptedModelOptions options, ModelScript script, ModelRequest request, HttpRequest http, ServerState state) => (request.Kind, request) switch
    {
        (RouteKind.Chat, ChatRequest chat) => new ChatAnswer(options, script, chat),
        (RouteKind.Completion, ChatRequest completion) => new CompletionAnswer(options, completion),
        (RouteKind.Embedding, _) => new EmbeddingAnswer(options, request),
        (RouteKind.Models, _) => new ModelsAnswer(options, request, null),
        (RouteKind.Model, _) => new ModelsAnswer(options, request, request.Model),
        (RouteKind.EmbedContents or RouteKind.PredictEmbeddings, _) => new GoogleEmbeddingAnswer(options, request),
        (RouteKind.CountTokens or RouteKind.ClaudeCountOnVertex, _) => new CountTokensAnswer(options, request),
        (RouteKind.ClaudeModels, _) => new ClaudeModelsAnswer(options, request),
        (RouteKind.Invoke or RouteKind.InvokeStream, MessagesRequest invoked) => new InvokeAnswer(options, new MessagesAnswer(options, script, invoked)),
        (_, MessagesRequest messages) => new MessagesAnswer(options, script, messages),
        (_, ResponsesRequest responses) => new ResponsesAnswer(options, script, state.Responses, responses),
        (RouteKind.Response or RouteKind.ResponseCancel or RouteKind.ResponseInput, _) =>
            StoredResponseAnswer.Of(options, request, http.Method, state.Responses, ascending: http.Query["order"] == "asc", stream: http.Query["stream"] == "true"),
        (RouteKind.CountContent, _) => new GeminiCountAnswer(options, request),
        (RouteKind.GeminiModels, _) => new GeminiModelsAnswer(options, request),
        (_, GenerateRequest generate) => new GenerateAnswer(options, script, generate),
        (_, ConverseRequest converse) => new ConverseAnswer(options, script, converse),
        (RouteKind.Image, _) => new ImageAnswer(options, request, request.Text("prompt") ?? "", Math.Clamp(request.Number32("n") ?? 1, 1, 10)),
        (RouteKind.ImageEdit, _) => new ImageAnswer(options, request, request.LastText, 1),
        (RouteKind.Speech, _) => new SpeechAnswer(options, request),
        (RouteKind.Transcription or RouteKind.Translation, UploadRequest upload) => new TranscriptAnswer(options, script, upload),
        (RouteKind.Moderation, _) => new ModerationAnswer(options, request),
        (RouteKind.Rerank, _) => new RerankAnswer(options, request, second: (http.Path.Value ?? "").StartsWith("/v2/", StringComparison.Ordinal)),
        (RouteKind.Files or RouteKind.File or RouteKind.FileContent, _) => FilesAnswer.Of(options, request, http, state.Files),
        (RouteKind.Batches or RouteKind.Batch or RouteKind.BatchCancel, _) => BatchesAnswer.Of(options, script, request, http, state),
        (>= RouteKind.Conversations and <= RouteKind.ConversationItem, _) => ConversationsAnswer.Of(options, request, http, state.Conversations),
        (>= RouteKind.Uploads and <= RouteKind.UploadCancel, _) => UploadsAnswer.Of(options, request, state),
        (RouteKind.Realtime, _) => new RealtimeAnswer(options, request),
        _ => throw new InvalidOperationException($"No answer for {request.Kind}."),
    };
}
