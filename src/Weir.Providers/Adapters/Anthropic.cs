namespace Weir.Providers.Adapters;

/// <summary>Anthropic's own API: <c>{base}/v1/messages</c>, the key in <c>x-api-key</c>.</summary>
internal sealed class Anthropic : ITokenCountProvider
{
    /// <summary>The version that every SDK of today names (Anthropic API, "Versions").</summary>
    internal static readonly KeyValuePair<string, string> Version = new("anthropic-version", "2023-06-01");

    private static readonly Uri Home = new("https://api.anthropic.com");
    private static readonly IReadOnlyList<KeyValuePair<string, string>> Headers = [Version];

    /// <inheritdoc/>
    public string Name => "anthropic";

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("x-api-key", "");

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables { get; } = ["ANTHROPIC_API_KEY"];

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables { get; } = ["ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"];

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables => [];

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
        var given = address.ApiBase ?? Home;
        return UpstreamPath.Replace(given, UpstreamPath.Without(given, "/v1/messages", "/v1"), given.Query);
    }

    /// <inheritdoc/>
    public IReadOnlyList<WireFormat> ChatFormats(string model) => Formats.Messages;

    /// <inheritdoc/>
    public Uri ChatUri(ProviderAddress address, WireFormat format, bool stream)
    {
        var root = BaseAddress(address)!; // Never null here: there is a default.
        return UpstreamPath.Replace(root, root.AbsolutePath.TrimEnd('/') + "/v1/messages", root.Query);
    }

    /// <inheritdoc/>
    public Uri CountUri(ProviderAddress address, WireFormat format)
    {
        var messages = ChatUri(address, format, stream: false);
        return UpstreamPath.Replace(messages, messages.AbsolutePath + "/count_tokens", messages.Query);
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> FormatHeaders(WireFormat format) => Headers;
}
