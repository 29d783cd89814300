using Weir.Providers;

namespace Weir.Gateway.Telemetry.Tracing;

/// <summary>Names of OpenTelemetry's semantic conventions that Weir writes.</summary>
internal static class GenAi
{
    /// <summary>Name of our activity source, of our meter and, when nothing else is set, of the service.</summary>
    internal const string Source = "Weir";

    internal const string OperationName = "gen_ai.operation.name";
    internal const string ProviderName = "gen_ai.provider.name";
    internal const string System = "gen_ai.system";
    internal const string RequestModel = "gen_ai.request.model";
    internal const string ResponseModel = "gen_ai.response.model";
    internal const string InputTokens = "gen_ai.usage.input_tokens";
    internal const string OutputTokens = "gen_ai.usage.output_tokens";
    internal const string TokenType = "gen_ai.token.type";
    internal const string ErrorType = "error.type";
    internal const string ServerAddress = "server.address";
    internal const string ServerPort = "server.port";
    internal const string Method = "http.request.method";
    internal const string Route = "http.route";
    internal const string Status = "http.response.status_code";

    /// <summary>The conventions' word for an operation.</summary>
    internal static string Operation(Operation operation) => operation switch
    {
        Providers.Operation.Chat => "chat",
        Providers.Operation.Completion => "text_completion",
        Providers.Operation.Embedding => "embeddings",
        Providers.Operation.ImageGeneration or Providers.Operation.ImageEdit or Providers.Operation.Speech => "generate_content",
        Providers.Operation.CountTokens => "count_tokens",
        Providers.Operation.Transcription => "transcription",
        Providers.Operation.Translation => "translation",
        Providers.Operation.Moderation => "moderation",
        Providers.Operation.Rerank => "rerank",
        Providers.Operation.StoredResponse => "stored_response",
        Providers.Operation.File => "file",
        Providers.Operation.Batch => "batch",
        Providers.Operation.Realtime => "realtime",
        Providers.Operation.PassThrough => "pass_through",
        _ => "chat",
    };

    /// <summary>The conventions' name of a provider; one that they do not list keeps the catalog's name.</summary>
    internal static string Provider(string catalogName) => catalogName switch
    {
        "azure" => "azure.ai.openai",
        "azure_ai" => "azure.ai.inference",
        "mistral" => "mistral_ai",
        "xai" => "x_ai",
        "bedrock" => "aws.bedrock",
        "gemini" => "gcp.gemini",
        "vertex_ai" => "gcp.vertex_ai",
        _ => catalogName,
    };
}
