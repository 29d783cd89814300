using Weir.Providers;
using Weir.Providers.Credentials;

namespace Weir.Gateway.Config.Binding;

/// <summary>LiteLLM's <c>azure_ad_token: oidc/...</c>: another issuer's token that Entra exchanges through a federated credential.</summary>
internal static class TokenExchange
{
    /// <summary>How such a value begins.</summary>
    public const string Prefix = "oidc/";

    private const string FederationVariable = "AZURE_FEDERATED_TOKEN_FILE";

    /// <summary>Reads it.</summary>
    /// <param name="written">E.g. <c>oidc/file//var/run/secrets/token</c>.</param>
    /// <param name="tenantId"><c>tenant_id</c>.</param>
    /// <param name="clientId"><c>client_id</c>.</param>
    /// <param name="scope"><c>azure_scope</c>.</param>
    /// <param name="variable">The environment.</param>
    public static SignIn Read(string written, string? tenantId, string? clientId, string? scope, Func<string, string?> variable)
    {
        var source = written[Prefix.Length..];
        var slash = source.IndexOf('/', StringComparison.Ordinal);
        var (kind, name) = slash < 0 ? (source, "") : (source[..slash], source[(slash + 1)..]);
        var entra = new EntraConfig { TenantId = tenantId, ClientId = clientId, Scope = scope };
        switch (kind)
        {
            case "file" when !name.StartsWith('/'):
                return Refused($"The path of 'oidc/file/' has to be absolute, with its own slash: oidc/file//{name.TrimStart('/')}.");
            case "file":
                entra = entra with { AssertionFile = name };
                break;
            case "env" when Value(variable, name) is { } token:
                entra = entra with { Assertion = new Secret(token) };
                break;
            case "env_path" when Value(variable, name) is { } path:
                entra = entra with { AssertionFile = path };
                break;
            case "azure" when Value(variable, FederationVariable) is { } path:
                entra = entra with { AssertionFile = path };
                break;
            case "env" or "env_path":
                return Refused($"azure_ad_token takes its token from the environment variable {(name.Length == 0 ? "without a name" : name)}, which is not set.");
            case "azure":
                return Refused($"azure_ad_token 'oidc/azure/' takes the token of a workload identity, and {FederationVariable} is not set. For a managed identity take azure_ad_token out and set litellm_settings.enable_azure_ad_token_refresh: true.");
            default:
                return Refused($"azure_ad_token asks for LiteLLM's '{kind}' token exchange, which Weir does not do: let that issuer write its token to a file and use oidc/file/PATH, or use a workload identity ({FederationVariable}).");
        }

        return EntraIdentity.Federated(tenantId, clientId, entra.AssertionFile, entra.Assertion, variable, out var problem) is null
            ? Refused(problem ?? "It can't sign in to Entra.")
            : new SignIn(null, entra, null);
    }

    private static SignIn Refused(string why) => new(null, null, why);

    private static string? Value(Func<string, string?> variable, string name) =>
        name.Length > 0 && variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
