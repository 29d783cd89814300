using System.Globalization;

namespace Weir.Providers.Adapters;

/// <summary>
/// Azure OpenAI and Foundry. Dated route: <c>{base}/openai/deployments/{deployment}/{operation}?api-version=YYYY-MM-DD[-preview]</c>,
/// the path names the model. v1 route: <c>{base}/openai/v1/{operation}</c>, the body names it and no version is sent.
/// </summary>
internal sealed class AzureOpenAI
    : IChatProvider, ICompletionProvider, IEmbeddingProvider, IImageProvider, IImageEditProvider, ISpeechProvider, ITranscriptionProvider, ITranslationProvider,
        IRealtimeProvider, IKeepingProvider
{
    /// <summary>What LiteLLM sends when neither the config nor <c>AZURE_API_VERSION</c> names a version; the same one keeps answers the same.</summary>
    public const string DefaultVersion = "2025-02-01-preview";

    private const string Deployments = "/openai/deployments";
    private const string V1 = "/openai/v1";

    private static readonly string[] SubPrefixes = ["o_series/", "gpt5_series/", "responses/"];

    /// <inheritdoc/>
    public string Name => "azure";

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("api-key", "");

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables { get; } = ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"];

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables { get; } = ["AZURE_API_BASE"];

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables { get; } = ["AZURE_API_VERSION"];

    /// <inheritdoc/>
    public bool KeyOptional => false;

    /// <inheritdoc/>
    public string UpstreamModel(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (var prefix in SubPrefixes)
        {
            if (model.StartsWith(prefix, StringComparison.Ordinal))
            {
                return model[prefix.Length..];
            }
        }

        return model;
    }

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => IsV1(address);

    /// <summary>True when calls go to the v1 route: the base address names it, or the version is one of its names.</summary>
    public static bool IsV1(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.ApiBase is { } given)
        {
            var path = UpstreamPath.WithoutOperation(given);
            if (path.EndsWith(V1, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            if (path.Contains(Deployments, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return address.ApiVersion is { } version
            && (version.Equals("preview", StringComparison.OrdinalIgnoreCase)
                || version.Equals("latest", StringComparison.OrdinalIgnoreCase)
                || version.Equals("v1", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>False when <paramref name="version"/> can't be an api-version: e.g. a model's version, or a number out of YAML.</summary>
    public static bool LooksLikeVersion(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return version is "preview" or "latest" or "v1"
            || (version.Length >= 10
                && DateOnly.TryParseExact(version.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                && (version.Length == 10 || version[10] == '-'));
    }

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.ApiBase is not { } given ? null : UpstreamPath.Replace(given, Root(given, address), "");
    }

    /// <inheritdoc/>
    public IReadOnlyList<WireFormat> ChatFormats(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.StartsWith(Formats.ResponsesRoute, StringComparison.Ordinal) ? Formats.Responses : Formats.ChatAndResponses;
    }

    /// <inheritdoc/>
    public Uri ChatUri(ProviderAddress address, WireFormat format, bool stream) =>
        format == WireFormat.OpenAIResponses ? KeptUri(address, "/responses") : Under(address, Formats.OpenAIPath(format));

    /// <inheritdoc/>
    public IReadOnlyList<KeptKind> Kept => Formats.EverythingKept;

    /// <summary>What the resource keeps knows no deployment in the path: a body names the model on the dated route too.</summary>
    public Uri KeptUri(ProviderAddress address, string path)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.ApiBase is not { } given || IsV1(address))
        {
            return Under(address, path);
        }
        var stem = UpstreamPath.WithoutOperation(given);
        var at = stem.IndexOf(Deployments, StringComparison.OrdinalIgnoreCase);
        var root = at >= 0 ? stem[..at] : Trim(stem, "/openai");
        return UpstreamPath.Replace(given, $"{root}/openai{path}", "?api-version=" + Uri.EscapeDataString(Version(given, address)));
    }

    /// <inheritdoc/>
    public Uri CompletionUri(ProviderAddress address) => Under(address, "/completions");

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

    /// <summary>The dated route names the deployment in the query, the v1 route the model.</summary>
    public Uri RealtimeUri(ProviderAddress address)
    {
        var given = KeptUri(address, Formats.Realtime);
        return UpstreamPath.Socket(given, UpstreamPath.With(given.Query, IsV1(address) ? "model" : "deployment", address.Model));
    }

    private static Uri Under(ProviderAddress address, string operation)
    {
        var given = address.ApiBase ?? throw new InvalidOperationException(
            "An azure deployment needs its resource's address: `api_base: https://NAME.openai.azure.com` or AZURE_API_BASE.");
        return UpstreamPath.Replace(
            given,
            Root(given, address) + operation,
            IsV1(address) ? "" : "?api-version=" + Uri.EscapeDataString(Version(given, address)));
    }

    private static string Root(Uri given, ProviderAddress address)
    {
        var path = UpstreamPath.WithoutOperation(given);
        if (IsV1(address))
        {
            return path.EndsWith(V1, StringComparison.OrdinalIgnoreCase) ? path : Trim(path, "/openai") + V1;
        }

        var deployment = Uri.EscapeDataString(address.Model);
        if (path.EndsWith(Deployments, StringComparison.OrdinalIgnoreCase))
        {
            return $"{path}/{deployment}";
        }

        if (path.Contains(Deployments + "/", StringComparison.OrdinalIgnoreCase))
        {
            return path;
        }

        // Cloudflare's AI gateway holds the resource in its path and takes the deployment right behind it.
        return given.Host.Equals("gateway.ai.cloudflare.com", StringComparison.OrdinalIgnoreCase)
            ? $"{path}/{deployment}"
            : $"{Trim(path, "/openai")}{Deployments}/{deployment}";
    }

    private static string Trim(string path, string suffix) =>
        path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? path[..^suffix.Length] : path;

    /// <summary>The config's version, else the one that was pasted with the address, else the built-in one.</summary>
    private static string Version(Uri given, ProviderAddress address)
    {
        if (!string.IsNullOrWhiteSpace(address.ApiVersion))
        {
            return address.ApiVersion;
        }

        const string Name = "api-version=";
        foreach (var pair in given.Query.TrimStart('?').Split('&'))
        {
            if (pair.StartsWith(Name, StringComparison.OrdinalIgnoreCase) && pair.Length > Name.Length)
            {
                return Uri.UnescapeDataString(pair[Name.Length..]);
            }
        }

        return DefaultVersion;
    }
}
