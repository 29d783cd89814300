namespace Weir.Providers.Adapters;

/// <summary>Lists of wire formats that several adapters have in common.</summary>
internal static class Formats
{
    /// <summary>LiteLLM's <c>openai/responses/x</c>: the model answers in Responses alone.</summary>
    internal const string ResponsesRoute = "responses/";

    internal static readonly IReadOnlyList<WireFormat> Chat = [WireFormat.OpenAIChat];
    internal static readonly IReadOnlyList<WireFormat> Responses = [WireFormat.OpenAIResponses];
    internal static readonly IReadOnlyList<WireFormat> ChatAndResponses = [WireFormat.OpenAIChat, WireFormat.OpenAIResponses];
    internal static readonly IReadOnlyList<WireFormat> Messages = [WireFormat.AnthropicMessages];
    internal static readonly IReadOnlyList<WireFormat> Gemini = [WireFormat.GeminiGenerate];
    internal static readonly IReadOnlyList<WireFormat> Converse = [WireFormat.BedrockConverse];

    internal static readonly IReadOnlyList<KeptKind> ResponsesKept = [KeptKind.Response];
    internal static readonly IReadOnlyList<KeptKind> EverythingKept = [KeptKind.Response, KeptKind.Conversation, KeptKind.File, KeptKind.Upload, KeptKind.Batch];

    internal const string Embeddings = "/embeddings";
    internal const string Images = "/images/generations";
    internal const string ImageEdits = "/images/edits";
    internal const string Speech = "/audio/speech";
    internal const string Transcriptions = "/audio/transcriptions";
    internal const string Translations = "/audio/translations";
    internal const string Moderations = "/moderations";
    internal const string Rerank = "/rerank";
    internal const string Realtime = "/realtime";

    /// <summary>The path of one of OpenAI's formats.</summary>
    internal static string OpenAIPath(WireFormat format) => format switch
    {
        WireFormat.OpenAIChat => "/chat/completions",
        WireFormat.OpenAIResponses => "/responses",
        _ => throw new InvalidOperationException($"{format} is none of OpenAI's formats."),
    };
}
