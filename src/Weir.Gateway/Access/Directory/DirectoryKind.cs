namespace Weir.Gateway.Access.Directory;

/// <summary>What the directory holds. The names are stored: they may be added to, never renamed.</summary>
public enum DirectoryKind : byte
{
    /// <summary>A virtual key; its id is the sha256 hex of the whole key.</summary>
    Key,

    /// <summary>A team.</summary>
    Team,

    /// <summary>An internal user.</summary>
    User,

    /// <summary>An organisation.</summary>
    Organization,

    /// <summary>An end user (customer).</summary>
    EndUser,

    /// <summary>A budget that others refer to.</summary>
    Budget,

    /// <summary>A tag.</summary>
    Tag,

    /// <summary>A named set of models.</summary>
    AccessGroup,

    /// <summary>A deployment kept in the database (<c>store_model_in_db</c>).</summary>
    Model,

    /// <summary>A named credential of an upstream.</summary>
    Credential,

    /// <summary>Something that was stopped by hand, with its end.</summary>
    Stop,

    /// <summary>The hash of a key that was replaced by another and still counts for a while; it names its successor.</summary>
    RetiredKey,
}
