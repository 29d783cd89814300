namespace Weir.Gateway.Access;

/// <summary>Whose money or rate is counted: a kind and an id, e.g. the key with a hash, the team <c>dev</c>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Which one; empty for the whole gateway. Two-part ids (a user inside a team) are joined with <c>/</c>, the outer one first.</param>
public readonly record struct Scope(ScopeKind Kind, string Id)
{
    /// <summary>The whole gateway.</summary>
    public static readonly Scope Proxy = new(ScopeKind.Proxy, "");
}
