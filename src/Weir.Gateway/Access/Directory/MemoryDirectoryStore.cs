namespace Weir.Gateway.Access.Directory;

/// <summary>A directory that lives as long as the process: for a gateway without a database.</summary>
public sealed class MemoryDirectoryStore : IDirectoryStore
{
    private readonly Lock _lock = new();
    private Dictionary<(DirectoryKind Kind, string Id), DirectoryEntry> _entries = [];
    private Dictionary<(DirectoryKind Kind, string Id), long> _changes = [];
    private long _revision;

    /// <inheritdoc/>
    public ValueTask<DirectoryEntry?> FindAsync(DirectoryKind kind, string id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_entries.GetValueOrDefault((kind, id)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<DirectoryEntry?> FindByAliasAsync(DirectoryKind kind, string alias, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_entries.Values.FirstOrDefault(entry => entry.Kind == kind && entry.Alias == alias));
        }
    }

    /// <inheritdoc/>
    public ValueTask<DirectoryPage> ListAsync(DirectoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, DirectoryQuery.MaxPageSize);
        lock (_lock)
        {
            var all = _entries.Values.Where(entry => Matches(entry, query))
                .OrderByDescending(static entry => Micros(entry.CreatedAt)).ThenByDescending(static entry => entry.Id, StringComparer.Ordinal).ToList();
            var rest = all.Where(entry => query.Before is not { } before || IsBefore(entry, before)).Skip(query.Skip).Take(query.PageSize + 1).ToList();
            if (rest.Count <= query.PageSize)
            {
                return ValueTask.FromResult(new DirectoryPage(rest, all.Count, null));
            }
            rest.RemoveAt(rest.Count - 1);
            return ValueTask.FromResult(new DirectoryPage(rest, all.Count, new DirectoryCursor(Micros(rest[^1].CreatedAt), rest[^1].Id)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> ApplyAsync(IReadOnlyList<DirectoryChange> steps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(steps);
        lock (_lock)
        {
            if (steps.Count == 1)
            {
                // A step is refused before it changes anything.
                Write(steps[0]);
                return ValueTask.FromResult(_revision);
            }
            var (entries, changes, revision) = (_entries, _changes, _revision);
            (_entries, _changes) = (new(entries), new(changes));
            try
            {
                foreach (var step in steps)
                {
                    Write(step);
                }
            }
            catch (DirectoryConflictException)
            {
                (_entries, _changes, _revision) = (entries, changes, revision);
                throw;
            }
            return ValueTask.FromResult(_revision);
        }
    }

    /// <inheritdoc/>
    public ValueTask<DirectoryChanges> ChangesSinceAsync(long revision, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var changed = _changes.Where(change => change.Value > revision).OrderBy(static change => change.Value).Take(1001).ToList();
            var more = changed.Count > 1000;
            if (more)
            {
                changed.RemoveAt(1000);
            }
            return ValueTask.FromResult(new DirectoryChanges(more ? changed[^1].Value : _revision, [.. changed.Select(static change => change.Key)], more));
        }
    }

    private void Write(DirectoryChange step)
    {
        switch (step)
        {
            case DirectoryChange.Add { Entry: var entry }:
                if (_entries.ContainsKey((entry.Kind, entry.Id)))
                {
                    throw new DirectoryConflictException(DirectoryConflict.IdTaken, entry.Kind, entry.Id);
                }
                Put(entry);
                break;
            case DirectoryChange.Replace { Entry: var entry }:
                var stored = _entries.GetValueOrDefault((entry.Kind, entry.Id)) ?? throw new DirectoryConflictException(DirectoryConflict.Missing, entry.Kind, entry.Id);
                if (stored.Revision != entry.Revision)
                {
                    throw new DirectoryConflictException(DirectoryConflict.Changed, entry.Kind, entry.Id);
                }
                Put(entry);
                break;
            case DirectoryChange.Remove remove:
                _entries.Remove((remove.Kind, remove.Id));
                _changes[(remove.Kind, remove.Id)] = ++_revision;
                break;
        }
    }

    private void Put(DirectoryEntry entry)
    {
        if (entry.Alias is { } alias && _entries.Values.Any(other => other.Kind == entry.Kind && other.Alias == alias && other.Id != entry.Id))
        {
            throw new DirectoryConflictException(DirectoryConflict.AliasTaken, entry.Kind, alias);
        }
        _changes[(entry.Kind, entry.Id)] = ++_revision;
        _entries[(entry.Kind, entry.Id)] = entry with { Document = entry.Document.ToArray(), CreatedAt = Whole(entry.CreatedAt), UpdatedAt = Whole(entry.UpdatedAt), Revision = _revision };
    }

    private static bool Matches(DirectoryEntry entry, DirectoryQuery query) =>
        entry.Kind == query.Kind
        && (query.TeamId is null || entry.TeamId == query.TeamId)
        && (query.UserId is null || entry.UserId == query.UserId)
        && (query.OrganizationId is null || entry.OrganizationId == query.OrganizationId)
        && (query.Alias is null || entry.Alias == query.Alias);

    private static bool IsBefore(DirectoryEntry entry, DirectoryCursor cursor)
    {
        var micros = Micros(entry.CreatedAt);
        return micros < cursor.CreatedAtMicros || (micros == cursor.CreatedAtMicros && string.CompareOrdinal(entry.Id, cursor.Id) < 0);
    }

    private static long Micros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.UnixEpoch.AddTicks(Micros(time) * TimeSpan.TicksPerMicrosecond);
}
