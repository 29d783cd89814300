using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>What proves to an upstream who we are. One long-lived instance per identity; safe for concurrent use.</summary>
public interface ICredential
{
    /// <summary>
    /// Puts the credential's header on <paramref name="request"/>; completes synchronously while a token is fresh.
    /// Returns null, or the fault when no credential can be had.
    /// </summary>
    ValueTask<UpstreamFault?> ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>Called after a 401: drops a cached token. True when a retry with a new one makes sense.</summary>
    bool Invalidate();
}
