namespace Weir.Providers.Adapters;

/// <summary>Gemini's developer API: <c>{base}/v1beta/models/{model}:generateContent</c>, the key in <c>x-goog-api-key</c>.</summary>
internal sealed class GoogleAIStudio : ITokenCountProvider, IEmbeddingProvider
{
    private static readonly Uri Home = new("https://generativelanguage.googleapis.com");

    /// <inheritdoc/>
    public string Name => "gemini";

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("x-goog-api-key", "");

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables { get; } = ["GEMINI_API_KEY", "GOOGLE_API_KEY"];

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables { get; } = ["GEMINI_API_BASE"];

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables => [];

    /// <inheritdoc/>
    public bool KeyOptional => false;

    /// <inheritdoc/>
    public string UpstreamModel(string model) => model;

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => false;

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var given = address.ApiBase ?? Home;
        return UpstreamPath.Replace(given, UpstreamPath.Without(given, "/v1beta/models", "/v1beta"), "");
    }

    /// <inheritdoc/>
    public IReadOnlyList<WireFormat> ChatFormats(string model) => Formats.Gemini;

    /// <inheritdoc/>
    public Uri ChatUri(ProviderAddress address, WireFormat format, bool stream)
    {
        return At(address, GeminiVerb.Of(stream), GeminiVerb.QueryOf(stream));
    }

    /// <inheritdoc/>
    public Uri CountUri(ProviderAddress address, WireFormat format) => At(address, ":countTokens", "");

    /// <inheritdoc/>
    public Uri EmbeddingUri(ProviderAddress address) => At(address, ":batchEmbedContents", "");

    /// <inheritdoc/>
    public EmbeddingForm EmbeddingForm => EmbeddingForm.GeminiBatch;

    /// <inheritdoc/>
    public bool CountsInside => true;

    private Uri At(ProviderAddress address, string verb, string query)
    {
        var root = BaseAddress(address)!; // Never null here: there is a default.
        if (root.AbsolutePath.Contains("/models/", StringComparison.Ordinal))
        {
            // LiteLLM's custom bases name the model themselves: only the verb is added.
            return UpstreamPath.Replace(root, root.AbsolutePath.TrimEnd('/') + verb, query);
        }
        return UpstreamPath.Replace(root, $"{root.AbsolutePath.TrimEnd('/')}/v1beta/models/{Uri.EscapeDataString(address.Model)}{verb}", query);
    }
}

/// <summary>Gemini's two ways of asking.</summary>
internal static class GeminiVerb
{
    internal static string Of(bool stream) => stream ? ":streamGenerateContent" : ":generateContent";

    /// <summary>Without it a stream is one long JSON array.</summary>
    internal static string QueryOf(bool stream) => stream ? "?alt=sse" : "";
}
