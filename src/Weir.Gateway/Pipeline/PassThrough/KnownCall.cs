using Weir.Providers;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>What a path of a vendor's API is known to ask.</summary>
/// <param name="Operation">A model's operation; <see cref="Operation.PassThrough"/> for what is not known.</param>
/// <param name="Format">How body and answer are written; null when nobody here reads them.</param>
internal readonly record struct KnownCall(Operation Operation, WireFormat? Format)
{
    /// <summary>The model that the path names, decoded; null when the body does.</summary>
    internal string? Model { get; init; }

    /// <summary>The model as it stands in the path; null when the path names none.</summary>
    internal string? PathModel { get; init; }

    /// <summary>The path asks for a stream.</summary>
    internal bool Stream { get; init; }

    /// <summary>No model works: looking, deleting, counting.</summary>
    internal bool IsFree { get; init; }

    /// <summary>Reads a path.</summary>
    /// <param name="provider">Catalog name of the vendor.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">The path as it leaves, without a query.</param>
    internal static KnownCall Read(string provider, string method, string path)
    {
        if (method is "GET" or "HEAD" or "DELETE")
        {
            return new(Operation.PassThrough, null) { IsFree = true };
        }
        if (method != "POST")
        {
            return new(Operation.PassThrough, null);
        }
        return provider switch
        {
            "bedrock" => OfBedrock(path),
            "gemini" or "vertex_ai" when path.LastIndexOf(':') > path.LastIndexOf('/') => OfGoogle(path),
            _ => OfOthers(path),
        };
    }

    private static KnownCall OfBedrock(string path)
    {
        if (!Between(path, "/model/", out var written, out var verb))
        {
            return new(Operation.PassThrough, null);
        }
        var model = Uri.UnescapeDataString(written);
        var isClaude = model.Contains("anthropic.", StringComparison.Ordinal);
        var known = verb switch
        {
            "converse" or "converse-stream" => new KnownCall(Operation.Chat, WireFormat.BedrockConverse),
            "invoke" or "invoke-with-response-stream" when isClaude => new(Operation.Chat, WireFormat.AnthropicMessages),
            "count-tokens" => new(Operation.CountTokens, null) { IsFree = true },
            _ => new(Operation.PassThrough, null),
        };
        return known with { Model = model, PathModel = written, Stream = verb.EndsWith("-stream", StringComparison.Ordinal) };
    }

    private static KnownCall OfGoogle(string path)
    {
        var colon = path.LastIndexOf(':');
        var slash = path.LastIndexOf('/');
        var written = path[(slash + 1)..colon];
        var isClaude = path.Contains("/publishers/anthropic/", StringComparison.Ordinal);
        var known = path[(colon + 1)..] switch
        {
            "generateContent" => new KnownCall(Operation.Chat, WireFormat.GeminiGenerate),
            "streamGenerateContent" => new(Operation.Chat, WireFormat.GeminiGenerate) { Stream = true },
            "rawPredict" when isClaude => new(Operation.Chat, WireFormat.AnthropicMessages),
            "streamRawPredict" when isClaude => new(Operation.Chat, WireFormat.AnthropicMessages) { Stream = true },
            "countTokens" => new(Operation.CountTokens, null) { IsFree = true },
            _ => new(Operation.PassThrough, null),
        };
        return known with { Model = Uri.UnescapeDataString(written), PathModel = written };
    }

    private static KnownCall OfOthers(string path)
    {
        var known = path switch
        {
            _ when Ends("/chat/completions") => new KnownCall(Operation.Chat, WireFormat.OpenAIChat),
            _ when Ends("/completions") => new(Operation.Completion, WireFormat.OpenAIChat),
            _ when Ends("/embeddings") => new(Operation.Embedding, WireFormat.OpenAIChat),
            _ when Ends("/responses") => new(Operation.Chat, WireFormat.OpenAIResponses),
            _ when Ends("/messages/count_tokens") => new(Operation.CountTokens, null) { IsFree = true },
            _ when Ends("/v1/messages") => new(Operation.Chat, WireFormat.AnthropicMessages),
            _ => new(Operation.PassThrough, null),
        };
        return Between(path, "/deployments/", out var written, out _) ? known with { Model = Uri.UnescapeDataString(written), PathModel = written } : known;

        bool Ends(string end) => path.EndsWith(end, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The segment behind <paramref name="before"/>, and what follows it.</summary>
    private static bool Between(string path, string before, out string segment, out string rest)
    {
        (segment, rest) = ("", "");
        var at = path.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return false;
        }
        var tail = path[(at + before.Length)..];
        var slash = tail.IndexOf('/', StringComparison.Ordinal);
        (segment, rest) = slash < 0 ? (tail, "") : (tail[..slash], tail[(slash + 1)..]);
        return segment.Length > 0;
    }
}
