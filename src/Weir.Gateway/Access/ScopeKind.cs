namespace Weir.Gateway.Access;

/// <summary>Kinds of things whose money is counted and limited. The names are stored: they may be added to, never renamed.</summary>
public enum ScopeKind : byte
{
    /// <summary>The whole gateway.</summary>
    Proxy,

    /// <summary>An organisation.</summary>
    Organization,

    /// <summary>A team.</summary>
    Team,

    /// <summary>A user inside a team.</summary>
    TeamMember,

    /// <summary>An internal user.</summary>
    User,

    /// <summary>A virtual key.</summary>
    Key,

    /// <summary>One model under one key.</summary>
    KeyModel,

    /// <summary>An end user (customer) that a caller names.</summary>
    EndUser,

    /// <summary>A tag of requests.</summary>
    Tag,

    /// <summary>An agent.</summary>
    Agent,

    /// <summary>A session of an agent.</summary>
    Session,

    /// <summary>An upstream vendor.</summary>
    Provider,

    /// <summary>One deployment.</summary>
    Deployment,
}
