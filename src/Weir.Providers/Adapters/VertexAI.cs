namespace Weir.Providers.Adapters;

/// <summary>
/// Google's Vertex AI: <c>https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/...</c>. Gemini
/// models speak Gemini's format, Claude speaks Anthropic's, others OpenAI's on the <c>endpoints/openapi</c> route.
/// </summary>
internal sealed class VertexAI : ITokenCountProvider, IEmbeddingProvider
{
    private const string FirstLocation = "us-central1";

    private static readonly BodyVariant ClaudeBody = new(OmitModel: true, new Dictionary<string, ReadOnlyMemory<byte>>
    {
        ["anthropic_version"] = "\"vertex-2023-10-16\""u8.ToArray(),
    });

    /// <inheritdoc/>
    public string Name => "vertex_ai";

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("Authorization", "Bearer ");

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables { get; } = ["VERTEXAI_API_BASE", "VERTEX_API_BASE"];

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> LocationVariables { get; } = ["VERTEXAI_LOCATION", "VERTEX_LOCATION"];

    /// <inheritdoc/>
    public string? DefaultLocation => FirstLocation;

    /// <inheritdoc/>
    public IReadOnlyList<string> ProjectVariables { get; } = ["VERTEXAI_PROJECT", "VERTEX_PROJECT", "GOOGLE_CLOUD_PROJECT"];

    /// <inheritdoc/>
    public bool KeyOptional => true;

    /// <inheritdoc/>
    public string UpstreamModel(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        // LiteLLM's routes: vertex_ai/gemini/x, vertex_ai/claude/x and vertex_ai/openai/x name an endpoint's kind, not a model.
        return model.StartsWith("gemini/", StringComparison.Ordinal) ? model["gemini/".Length..] : model;
    }

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => false;

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Project is null)
        {
            return null;
        }
        var location = address.Location ?? FirstLocation;
        var host = address.ApiBase ?? new Uri(location switch
        {
            "global" => "https://aiplatform.googleapis.com",
            "us" or "eu" => $"https://aiplatform.{location}.rep.googleapis.com",
            _ => $"https://{location}-aiplatform.googleapis.com",
        });
        return UpstreamPath.Replace(host, $"{host.AbsolutePath.TrimEnd('/')}/v1/projects/{Uri.EscapeDataString(address.Project)}/locations/{Uri.EscapeDataString(location)}", "");
    }

    /// <inheritdoc/>
    public IReadOnlyList<WireFormat> ChatFormats(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.StartsWith("claude", StringComparison.OrdinalIgnoreCase) ? Formats.Messages
            : model.Contains('/', StringComparison.Ordinal) && !model.StartsWith("gemini/", StringComparison.Ordinal) ? Formats.Chat : Formats.Gemini;
    }

    /// <inheritdoc/>
    public Uri ChatUri(ProviderAddress address, WireFormat format, bool stream)
    {
        ArgumentNullException.ThrowIfNull(address);
        var model = Uri.EscapeDataString(address.Model);
        var (path, query) = format switch
        {
            WireFormat.AnthropicMessages => ($"/publishers/anthropic/models/{model}:{(stream ? "streamRawPredict" : "rawPredict")}", ""),
            WireFormat.OpenAIChat => ("/endpoints/openapi/chat/completions", ""),
            _ => ($"/publishers/google/models/{model}{GeminiVerb.Of(stream)}", GeminiVerb.QueryOf(stream)),
        };
        return Under(address, path, query);
    }

    /// <summary>Claude's tokens are counted by a model of its own, which reads the model in the body. Source: Anthropic's SDK for Vertex.</summary>
    public Uri CountUri(ProviderAddress address, WireFormat format)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Under(address, format == WireFormat.AnthropicMessages ? "/publishers/anthropic/models/count-tokens:rawPredict" : $"/publishers/google/models/{Uri.EscapeDataString(address.Model)}:countTokens", "");
    }

    /// <inheritdoc/>
    public bool Counts(WireFormat format) => format != WireFormat.OpenAIChat;

    /// <inheritdoc/>
    public BodyVariant? CountVariantOf(WireFormat format) => format == WireFormat.AnthropicMessages ? new BodyVariant(OmitModel: false, ClaudeBody.Members) : null;

    /// <inheritdoc/>
    public Uri EmbeddingUri(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Under(address, $"/publishers/google/models/{Uri.EscapeDataString(address.Model)}:predict", "");
    }

    /// <inheritdoc/>
    public EmbeddingForm EmbeddingForm => EmbeddingForm.VertexPredict;

    private Uri Under(ProviderAddress address, string path, string query)
    {
        var root = BaseAddress(address) ?? throw new InvalidOperationException("A vertex_ai deployment needs `vertex_project` (or VERTEXAI_PROJECT).");
        return UpstreamPath.Replace(root, root.AbsolutePath + path, query);
    }

    /// <inheritdoc/>
    public BodyVariant? VariantOf(WireFormat format) => format == WireFormat.AnthropicMessages ? ClaudeBody : null;
}
