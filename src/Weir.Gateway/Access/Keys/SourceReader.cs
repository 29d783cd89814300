using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Access.Keys;

/// <summary>Reads entries and remembers which, so that what is made of them can be dropped when one of them changes.</summary>
internal sealed class SourceReader(IDirectoryStore store)
{
    private readonly List<(DirectoryKind Kind, string Id)> _sources = [];

    /// <summary>What was read, and what was looked for in vain.</summary>
    internal IReadOnlyList<(DirectoryKind Kind, string Id)> Sources => _sources;

    /// <summary>The fields of an entry; null when it is not there, or when no id is given.</summary>
    internal async ValueTask<EntryFields?> FindAsync(DirectoryKind kind, string? id)
    {
        if (id is null)
        {
            return null;
        }
        if (!_sources.Contains((kind, id)))
        {
            _sources.Add((kind, id));
        }
        // Its readers are joined: none of them can end it for the others.
        return await store.FindAsync(kind, id, CancellationToken.None) is { } entry ? EntryFields.Of(entry) : null;
    }

    /// <summary>Models of access groups, by the ids in a list.</summary>
    internal async ValueTask<IReadOnlyList<string>> ModelsOfGroupsAsync(IReadOnlyList<string> ids)
    {
        var models = new List<string>();
        foreach (var id in ids)
        {
            if (await FindAsync(DirectoryKind.AccessGroup, id) is { } group)
            {
                models.AddRange(group.Texts("access_model_names"));
            }
        }
        return models;
    }
}
