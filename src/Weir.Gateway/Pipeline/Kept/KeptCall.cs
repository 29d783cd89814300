namespace Weir.Gateway.Pipeline.Kept;

/// <summary>What one call asks of the account that keeps the thing.</summary>
/// <param name="Path">The upstream's path, its own id in it, escaped.</param>
/// <param name="Query">With its question mark, or empty.</param>
/// <param name="Body">Makes the body for one attempt; null = none.</param>
internal sealed record KeptCall(string Path, string Query, Func<HttpContent>? Body)
{
    /// <summary>The id as the caller knows it; null for what is made by this call.</summary>
    internal string? Id { get; init; }
}
