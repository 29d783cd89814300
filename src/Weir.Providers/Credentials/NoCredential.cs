using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>For servers that ask for none.</summary>
public sealed class NoCredential : ICredential
{
    private NoCredential()
    {
    }

    /// <summary>The one instance.</summary>
    public static NoCredential Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask<UpstreamFault?> ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public bool Invalidate() => false;
}
