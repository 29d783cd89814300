namespace Weir.Providers.Adapters;

/// <summary>
/// A server that speaks OpenAI's wire format under a base address. As in LiteLLM every such server is asked for every operation of OpenAI's;
/// one that has it not says so itself. One instance per catalog line; what differs between vendors is data.
/// </summary>
internal class OpenAICompatible(string name)
    : IChatProvider, IEmbeddingProvider, IImageProvider, IImageEditProvider, ISpeechProvider, ITranscriptionProvider, ITranslationProvider, IModerationProvider,
        IRealtimeProvider, IKeepingProvider
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("Authorization", "Bearer ");

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables => [];

    /// <inheritdoc/>
    public bool KeyOptional { get; init; }

    /// <summary>The vendor's documented public address; null when each customer has an own one.</summary>
    public Uri? DefaultBase { get; init; }

    /// <summary>Path that every base address of this vendor ends with; appended when the config leaves it out.</summary>
    public string? RequiredPath { get; init; }

    /// <summary>Paths of the vendor's own, older API that people write into <c>api_base</c>; taken off.</summary>
    public IReadOnlyList<string> NativePaths { get; init; } = [];

    /// <summary>Text before model names that do not start with <see cref="ModelRoot"/>.</summary>
    public string ModelPrefix { get; init; } = "";

    /// <summary>First segment of full model names (<c>accounts/</c>).</summary>
    public string ModelRoot { get; init; } = "";

    /// <inheritdoc/>
    public string UpstreamModel(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var bare = StripRoute(model);
        return ModelPrefix.Length == 0 || bare.StartsWith(ModelRoot, StringComparison.Ordinal) ? bare : ModelPrefix + bare;
    }

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => true;

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if ((address.ApiBase ?? DefaultBase) is not { } given)
        {
            return null;
        }

        var path = UpstreamPath.WithoutOperation(given);
        foreach (var native in NativePaths)
        {
            if (path.EndsWith(native, StringComparison.OrdinalIgnoreCase))
            {
                path = path[..^native.Length];
                break;
            }
        }

        if (RequiredPath is not null && !path.EndsWith(RequiredPath, StringComparison.OrdinalIgnoreCase))
        {
            path += RequiredPath;
        }

        return UpstreamPath.Replace(given, path, given.Query);
    }

    /// <summary>Whether the server also has OpenAI's Responses.</summary>
    public bool HasResponses { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<WireFormat> ChatFormats(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return !HasResponses ? Formats.Chat : model.StartsWith(Formats.ResponsesRoute, StringComparison.Ordinal) ? Formats.Responses : Formats.ChatAndResponses;
    }

    /// <inheritdoc/>
    public Uri ChatUri(ProviderAddress address, WireFormat format, bool stream) => Under(address, Formats.OpenAIPath(format));

    /// <inheritdoc/>
    public Uri EmbeddingUri(ProviderAddress address) => Under(address, Formats.Embeddings);

    /// <inheritdoc/>
    public Uri ImageUri(ProviderAddress address) => Under(address, Formats.Images);

    /// <inheritdoc/>
    public Uri ImageEditUri(ProviderAddress address) => Under(address, Formats.ImageEdits);

    /// <inheritdoc/>
    public Uri SpeechUri(ProviderAddress address) => Under(address, Formats.Speech);

    /// <inheritdoc/>
    public Uri TranscriptionUri(ProviderAddress address) => Under(address, Formats.Transcriptions);

    /// <inheritdoc/>
    public Uri TranslationUri(ProviderAddress address) => Under(address, Formats.Translations);

    /// <inheritdoc/>
    public Uri ModerationUri(ProviderAddress address) => Under(address, Formats.Moderations);

    /// <inheritdoc/>
    public Uri RealtimeUri(ProviderAddress address)
    {
        var given = Under(address, Formats.Realtime);
        return UpstreamPath.Socket(given, UpstreamPath.With(given.Query, "model", address.Model));
    }

    /// <summary>Whether the server also has OpenAI's files and batches.</summary>
    public bool HasFiles { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<KeptKind> Kept => (HasResponses, HasFiles) switch
    {
        (true, true) => Formats.EverythingKept,
        (true, false) => Formats.ResponsesKept,
        _ => [],
    };

    /// <inheritdoc/>
    public Uri KeptUri(ProviderAddress address, string path) => Under(address, path);

    /// <summary>Absolute address of <paramref name="operation"/> under the base address.</summary>
    protected Uri Under(ProviderAddress address, string operation)
    {
        var root = BaseAddress(address) ?? throw new InvalidOperationException(
            $"The provider {Name} has no default address: name one in `api_base` or in {string.Join(" or ", BaseVariables.DefaultIfEmpty("the configuration"))}.");
        return UpstreamPath.Replace(root, root.AbsolutePath.TrimEnd('/') + operation, root.Query);
    }

    /// <summary>LiteLLM's <c>openai/responses/x</c> and <c>openai/chat/x</c> choose a route, not a model.</summary>
    private static string StripRoute(string model) =>
        model.StartsWith(Formats.ResponsesRoute, StringComparison.Ordinal) ? model[Formats.ResponsesRoute.Length..] : model;
}

/// <summary>An OpenAI-compatible server that also has the legacy text completions.</summary>
internal class OpenAICompatibleWithText(string name) : OpenAICompatible(name), ICompletionProvider
{
    /// <inheritdoc/>
    public Uri CompletionUri(ProviderAddress address) => Under(address, "/completions");
}

/// <summary>One that also puts documents in order, beside its other paths.</summary>
internal sealed class OpenAICompatibleWithRerank(string name) : OpenAICompatibleWithText(name), IRerankProvider
{
    /// <inheritdoc/>
    public Uri RerankUri(ProviderAddress address) => Under(address, Formats.Rerank);
}
