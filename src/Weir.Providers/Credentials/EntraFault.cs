using Azure.Identity;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Says what a failed sign-in means and what to change.</summary>
internal static class EntraFault
{
    /// <summary>The fault for <paramref name="error"/>.</summary>
    public static UpstreamFault From(Exception error, EntraIdentity identity, string scope)
    {
        var said = Said(error);
        var code = Aadsts(error);
        var advice = code is null ? WithoutCode(error, identity) : ForCode(code, identity);
        Secret[] secrets = [.. new[] { identity.ClientSecret, identity.CertificatePassword, identity.Assertion }.OfType<Secret>()];
        return new(FaultKind.CredentialUnavailable, 0, Redaction.Clean($"No Entra token for {scope} with {Who(identity)}: {advice} Entra's words: {said}", secrets))
        {
            Code = code,
        };
    }

    private static string ForCode(string code, EntraIdentity identity) => code switch
    {
        "AADSTS70021" or "AADSTS700211" or "AADSTS700213" =>
            $"no federated credential of the application matches the service account token. {Sent(identity)} Create or correct the federated credential with exactly these three texts; a new one takes some seconds.",
        "AADSTS700212" =>
            $"the audience of the service account token is not the one that the federated credential expects. {Sent(identity)} Usual is api://AzureADTokenExchange; identity bindings use api://AKSIdentityBinding, and the two do not mix.",
        "AADSTS700024" =>
            $"the service account token is outside its time. {Sent(identity)} The kubelet renews the projected file; check that it is mounted as a projected volume and that the clocks agree.",
        "AADSTS90002" =>
            $"the tenant `{identity.TenantId}` does not exist at {identity.Authority.Host}: check AZURE_TENANT_ID and, for sovereign clouds, AZURE_AUTHORITY_HOST.",
        "AADSTS700016" =>
            $"the application `{identity.ClientId}` is not in the tenant `{identity.TenantId}`: check client_id and tenant_id.",
        "AADSTS7000215" =>
            "the client secret is wrong: use the secret's value, not its id.",
        "AADSTS7000222" =>
            "the client secret has expired: create a new one.",
        "AADSTS700027" =>
            "the certificate is not registered with the application, or its signature is wrong.",
        "AADSTS500011" =>
            "the scope's resource is unknown in this tenant: check the scope.",
        _ => "Entra refused the sign-in.",
    };

    private static string WithoutCode(Exception error, EntraIdentity identity)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case HttpRequestException http:
                    var place = identity.Kind == EntraKind.ManagedIdentity ? new("http://169.254.169.254/") : identity.Authority;
                    return $"{ConnectFault.From(http, place).Message}{(identity.Kind == EntraKind.ManagedIdentity ? NoMetadata : "")}";
                case InvalidDataException file:
                    return file.Message;
                case FileNotFoundException or DirectoryNotFoundException:
                    return $"the token file {identity.TokenFile} is missing: the pod template needs the label azure.workload.identity/use: \"true\", and the pod a restart.";
                case OperationCanceledException:
                    return "no answer in time.";
                case CredentialUnavailableException when identity.Kind == EntraKind.ManagedIdentity:
                    return $"this machine offers no managed identity.{NoMetadata}";
            }
        }

        return identity.Kind == EntraKind.ManagedIdentity
            ? $"the metadata service gave no token; the identity must be assigned to this machine or node pool.{NoMetadata}"
            : "the sign-in failed.";
    }

    private const string Prefix = "AADSTS";

    private const string NoMetadata =
        " Managed identity is used because nothing else is configured: for workload identity the pod template needs the label azure.workload.identity/use: \"true\" (it sets AZURE_FEDERATED_TOKEN_FILE); else set tenant_id, client_id and client_secret.";

    private static string Sent(EntraIdentity identity) =>
        (identity.Assertion is { } token ? FederatedAssertion.Read(token.Reveal()) : FederatedAssertion.ReadFile(identity.TokenFile)) is { } assertion
        ? $"Sent: issuer `{assertion.Issuer}`, subject `{assertion.Subject}`, audience `{assertion.Audience}`{(assertion.ExpiresAt is { } end ? $", valid until {end:u}" : "")}, for client `{identity.ClientId}` in tenant `{identity.TenantId}`."
        : identity.Assertion is not null ? "The configured token can't be read." : $"The token file {identity.TokenFile} holds no readable token.";

    private static string Who(EntraIdentity identity) => identity.Kind switch
    {
        EntraKind.WorkloadIdentity => $"workload identity `{identity.ClientId}`",
        EntraKind.ClientSecret => $"the secret of application `{identity.ClientId}`",
        EntraKind.ClientCertificate => $"the certificate of application `{identity.ClientId}`",
        _ => identity.ClientId is null ? "the system-assigned managed identity" : $"managed identity `{identity.ClientId}`",
    };

    /// <summary>The first <c>AADSTS</c> number in the exception or its causes.</summary>
    private static string? Aadsts(Exception error)
    {
        var text = Said(error);
        var end = Prefix.Length;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end > Prefix.Length ? text[..end] : null;
    }

    /// <summary>Entra's own text without the library's advice around it, else the words of the first cause; one line, cut.</summary>
    private static string Said(Exception error)
    {
        var said = error.GetBaseException().Message;
        for (var e = error; e is not null; e = e.InnerException)
        {
            var at = e.Message.IndexOf(Prefix, StringComparison.Ordinal);
            if (at >= 0)
            {
                said = e.Message[at..];
                break;
            }
        }

        var text = string.Join(' ', said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return text.Length > 600 ? text[..600] + "…" : text;
    }
}
