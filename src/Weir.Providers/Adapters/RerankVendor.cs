namespace Weir.Providers.Adapters;

/// <summary>A vendor whose rerankers are served here, in Cohere's shape, and nothing else of it.</summary>
internal class RerankVendor(string name) : IRerankProvider
{
    private readonly OpenAICompatible _server = new(name);

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("Authorization", "Bearer ");

    /// <inheritdoc/>
    public required IReadOnlyList<string> KeyVariables { get; init; }

    /// <inheritdoc/>
    public required IReadOnlyList<string> BaseVariables { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables => [];

    /// <inheritdoc/>
    public bool KeyOptional { get; init; }

    /// <summary>The vendor's public address with its version; null when each customer has an own one.</summary>
    public Uri? DefaultBase { get; init; }

    /// <inheritdoc/>
    public string UpstreamModel(string model) => model;

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => true;

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address) => _server.BaseAddress(WithDefault(address));

    /// <inheritdoc/>
    public Uri RerankUri(ProviderAddress address) => Under(address, Formats.Rerank);

    /// <summary>Absolute address of <paramref name="operation"/> under the base address.</summary>
    protected Uri Under(ProviderAddress address, string operation)
    {
        var root = BaseAddress(address) ?? throw new InvalidOperationException($"The provider {Name} has no default address: name one in `api_base`.");
        return UpstreamPath.Replace(root, root.AbsolutePath.TrimEnd('/') + operation, root.Query);
    }

    private ProviderAddress WithDefault(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.ApiBase is null ? address with { ApiBase = DefaultBase } : address;
    }
}

/// <summary>One that has embeddings in OpenAI's format too.</summary>
internal sealed class EmbeddingAndRerankVendor(string name) : RerankVendor(name), IEmbeddingProvider
{
    /// <inheritdoc/>
    public Uri EmbeddingUri(ProviderAddress address) => Under(address, Formats.Embeddings);
}
