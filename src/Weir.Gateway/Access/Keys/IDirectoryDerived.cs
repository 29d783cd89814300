using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Access.Keys;

/// <summary>Something in memory that is made of the directory and has to follow it.</summary>
internal interface IDirectoryDerived
{
    /// <summary>An entry was changed: drop what was made of it.</summary>
    void Drop(DirectoryKind kind, string id);

    /// <summary>Anything may have changed: drop everything.</summary>
    void Clear();

    /// <summary>While true nothing may be taken from memory: what others change can't be seen.</summary>
    bool Suspended { get; set; }
}
