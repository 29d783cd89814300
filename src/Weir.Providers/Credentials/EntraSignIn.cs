using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Hands out Entra credentials: one long-lived instance per identity and scope, shared by every deployment that uses it.</summary>
public sealed class EntraSignIn
{
    private static readonly Uri Imds = new("http://169.254.169.254");

    private readonly OutboundConnector _connector;
    private readonly TimeProvider _time;
    private readonly Func<string, string?> _variable;
    private readonly Action<UpstreamFault> _trouble;
    private readonly ConcurrentDictionary<(EntraIdentity Identity, string Scope), EntraTokenCredential> _credentials = new();

    /// <summary>Signs nobody in yet.</summary>
    /// <param name="connector">Opens the sockets.</param>
    /// <param name="time">Clock for the tokens' lives.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="trouble">Told of every failed sign-in, also of refreshes that no request waits for.</param>
    public EntraSignIn(OutboundConnector connector, TimeProvider time, Func<string, string?> variable, Action<UpstreamFault> trouble)
    {
        _connector = connector;
        _time = time;
        _variable = variable;
        _trouble = trouble;
    }

    /// <summary>Attempts after the first for one sign-in; the tests' way not to wait for an authority that stays down.</summary>
    internal int Retries { get; init; } = 2;

    /// <summary>The credential of <paramref name="identity"/> for <paramref name="scope"/>; equal arguments give the same instance.</summary>
    public ICredential Credential(EntraIdentity identity, string scope)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(scope);
        return _credentials.GetOrAdd((identity, scope), static (key, self) =>
            new(key.Identity, key.Scope, (scope, token) => self.SignInAsync(key.Identity, scope, token), self._time, self._trouble), this);
    }

    /// <summary>
    /// Fetches a token over the wire. The library's credential lives for this one call: its own cache would hand the old token out again
    /// until minutes before its end, which defeats a refresh ahead and a retry after a 401, and it would hold a rotated token file's old text.
    /// </summary>
    private async Task<AccessToken> SignInAsync(EntraIdentity identity, string scope, CancellationToken cancellationToken)
    {
        var credential = Create(identity);

        // Managed identity tokens are cached for the whole process, not in the credential; a request with claims passes that cache by.
        // The metadata service does not get to see them.
        var claims = identity.Kind == EntraKind.ManagedIdentity ? """{"access_token":{}}""" : null;
        return await credential.GetTokenAsync(new TokenRequestContext([scope], claims: claims), cancellationToken);
    }

    private TokenCredential Create(EntraIdentity identity)
    {
        switch (identity.Kind)
        {
            case EntraKind.WorkloadIdentity when identity.Assertion is { } assertion:
                return new ClientAssertionCredential(
                    identity.TenantId, identity.ClientId, assertion.Reveal, Set(new ClientAssertionCredentialOptions { DisableInstanceDiscovery = true }, identity));
            case EntraKind.WorkloadIdentity:
                return new WorkloadIdentityCredential(Set(new WorkloadIdentityCredentialOptions
                {
                    TenantId = identity.TenantId,
                    ClientId = identity.ClientId,
                    TokenFilePath = identity.TokenFile,
                    DisableInstanceDiscovery = true,
                }, identity));
            case EntraKind.ClientSecret:
                return new ClientSecretCredential(
                    identity.TenantId, identity.ClientId, identity.ClientSecret?.Reveal(),
                    Set(new ClientSecretCredentialOptions { DisableInstanceDiscovery = true }, identity));
            case EntraKind.ClientCertificate:
                return new ClientCertificateCredential(
                    identity.TenantId, identity.ClientId, ClientCertificate.Load(identity.CertificatePath ?? "", identity.CertificatePassword),
                    Set(new ClientCertificateCredentialOptions { DisableInstanceDiscovery = true, SendCertificateChain = true }, identity));
            default:
                var id = identity.ClientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(identity.ClientId);
                return new ManagedIdentityCredential(Set(new ManagedIdentityCredentialOptions(id), identity));
        }
    }

    private TOptions Set<TOptions>(TOptions options, EntraIdentity identity)
        where TOptions : TokenCredentialOptions
    {
        // An air-gapped cluster can't reach the public cloud's discovery; asking it would hang each first sign-in (see DisableInstanceDiscovery above).
        options.AuthorityHost = identity.Authority;
        options.Transport = new HttpClientTransport(new InvokerHandler(_connector.IdentityInvoker([identity.Authority], IdentityEndpoints())));
        options.Retry.MaxRetries = Retries;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        return options;
    }

    /// <summary>The metadata service, and what App Service, Container Apps, Arc and pod identity put in its place.</summary>
    private IEnumerable<Uri> IdentityEndpoints()
    {
        yield return Imds;
        foreach (var name in (string[])["AZURE_POD_IDENTITY_AUTHORITY_HOST", "IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT"])
        {
            if (Uri.TryCreate(_variable(name), UriKind.Absolute, out var endpoint))
            {
                yield return endpoint;
            }
        }
    }

    /// <summary>The shared pool behind the library's transport, which may dispose its handler.</summary>
    private sealed class InvokerHandler(HttpMessageInvoker invoker) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            invoker.SendAsync(request, cancellationToken);

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            invoker.Send(request, cancellationToken);
    }
}
