namespace Weir.Providers.Credentials;

/// <summary>How an identity proves itself to Entra.</summary>
public enum EntraKind
{
    /// <summary>A token of another issuer (a Kubernetes service account, a CI job), exchanged through a federated credential.</summary>
    WorkloadIdentity,

    /// <summary>The identity of the machine, from its metadata service.</summary>
    ManagedIdentity,

    /// <summary>An application's secret.</summary>
    ClientSecret,

    /// <summary>An application's certificate.</summary>
    ClientCertificate,
}

/// <summary>One identity. Deployments with equal values share one credential and its tokens.</summary>
/// <param name="Kind">How it proves itself.</param>
/// <param name="TenantId">Directory; null for a managed identity.</param>
/// <param name="ClientId">Application, or user-assigned identity; null for the system-assigned one.</param>
public sealed record EntraIdentity(EntraKind Kind, string? TenantId, string? ClientId)
{
    /// <summary>Secret of the application.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>PEM or PFX file of the application.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>Password of the PFX file.</summary>
    public Secret? CertificatePassword { get; init; }

    /// <summary>File with the service account token; read again for every sign-in, because it rotates.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The other issuer's token itself, where no file holds it.</summary>
    public Secret? Assertion { get; init; }

    /// <summary>The sign-in host.</summary>
    public Uri Authority { get; init; } = PublicAuthority;

    /// <summary><c>https://login.microsoftonline.com/</c>.</summary>
    public static Uri PublicAuthority { get; } = new("https://login.microsoftonline.com/");

    /// <summary>
    /// Chooses the kind by what is configured: the deployment's own secret or certificate first, then the environment's token file,
    /// secret and certificate, else the managed identity. <c>AZURE_CLIENT_ID</c> alone says who, never how.
    /// </summary>
    /// <param name="tenantId"><c>tenant_id</c>, null = <c>AZURE_TENANT_ID</c>.</param>
    /// <param name="clientId"><c>client_id</c>, null = <c>AZURE_CLIENT_ID</c>.</param>
    /// <param name="clientSecret"><c>client_secret</c>.</param>
    /// <param name="certificatePath">PEM or PFX file.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="problem">What is missing or wrong, for a person; null when an identity is returned.</param>
    public static EntraIdentity? From(
        string? tenantId, string? clientId, Secret? clientSecret, string? certificatePath, Func<string, string?> variable, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(variable);
        string? Env(string name) => NullIfBlank(variable(name));
        if (AuthorityOf(variable, out problem) is not { } authority)
        {
            return null;
        }

        var tenant = NullIfBlank(tenantId) ?? Env("AZURE_TENANT_ID");
        var client = NullIfBlank(clientId) ?? Env("AZURE_CLIENT_ID");
        var tokenFile = Env("AZURE_FEDERATED_TOKEN_FILE");
        var kind = clientSecret is not null ? EntraKind.ClientSecret
            : NullIfBlank(certificatePath) is not null ? EntraKind.ClientCertificate
            : tokenFile is not null ? EntraKind.WorkloadIdentity
            : Env("AZURE_CLIENT_SECRET") is not null ? EntraKind.ClientSecret
            : Env("AZURE_CLIENT_CERTIFICATE_PATH") is not null ? EntraKind.ClientCertificate
            : EntraKind.ManagedIdentity;

        if (kind != EntraKind.ManagedIdentity && (tenant is null || client is null))
        {
            var missing = tenant is null ? client is null ? "tenant_id and client_id" : "tenant_id" : "client_id";
            problem = kind == EntraKind.WorkloadIdentity
                ? $"AZURE_FEDERATED_TOKEN_FILE is set, so workload identity is used, but {missing} is missing: set AZURE_TENANT_ID and AZURE_CLIENT_ID (the AKS webhook sets them when the service account carries the annotation azure.workload.identity/client-id)."
                : $"An Entra {(kind == EntraKind.ClientSecret ? "client secret" : "client certificate")} needs {missing} too: write it on the deployment, or set AZURE_TENANT_ID and AZURE_CLIENT_ID.";
            return null;
        }

        return new(kind, kind == EntraKind.ManagedIdentity ? null : tenant, client)
        {
            Authority = authority,
            TokenFile = kind == EntraKind.WorkloadIdentity ? tokenFile : null,
            ClientSecret = kind == EntraKind.ClientSecret ? clientSecret ?? new Secret(Env("AZURE_CLIENT_SECRET") ?? "") : null,
            CertificatePath = kind == EntraKind.ClientCertificate ? NullIfBlank(certificatePath) ?? Env("AZURE_CLIENT_CERTIFICATE_PATH") : null,
            CertificatePassword = kind == EntraKind.ClientCertificate && Env("AZURE_CLIENT_CERTIFICATE_PASSWORD") is { } password ? new Secret(password) : null,
        };
    }

    /// <summary>An application that proves itself with another issuer's token, which the configuration names.</summary>
    /// <param name="tenantId"><c>tenant_id</c>, null = <c>AZURE_TENANT_ID</c>.</param>
    /// <param name="clientId"><c>client_id</c>, null = <c>AZURE_CLIENT_ID</c>.</param>
    /// <param name="tokenFile">File with the token; null when <paramref name="assertion"/> is the token.</param>
    /// <param name="assertion">The token.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="problem">What is missing or wrong, for a person; null when an identity is returned.</param>
    public static EntraIdentity? Federated(
        string? tenantId, string? clientId, string? tokenFile, Secret? assertion, Func<string, string?> variable, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (AuthorityOf(variable, out problem) is not { } authority)
        {
            return null;
        }

        var tenant = NullIfBlank(tenantId) ?? NullIfBlank(variable("AZURE_TENANT_ID"));
        var client = NullIfBlank(clientId) ?? NullIfBlank(variable("AZURE_CLIENT_ID"));
        if (tenant is null || client is null)
        {
            problem = $"A token exchange needs {(tenant is null ? "tenant_id" : "client_id")} too: write it on the deployment, or set AZURE_TENANT_ID and AZURE_CLIENT_ID.";
            return null;
        }

        return new(EntraKind.WorkloadIdentity, tenant, client) { Authority = authority, TokenFile = tokenFile, Assertion = assertion };
    }

    /// <summary>
    /// The scope in force: <paramref name="configured"/>, else <c>AZURE_SCOPE</c>, else by route: <c>https://ai.azure.com/.default</c>
    /// for v1, <c>https://cognitiveservices.azure.com/.default</c> for dated routes; sovereign clouds have only the latter, under their own domain.
    /// </summary>
    public string Scope(ProviderAddress address, string? configured, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if ((NullIfBlank(configured) ?? NullIfBlank(variable("AZURE_SCOPE"))) is { } given)
        {
            return given.EndsWith("/.default", StringComparison.Ordinal) ? given : given.TrimEnd('/') + "/.default";
        }

        return Authority.Host.EndsWith(".us", StringComparison.OrdinalIgnoreCase) ? "https://cognitiveservices.azure.us/.default"
            : Authority.Host.EndsWith(".cn", StringComparison.OrdinalIgnoreCase) ? "https://cognitiveservices.azure.cn/.default"
            : Adapters.AzureOpenAI.IsV1(address) ? "https://ai.azure.com/.default"
            : "https://cognitiveservices.azure.com/.default";
    }

    private static Uri? AuthorityOf(Func<string, string?> variable, out string? problem)
    {
        problem = null;
        if (NullIfBlank(variable("AZURE_AUTHORITY_HOST")) is not { } host)
        {
            return PublicAuthority;
        }

        if (Uri.TryCreate(host.Contains("://", StringComparison.Ordinal) ? host : "https://" + host, UriKind.Absolute, out var authority) && authority.Scheme == "https")
        {
            return authority;
        }

        problem = $"AZURE_AUTHORITY_HOST must be an https address such as {PublicAuthority}; it is `{host}`.";
        return null;
    }

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
