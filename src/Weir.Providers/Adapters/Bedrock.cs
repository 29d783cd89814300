namespace Weir.Providers.Adapters;

/// <summary>
/// Amazon Bedrock: <c>https://bedrock-runtime.{region}.amazonaws.com/model/{model}/converse[-stream]</c>; Claude on LiteLLM's route
/// <c>bedrock/invoke/</c> in its own format through <c>/invoke</c> and <c>/invoke-with-response-stream</c>.
/// </summary>
internal sealed class Bedrock : IChatProvider
{
    /// <summary>LiteLLM's words for a route, which choose no model.</summary>
    private static readonly string[] Routes = ["converse/", "converse_like/", Invoke];

    private const string Invoke = "invoke/";

    /// <summary>The path says whether to stream. Source: Bedrock user guide, "Anthropic Claude Messages API".</summary>
    private static readonly BodyVariant ClaudeBody = new(OmitModel: true, new Dictionary<string, ReadOnlyMemory<byte>>
    {
        ["anthropic_version"] = "\"bedrock-2023-05-31\""u8.ToArray(),
    })
    {
        OmitStream = true,
        BetaInBody = true,
    };

    /// <inheritdoc/>
    public string Name => "bedrock";

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("Authorization", "Bearer ");

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables { get; } = ["AWS_BEARER_TOKEN_BEDROCK"];

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables { get; } = ["AWS_BEDROCK_RUNTIME_ENDPOINT"];

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> LocationVariables { get; } = ["AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"];

    /// <inheritdoc/>
    public string? DefaultLocation => "us-west-2";

    /// <inheritdoc/>
    public string? LocationIn(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var bare = WithoutRoute(model);
        return RegionIn(bare) ?? (bare.StartsWith("arn:", StringComparison.Ordinal) && bare.Split(':') is { Length: > 3 } arn && arn[3].Length > 0 ? arn[3] : null);
    }

    /// <inheritdoc/>
    public bool KeyOptional => true;

    /// <inheritdoc/>
    public string UpstreamModel(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var bare = WithoutRoute(model);
        return RegionIn(bare) is { } region ? bare[(region.Length + 1)..] : bare;
    }

    private static string WithoutRoute(string model)
    {
        foreach (var route in Routes)
        {
            if (model.StartsWith(route, StringComparison.Ordinal))
            {
                model = model[route.Length..];
            }
        }
        return model;
    }

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => false;

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.ApiBase is { } given)
        {
            return UpstreamPath.Replace(given, given.AbsolutePath.TrimEnd('/'), "");
        }
        return address.Location is { } region ? new Uri($"https://bedrock-runtime.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}") : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<WireFormat> ChatFormats(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        // Other families on that route speak formats of their own, and Converse speaks for them all.
        return model.StartsWith(Invoke, StringComparison.Ordinal) && model.Contains("claude", StringComparison.OrdinalIgnoreCase) ? Formats.Messages : Formats.Converse;
    }

    /// <inheritdoc/>
    public BodyVariant? VariantOf(WireFormat format) => format == WireFormat.AnthropicMessages ? ClaudeBody : null;

    /// <inheritdoc/>
    public Uri ChatUri(ProviderAddress address, WireFormat format, bool stream)
    {
        ArgumentNullException.ThrowIfNull(address);
        var root = BaseAddress(address) ?? throw new InvalidOperationException("A bedrock deployment needs a region: `aws_region_name` (or AWS_REGION).");
        var verb = (format, stream) switch
        {
            (WireFormat.AnthropicMessages, true) => "invoke-with-response-stream",
            (WireFormat.AnthropicMessages, false) => "invoke",
            (_, true) => "converse-stream",
            _ => "converse",
        };
        return UpstreamPath.Replace(root, $"{root.AbsolutePath.TrimEnd('/')}/model/{Uri.EscapeDataString(address.Model)}/{verb}", "");
    }

    /// <summary>The region in <c>us-east-1/anthropic.claude-...</c>; null when the model names none.</summary>
    private static string? RegionIn(string model)
    {
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        var head = slash < 0 ? "" : model[..slash];
        return head.Length > 0 && !head.StartsWith("arn:", StringComparison.Ordinal) && char.IsAsciiDigit(head[^1]) && head.Count(static c => c == '-') >= 2 ? head : null;
    }
}
