using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>What one call asks of the account that keeps the thing.</summary>
/// <param name="Path">The upstream's path, its own id in it, escaped.</param>
/// <param name="Query">With its question mark, or empty.</param>
/// <param name="Body">The body; null = none.</param>
internal sealed record KeptCall(string Path, string Query, IUpstreamBody? Body)
{
    /// <summary>The id as the caller knows it; null for what is made by this call.</summary>
    internal string? Id { get; init; }
}
