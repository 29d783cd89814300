namespace Weir.Providers.Adapters;

/// <summary>
/// Azure AI Foundry under LiteLLM's <c>azure_ai/</c>: Claude on <c>{base}/anthropic/v1/messages</c>, everything else in OpenAI's format on the
/// model inference route (<c>{base}/models/chat/completions?api-version=...</c>), on a serverless endpoint, or on <c>/openai/v1</c>.
/// </summary>
internal sealed class AzureAI : ITokenCountProvider, IEmbeddingProvider, IRerankProvider
{
    private const string Inference = "/models";
    private const string OpenAIV1 = "/openai/v1";
    private const string Claude = "/anthropic";

    /// <summary>The version that LiteLLM sends on the model inference route when none is named.</summary>
    private const string DefaultVersion = "2024-05-01-preview";

    private static readonly IReadOnlyList<KeyValuePair<string, string>> MessagesHeaders = [Anthropic.Version];

    /// <inheritdoc/>
    public string Name => "azure_ai";

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("Authorization", "Bearer ");

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeaderAt(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return IsClaude(address.Model) ? ("x-api-key", "") : address.ApiBase is { } given && IsResource(given) ? ("api-key", "") : KeyHeader;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables { get; } = ["AZURE_AI_API_KEY"];

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables { get; } = ["AZURE_AI_API_BASE"];

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables { get; } = ["AZURE_AI_API_VERSION"];

    /// <inheritdoc/>
    public bool KeyOptional => false;

    /// <inheritdoc/>
    public string UpstreamModel(string model) => model;

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => true;

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.ApiBase is not { } given ? null : UpstreamPath.Replace(given, UpstreamPath.WithoutOperation(given), "");
    }

    /// <inheritdoc/>
    public IReadOnlyList<WireFormat> ChatFormats(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return IsClaude(model) ? Formats.Messages : Formats.Chat;
    }

    /// <inheritdoc/>
    public Uri ChatUri(ProviderAddress address, WireFormat format, bool stream)
    {
        var given = Given(address);
        if (format != WireFormat.AnthropicMessages)
        {
            return Under(address, "/chat/completions");
        }
        var path = UpstreamPath.Without(given, Claude + "/v1/messages", Claude + "/v1", Claude, OpenAIV1, Inference);
        return UpstreamPath.Replace(given, path + Claude + "/v1/messages", "");
    }

    /// <inheritdoc/>
    public Uri CountUri(ProviderAddress address, WireFormat format)
    {
        var messages = ChatUri(address, WireFormat.AnthropicMessages, stream: false);
        return UpstreamPath.Replace(messages, messages.AbsolutePath + "/count_tokens", messages.Query);
    }

    /// <inheritdoc/>
    public bool Counts(WireFormat format) => format == WireFormat.AnthropicMessages;

    /// <inheritdoc/>
    public Uri EmbeddingUri(ProviderAddress address) => Under(address, Formats.Embeddings);

    /// <summary>Cohere's models keep Cohere's own path, on a serverless endpoint as on a resource.</summary>
    public Uri RerankUri(ProviderAddress address)
    {
        var given = Given(address);
        var path = UpstreamPath.WithoutOperation(given);
        var versioned = path.EndsWith("/v1", StringComparison.OrdinalIgnoreCase) || path.EndsWith("/v2", StringComparison.OrdinalIgnoreCase);
        return UpstreamPath.Replace(given, (versioned ? path : path + "/v1") + Formats.Rerank, given.Query);
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> FormatHeaders(WireFormat format) => format == WireFormat.AnthropicMessages ? MessagesHeaders : [];

    private static Uri Under(ProviderAddress address, string operation)
    {
        var given = Given(address);
        var path = UpstreamPath.WithoutOperation(given);
        if (path.EndsWith(OpenAIV1, StringComparison.OrdinalIgnoreCase))
        {
            return UpstreamPath.Replace(given, path + operation, "");
        }
        if (IsResource(given) || path.EndsWith(Inference, StringComparison.OrdinalIgnoreCase))
        {
            path = path.EndsWith(Inference, StringComparison.OrdinalIgnoreCase) ? path : path + Inference;
            var version = string.IsNullOrWhiteSpace(address.ApiVersion) ? DefaultVersion : address.ApiVersion;
            return UpstreamPath.Replace(given, path + operation, given.Query.Length > 0 ? given.Query : "?api-version=" + Uri.EscapeDataString(version));
        }
        // A serverless endpoint has one model, and OpenAI's paths under /v1.
        return UpstreamPath.Replace(given, (path.EndsWith("/v1", StringComparison.OrdinalIgnoreCase) ? path : path + "/v1") + operation, given.Query);
    }

    private static Uri Given(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.ApiBase ?? throw new InvalidOperationException(
            "An azure_ai deployment needs its resource's address: `api_base: https://NAME.services.ai.azure.com` or AZURE_AI_API_BASE.");
    }

    private static bool IsClaude(string model) => model.StartsWith("claude", StringComparison.OrdinalIgnoreCase);

    private static bool IsResource(Uri address) =>
        address.Host.EndsWith(".services.ai.azure.com", StringComparison.OrdinalIgnoreCase)
        || address.Host.EndsWith(".openai.azure.com", StringComparison.OrdinalIgnoreCase)
        || address.Host.EndsWith(".cognitiveservices.azure.com", StringComparison.OrdinalIgnoreCase);
}
