using Microsoft.AspNetCore.Http;

namespace Weir.TestKit.Wire;

/// <summary>What a path asks for: OpenAI's with and without <c>/v1</c>, Azure's dated and v1 routes, Anthropic's, Google's, Bedrock's, Cohere's.</summary>
/// <param name="Kind">Operation.</param>
/// <param name="Model">The model that the path names, or null.</param>
/// <param name="Id">The stored thing that the path names, or null.</param>
/// <param name="Item">What the path names inside it, or null.</param>
internal readonly record struct ModelRoute(RouteKind Kind, string? Model, string? Id = null, string? Item = null)
{
    private const string Deployments = "deployments/";

    public static ModelRoute Match(HttpRequest request, ScriptedModelOptions options)
    {
        var path = request.Path.Value ?? "/";
        if (After(path, "/model/") is { } bedrock)
        {
            return OfBedrock(bedrock);
        }

        if (After(path, "/v1beta/") is { } google)
        {
            return OfGemini(google);
        }

        if ((After(path, "/v1/projects/") ?? After(path, "/v1beta1/projects/")) is { } vertex)
        {
            return OfVertex(vertex);
        }

        if (After(path, "/anthropic/v1/") is { } foundry)
        {
            return OfAnthropic(foundry);
        }

        if (After(path, "/openai/v1/") is { } azure)
        {
            return OfOpenAI(azure, request);
        }

        if (After(path, "/openai/") is { } dated)
        {
            return KnownVersion(request, options) ? OfDated(dated, request) : default;
        }

        // Google's stable version shares its prefix with OpenAI's, but not its colon.
        if (After(path, "/v1/models/") is { } model && HttpMethods.IsPost(request.Method) && OfGemini("models/" + model) is { Kind: not RouteKind.Unknown } stable)
        {
            return stable;
        }

        var tail = After(path, "/v1/") ?? After(path, "/v2/") ?? path[1..];
        return OfAnthropic(tail) is { Kind: not RouteKind.Unknown } messages ? messages
            : (tail == "models" || tail.StartsWith("models/", StringComparison.Ordinal)) && request.Headers.ContainsKey("anthropic-version")
                ? new ModelRoute(RouteKind.ClaudeModels, tail.Length > 7 ? tail[7..] : null)
            : OfOpenAI(tail, request);
    }

    private static ModelRoute OfAnthropic(string tail) => tail switch
    {
        "messages" => new(RouteKind.Messages, null),
        "messages/count_tokens" => new(RouteKind.CountTokens, null),
        _ => default,
    };

    /// <summary>Bedrock's model ids are escaped, for they may be ARNs.</summary>
    private static ModelRoute OfBedrock(string tail) => tail.LastIndexOf('/') is > 0 and var slash
        ? tail[(slash + 1)..] switch
        {
            "converse" => new(RouteKind.Converse, Uri.UnescapeDataString(tail[..slash])),
            "invoke" => new(RouteKind.Invoke, Uri.UnescapeDataString(tail[..slash])),
            "invoke-with-response-stream" => new(RouteKind.InvokeStream, Uri.UnescapeDataString(tail[..slash])),
            "converse-stream" => new(RouteKind.ConverseStream, Uri.UnescapeDataString(tail[..slash])),
            _ => default,
        }
        : default;

    private static ModelRoute OfGemini(string tail)
    {
        if (tail == "models")
        {
            return new(RouteKind.GeminiModels, null);
        }

        // The model's own name may hold a colon.
        var colon = tail.LastIndexOf(':');
        if (colon < 0 && After(tail, "models/") is { Length: > 0 } one)
        {
            return new(RouteKind.GeminiModels, Uri.UnescapeDataString(one));
        }

        if (colon < 0 || After(tail[..colon], "models/") is not { } model)
        {
            return default;
        }

        return tail[(colon + 1)..] switch
        {
            "generateContent" => new(RouteKind.Generate, Uri.UnescapeDataString(model)),
            "streamGenerateContent" => new(RouteKind.GenerateStream, Uri.UnescapeDataString(model)),
            "batchEmbedContents" => new(RouteKind.EmbedContents, Uri.UnescapeDataString(model)),
            "predict" => new(RouteKind.PredictEmbeddings, Uri.UnescapeDataString(model)),
            "countTokens" => new(RouteKind.CountContent, Uri.UnescapeDataString(model)),
            _ => default,
        };
    }

    private static ModelRoute OfVertex(string tail)
    {
        const string google = "/publishers/google/";
        const string anthropic = "/publishers/anthropic/models/";
        if (tail.IndexOf(google, StringComparison.Ordinal) is > 0 and var at)
        {
            return OfGemini(tail[(at + google.Length)..]);
        }

        if (tail.IndexOf(anthropic, StringComparison.Ordinal) is > 0 and var start && tail.LastIndexOf(':') is var colon && colon > start)
        {
            if (tail[(start + anthropic.Length)..] == "count-tokens:rawPredict")
            {
                return new(RouteKind.ClaudeCountOnVertex, null);
            }

            return tail[(colon + 1)..] is "rawPredict" or "streamRawPredict"
                ? new(RouteKind.ClaudeOnVertex, Uri.UnescapeDataString(tail[(start + anthropic.Length)..colon])) : default;
        }

        return default;
    }

    private static ModelRoute OfDated(string tail, HttpRequest request)
    {
        if (After(tail, Deployments) is not { } rest)
        {
            return OfOpenAI(tail, request);
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? OfOpenAI(rest[(slash + 1)..], request) with { Model = Uri.UnescapeDataString(rest[..slash]) } : default;
    }

    private static ModelRoute OfOpenAI(string tail, HttpRequest request)
    {
        var parts = tail.Split('/');
        return parts switch
        {
            ["chat", "completions"] => new(RouteKind.Chat, null),
            ["completions"] => new(RouteKind.Completion, null),
            ["embeddings"] => new(RouteKind.Embedding, null),
            ["models"] => new(RouteKind.Models, null),
            ["models", _, ..] => new(RouteKind.Model, tail[7..]),
            ["responses"] => new(RouteKind.Responses, null),
            ["responses", var id] => new(RouteKind.Response, null, id),
            ["responses", var id, "cancel"] => new(RouteKind.ResponseCancel, null, id),
            ["responses", var id, "input_items"] => new(RouteKind.ResponseInput, null, id),
            ["images", "generations"] => new(RouteKind.Image, null),
            ["images", "edits"] => new(RouteKind.ImageEdit, null),
            ["audio", "speech"] => new(RouteKind.Speech, null),
            ["audio", "transcriptions"] => new(RouteKind.Transcription, null),
            ["audio", "translations"] => new(RouteKind.Translation, null),
            ["moderations"] => new(RouteKind.Moderation, null),
            ["rerank"] => new(RouteKind.Rerank, null),
            ["files"] => new(RouteKind.Files, null),
            ["files", var id] => new(RouteKind.File, null, id),
            ["files", var id, "content"] => new(RouteKind.FileContent, null, id),
            ["batches"] => new(RouteKind.Batches, null),
            ["batches", var id] => new(RouteKind.Batch, null, id),
            ["batches", var id, "cancel"] => new(RouteKind.BatchCancel, null, id),
            ["conversations"] => new(RouteKind.Conversations, null),
            ["conversations", var id] => new(RouteKind.Conversation, null, id),
            ["conversations", var id, "items"] => new(RouteKind.ConversationItems, null, id),
            ["conversations", var id, "items", var item] => new(RouteKind.ConversationItem, null, id, item),
            ["uploads"] => new(RouteKind.Uploads, null),
            ["uploads", var id, "parts"] => new(RouteKind.UploadParts, null, id),
            ["uploads", var id, "complete"] => new(RouteKind.UploadComplete, null, id),
            ["uploads", var id, "cancel"] => new(RouteKind.UploadCancel, null, id),
            ["realtime"] => new(RouteKind.Realtime, First(request.Query["model"], request.Query["deployment"])),
            _ => default,
        };
    }

    private static string? First(string? one, string? other) => string.IsNullOrEmpty(one) ? other : one;

    private static string? After(string path, string prefix) => path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? path[prefix.Length..] : null;

    private static bool KnownVersion(HttpRequest request, ScriptedModelOptions options)
    {
        var version = request.Query["api-version"].ToString();
        return version.Length > 0 && (options.ApiVersions.Count == 0 || options.ApiVersions.Contains(version));
    }
}
