namespace Weir.Gateway.Access;

/// <summary>How fast a scope may go. A part that is null is not limited; zero allows nothing.</summary>
/// <param name="Scope">Whose.</param>
/// <param name="Requests">Requests per minute.</param>
/// <param name="Tokens">Tokens per minute, prompt and answer together.</param>
/// <param name="Parallel">Requests in flight.</param>
/// <param name="Name">For people: an alias; never a secret.</param>
public sealed record RateLimit(Scope Scope, long? Requests, long? Tokens, int? Parallel, string Name)
{
    /// <summary>For one model (or a wildcard) only; null for all.</summary>
    public string? Model { get; init; }
}
