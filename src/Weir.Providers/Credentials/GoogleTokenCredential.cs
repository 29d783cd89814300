using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>A Google identity's tokens for one scope.</summary>
internal sealed class GoogleTokenCredential : RenewedCredential
{
    private readonly GoogleIdentity _identity;
    private readonly Func<CancellationToken, Task<SignedIn>> _signIn;

    public GoogleTokenCredential(GoogleIdentity identity, Func<CancellationToken, Task<SignedIn>> signIn, TimeProvider time, Action<UpstreamFault> trouble)
        : base(time, trouble)
    {
        _identity = identity;
        _signIn = signIn;
    }

    /// <inheritdoc/>
    protected override string Authority => $"Google, asked with {GoogleFault.Who(_identity)},";

    /// <inheritdoc/>
    protected override Task<SignedIn> SignInAsync(CancellationToken cancellationToken) => _signIn(cancellationToken);

    /// <inheritdoc/>
    protected override UpstreamFault Explain(Exception error) => GoogleFault.From(error, _identity);
}
