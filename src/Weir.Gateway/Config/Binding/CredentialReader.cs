using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>How a deployment signs in: a static key, Entra, or not at all.</summary>
/// <param name="Key">The key.</param>
/// <param name="Entra">Entra settings when there is no key.</param>
/// <param name="Refusal">Why the deployment can't sign in; null when it can, or need not.</param>
internal sealed record SignIn(Secret? Key, EntraConfig? Entra, string? Refusal);

/// <summary>Reads a deployment's credential in LiteLLM's order: what the file says, then the provider's environment variables.</summary>
internal static class CredentialReader
{
    private const string TenantVariable = "AZURE_TENANT_ID";
    private const string ClientVariable = "AZURE_CLIENT_ID";
    private const string SecretVariable = "AZURE_CLIENT_SECRET";
    private const string TokenVariable = "AZURE_AD_TOKEN";
    private const string FederationVariable = "AZURE_FEDERATED_TOKEN_FILE";

    /// <summary>Reads it.</summary>
    /// <param name="parameters">The merged <c>litellm_params</c>.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="ownAddress">True when the address is not the provider's public one, so that a call without a key can make sense.</param>
    /// <param name="azureTokenRefresh"><c>enable_azure_ad_token_refresh</c>.</param>
    /// <param name="variable">The environment.</param>
    public static SignIn Read(SectionReader parameters, IProvider provider, bool ownAddress, bool azureTokenRefresh, Func<string, string?> variable)
    {
        if (parameters.Secret("api_key") is { } key)
        {
            return new SignIn(key, null, null);
        }

        var azure = provider.Name is "azure" or "azure_ai";
        if (azure && WrittenEntra(parameters, variable) is { } written)
        {
            return written;
        }

        if (provider.LocationVariables.Count > 0)
        {
            // A cloud's own identity: read by its reader.
            return new SignIn(null, null, null);
        }

        if (AddressReader.FirstSet(provider.KeyVariables, variable) is { } found)
        {
            return new SignIn(new Secret(found.Value), null, null);
        }

        if (azure)
        {
            return EnvironmentEntra(azureTokenRefresh, variable);
        }

        return provider.KeyOptional || ownAddress
            ? new SignIn(null, null, null)
            : new SignIn(null, null, $"It has no key: set api_key, or {string.Join(" or ", provider.KeyVariables)} in the environment.");
    }

    private static SignIn? WrittenEntra(SectionReader parameters, Func<string, string?> variable)
    {
        if (parameters.Has("azure_username") || parameters.Has("azure_password"))
        {
            return new SignIn(null, null, "It signs in to Entra with a user name and a password, which Weir does not do: use a workload identity, or tenant_id, client_id and client_secret.");
        }

        var token = parameters.Text("azure_ad_token");
        if (token is not null && token.StartsWith(TokenExchange.Prefix, StringComparison.Ordinal))
        {
            return TokenExchange.Read(token, parameters.Text("tenant_id"), parameters.Text("client_id"), parameters.Text("azure_scope"), variable);
        }

        var entra = new EntraConfig
        {
            TenantId = parameters.Text("tenant_id"),
            ClientId = parameters.Text("client_id"),
            ClientSecret = parameters.Secret("client_secret"),
            ClientCertificatePath = parameters.Text("client_certificate_path"),
            StaticToken = token is null ? null : new Secret(token),
            Scope = parameters.Text("azure_scope"),
        };
        if ((entra.ClientSecret is not null || entra.ClientCertificatePath is not null) && (entra.TenantId is null || entra.ClientId is null) && token is null)
        {
            return new SignIn(null, null, $"It has a client secret or certificate but no {(entra.TenantId is null ? "tenant_id" : "client_id")}: Entra needs tenant_id and client_id too.");
        }

        return entra with { Scope = null } == new EntraConfig() ? null : new SignIn(null, entra, null);
    }

    private static SignIn EnvironmentEntra(bool azureTokenRefresh, Func<string, string?> variable)
    {
        if (AddressReader.FirstSet([TokenVariable], variable) is { } token)
        {
            return new SignIn(null, new EntraConfig { StaticToken = new Secret(token.Value) }, null);
        }

        // A complete application in the environment is what LiteLLM uses; AZURE_CLIENT_ID alone proves nothing.
        var tenant = AddressReader.FirstSet([TenantVariable], variable);
        var client = AddressReader.FirstSet([ClientVariable], variable);
        if (tenant is not null && client is not null && AddressReader.FirstSet([SecretVariable], variable) is { } secret)
        {
            return new SignIn(
                null, new EntraConfig { TenantId = tenant.Value.Value, ClientId = client.Value.Value, ClientSecret = new Secret(secret.Value) }, null);
        }

        return azureTokenRefresh || AddressReader.FirstSet([FederationVariable], variable) is not null
            ? new SignIn(null, new EntraConfig(), null)
            : new SignIn(
                null, null,
                "It has neither a key nor an identity: set api_key, or AZURE_API_KEY in the environment, or sign in with Entra "
                + "(a workload identity, tenant_id with client_id and client_secret, or litellm_settings.enable_azure_ad_token_refresh: true for a managed identity).");
    }
}
