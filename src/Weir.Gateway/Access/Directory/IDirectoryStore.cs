namespace Weir.Gateway.Access.Directory;

/// <summary>Where keys, teams, users and the like are kept. Implemented in Weir.Storage, one class per database.</summary>
public interface IDirectoryStore
{
    /// <summary>The entry, or null.</summary>
    ValueTask<DirectoryEntry?> FindAsync(DirectoryKind kind, string id, CancellationToken cancellationToken);

    /// <summary>The entry with this alias, or null.</summary>
    ValueTask<DirectoryEntry?> FindByAliasAsync(DirectoryKind kind, string alias, CancellationToken cancellationToken);

    /// <summary>A page of entries.</summary>
    ValueTask<DirectoryPage> ListAsync(DirectoryQuery query, CancellationToken cancellationToken);

    /// <summary>Applies all steps in one transaction, or none. Each gets the next number of the directory's changes.</summary>
    /// <returns>The number of the last change.</returns>
    /// <exception cref="DirectoryConflictException">A step was refused.</exception>
    ValueTask<long> ApplyAsync(IReadOnlyList<DirectoryChange> steps, CancellationToken cancellationToken);

    /// <summary>The number of the last change, and what was changed after <paramref name="revision"/> (removals too), oldest first, at most 1,000.</summary>
    ValueTask<DirectoryChanges> ChangesSinceAsync(long revision, CancellationToken cancellationToken);

    /// <summary>
    /// Returns when something may have changed, at the latest after <paramref name="atMost"/>: between two questions for changes. A database that
    /// can tell of a change ends the wait at once; the others let the time pass.
    /// </summary>
    Task WaitForChangeAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken) => Task.Delay(atMost, time, cancellationToken);
}

/// <summary>What changed.</summary>
/// <param name="Revision">Ask from here next time.</param>
/// <param name="Changed">What was touched.</param>
/// <param name="More">There is more than fits: ask again.</param>
public sealed record DirectoryChanges(long Revision, IReadOnlyList<(DirectoryKind Kind, string Id)> Changed, bool More);
