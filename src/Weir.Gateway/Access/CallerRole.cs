namespace Weir.Gateway.Access;

/// <summary>What a caller may manage. The order is not one of power.</summary>
internal enum CallerRole : byte
{
    /// <summary>A key without a user, or a user without a role: may look at itself.</summary>
    Unknown,

    /// <summary>May do everything.</summary>
    ProxyAdmin,

    /// <summary>May look at everything.</summary>
    ProxyAdminViewer,

    /// <summary>Manages organisations in which its membership says so.</summary>
    OrgAdmin,

    /// <summary>Manages its own keys.</summary>
    InternalUser,

    /// <summary>Looks at its own keys.</summary>
    InternalUserViewer,

    /// <summary>A team's own sign-in.</summary>
    Team,

    /// <summary>An end user.</summary>
    Customer,
}

/// <summary>The words that LiteLLM writes roles with.</summary>
internal static class CallerRoles
{
    private static readonly (string Word, CallerRole Role)[] Words =
    [
        ("proxy_admin", CallerRole.ProxyAdmin), ("proxy_admin_viewer", CallerRole.ProxyAdminViewer), ("org_admin", CallerRole.OrgAdmin),
        ("internal_user", CallerRole.InternalUser), ("internal_user_viewer", CallerRole.InternalUserViewer), ("team", CallerRole.Team),
        ("customer", CallerRole.Customer),
    ];

    /// <summary>Every word.</summary>
    internal static IEnumerable<string> All => Words.Select(static pair => pair.Word);

    /// <summary>The role behind a word; <see cref="CallerRole.Unknown"/> for none.</summary>
    internal static CallerRole Of(string? word)
    {
        foreach (var pair in Words)
        {
            if (pair.Word == word)
            {
                return pair.Role;
            }
        }
        return CallerRole.Unknown;
    }

    /// <summary>The word.</summary>
    internal static string WordOf(CallerRole role)
    {
        foreach (var pair in Words)
        {
            if (pair.Role == role)
            {
                return pair.Word;
            }
        }
        return "unknown";
    }
}
