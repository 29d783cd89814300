namespace Weir.Gateway.Access;

/// <summary>The words under which kinds of scopes are stored and shown.</summary>
public static class ScopeNames
{
    /// <summary>The word for a kind.</summary>
    public static string Of(ScopeKind kind) => kind switch
    {
        ScopeKind.Proxy => "proxy",
        ScopeKind.Organization => "organization",
        ScopeKind.Team => "team",
        ScopeKind.TeamMember => "team_member",
        ScopeKind.User => "user",
        ScopeKind.Key => "key",
        ScopeKind.KeyModel => "key_model",
        ScopeKind.EndUser => "end_user",
        ScopeKind.Tag => "tag",
        ScopeKind.Agent => "agent",
        ScopeKind.Session => "session",
        ScopeKind.Provider => "provider",
        ScopeKind.Deployment => "deployment",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind without a stored name"),
    };

    /// <summary>The kind behind a word; false when this build does not know it.</summary>
    public static bool TryParse(string name, out ScopeKind kind)
    {
        foreach (var known in Enum.GetValues<ScopeKind>())
        {
            if (Of(known) == name)
            {
                kind = known;
                return true;
            }
        }
        kind = default;
        return false;
    }
}
