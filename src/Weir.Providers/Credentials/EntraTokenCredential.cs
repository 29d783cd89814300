using Azure.Core;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>An Entra identity's tokens for one scope.</summary>
internal sealed class EntraTokenCredential : RenewedCredential
{
    private readonly EntraIdentity _identity;
    private readonly string _scope;
    private readonly Func<string, CancellationToken, Task<AccessToken>> _signIn;

    public EntraTokenCredential(
        EntraIdentity identity, string scope, Func<string, CancellationToken, Task<AccessToken>> signIn, TimeProvider time, Action<UpstreamFault> trouble)
        : base(time, trouble)
    {
        _identity = identity;
        _scope = scope;
        _signIn = signIn;
    }

    /// <inheritdoc/>
    protected override string Authority => $"Entra, asked for {_scope},";

    /// <inheritdoc/>
    protected override async Task<SignedIn> SignInAsync(CancellationToken cancellationToken)
    {
        var access = await _signIn(_scope, cancellationToken);
        return new(access.Token, access.ExpiresOn, access.RefreshOn);
    }

    /// <inheritdoc/>
    protected override UpstreamFault Explain(Exception error) => EntraFault.From(error, _identity, _scope);
}
