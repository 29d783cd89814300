namespace Weir.Gateway.Access.Directory;

/// <summary>Why a change was refused.</summary>
public enum DirectoryConflict : byte
{
    /// <summary>An entry with this id is there already.</summary>
    IdTaken,

    /// <summary>An entry with this alias is there already.</summary>
    AliasTaken,

    /// <summary>The entry is not there.</summary>
    Missing,

    /// <summary>The entry was changed since it was read: read it again and retry.</summary>
    Changed,
}

/// <summary>A change was refused; nothing of it was kept.</summary>
/// <param name="conflict">Why.</param>
/// <param name="kind">Of what.</param>
/// <param name="id">Of which; for a taken alias, the alias.</param>
public sealed class DirectoryConflictException(DirectoryConflict conflict, DirectoryKind kind, string id)
    : Exception($"the {kind} '{id}' could not be written: {conflict}")
{
    /// <summary>Why.</summary>
    public DirectoryConflict Conflict { get; } = conflict;

    /// <summary>Of what.</summary>
    public DirectoryKind Kind { get; } = kind;

    /// <summary>Of which; for a taken alias, the alias.</summary>
    public string Id { get; } = id;
}
