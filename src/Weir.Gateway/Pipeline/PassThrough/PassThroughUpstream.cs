using Weir.Gateway.Config;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>The server behind an endpoint of the configuration. It is in no catalog: all that is known of it is its address.</summary>
internal sealed class PassThroughUpstream(PassThroughEndpoint endpoint) : IProvider
{
    private const string Unknown = "pass_through";

    /// <summary>The vendor whose home the target is, so that its answers can be read and priced; else a name of its own.</summary>
    public string Name { get; } = VendorAt(endpoint.Target) ?? Unknown;

    /// <inheritdoc/>
    public (string Header, string Prefix) KeyHeader => ("Authorization", "Bearer ");

    /// <inheritdoc/>
    public IReadOnlyList<string> KeyVariables => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> BaseVariables => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> VersionVariables => [];

    /// <inheritdoc/>
    public bool KeyOptional => true;

    /// <inheritdoc/>
    public string UpstreamModel(string model) => model;

    /// <inheritdoc/>
    public bool ModelInBody(ProviderAddress address) => true;

    /// <inheritdoc/>
    public Uri? BaseAddress(ProviderAddress address) => endpoint.Target;

    /// <summary>What the endpoint is as a deployment: one account, any model.</summary>
    internal static DeploymentConfig AsDeployment(PassThroughEndpoint endpoint) => new()
    {
        Id = "pass-through:" + endpoint.Path,
        ModelGroup = endpoint.Path,
        Provider = VendorAt(endpoint.Target) ?? Unknown,
        UpstreamModel = "*",
        LiteLlmModel = endpoint.Path,
        Origin = endpoint.Origin,
        ApiBase = endpoint.Target,
        Headers = endpoint.Headers,
    };

    private static string? VendorAt(Uri target)
    {
        if (target.Host.EndsWith(".openai.azure.com", StringComparison.OrdinalIgnoreCase))
        {
            return "azure";
        }
        foreach (var name in ProviderCatalog.Names)
        {
            if (ProviderCatalog.Find(name)?.BaseAddress(new ProviderAddress(null, null, "*")) is { } home && home.Authority.Equals(target.Authority, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }
        return null;
    }
}
