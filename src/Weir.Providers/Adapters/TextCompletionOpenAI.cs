namespace Weir.Providers.Adapters;

/// <summary>OpenAI's legacy text models (<c>text-completion-openai/gpt-3.5-turbo-instruct</c>): text completions and nothing else.</summary>
internal sealed class TextCompletionOpenAI : ICompletionProvider
{
    private readonly OpenAICompatibleWithText _openai = new("text-completion-openai")
    {
        DefaultBase = new("https://api.openai.com/v1"),
        KeyVariables = ["OPENAI_API_KEY"],
        BaseVariables = ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
    };

    /// <inheritdoc/>
    public string Name => _openai.Name;

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => _openai.KeyHeader;

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables => _openai.KeyVariables;

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables => _openai.BaseVariables;

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables => _openai.VersionVariables;

    /// <inheritdoc/>
    public bool KeyOptional => false;

    /// <inheritdoc/>
    public string UpstreamModel(string model) => model;

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => true;

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address) => _openai.BaseAddress(address);

    /// <inheritdoc/>
    public Uri CompletionUri(ProviderAddress address) => _openai.CompletionUri(address);
}
