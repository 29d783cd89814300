namespace Weir.Gateway.Access.Directory;

/// <summary>One step of a change that happens whole or not at all.</summary>
public abstract record DirectoryChange
{
    private DirectoryChange()
    {
    }

    /// <summary>Adds an entry; refused when its id or its alias is there already.</summary>
    public sealed record Add(DirectoryEntry Entry) : DirectoryChange;

    /// <summary>Writes an entry anew; refused when it is not there, or was changed since the caller read it.</summary>
    /// <param name="Entry">As it shall be; its <see cref="DirectoryEntry.Revision"/> is the one that was read.</param>
    public sealed record Replace(DirectoryEntry Entry) : DirectoryChange;

    /// <summary>Takes an entry out; fine when it is not there.</summary>
    public sealed record Remove(DirectoryKind Kind, string Id) : DirectoryChange;
}
