using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Access.Keys;

namespace Weir.Gateway.Admin;

/// <summary>Where management routes read and change the directory. What is changed counts in this process before the answer leaves.</summary>
internal sealed class Desk(IDirectoryStore store, DirectoryWatch watch, ISpendView spend, TimeProvider time)
{
    private const int MostTries = 5;

    /// <summary>The directory.</summary>
    internal IDirectoryStore Store => store;

    /// <summary>What was spent.</summary>
    internal ISpendView Spend => spend;

    /// <summary>Now, to the microsecond that is stored.</summary>
    internal DateTimeOffset Now
    {
        get
        {
            var now = time.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }

    /// <summary>The fields of an entry; null when it is not there.</summary>
    internal async ValueTask<EntryFields?> FindAsync(DirectoryKind kind, string? id, CancellationToken cancellationToken) =>
        id is not null && await store.FindAsync(kind, id, cancellationToken) is { } entry ? EntryFields.Of(entry) : null;

    /// <summary>Applies steps, then drops what was made of the entries. Not cancelled in between.</summary>
    internal async ValueTask ApplyAsync(IReadOnlyList<DirectoryChange> steps)
    {
        await store.ApplyAsync(steps, CancellationToken.None);
        foreach (var step in steps)
        {
            switch (step)
            {
                case DirectoryChange.Add { Entry: var entry }:
                    watch.Changed(entry.Kind, entry.Id);
                    break;
                case DirectoryChange.Replace { Entry: var entry }:
                    watch.Changed(entry.Kind, entry.Id);
                    break;
                case DirectoryChange.Remove removed:
                    watch.Changed(removed.Kind, removed.Id);
                    break;
            }
        }
    }

    /// <summary>Changes one entry, again and again while others change it at the same time.</summary>
    /// <param name="kind">Of what.</param>
    /// <param name="id">Of which.</param>
    /// <param name="change">Changes the document; further steps may be added, which happen with it or not at all.</param>
    /// <returns>The entry as it is now; null when there is none.</returns>
    internal async ValueTask<DirectoryEntry?> ChangeAsync(DirectoryKind kind, string id, Func<EntryDocument, List<DirectoryChange>, ValueTask> change)
    {
        for (var tries = 1; ; tries++)
        {
            if (await store.FindAsync(kind, id, CancellationToken.None) is not { } entry)
            {
                return null;
            }
            var document = new EntryDocument(EntryFields.Of(entry));
            var steps = new List<DirectoryChange>();
            await change(document, steps);
            var changed = EntryOf(kind, id, document.Set("updated_at", JsonValues.Stamp(Now)), entry);
            steps.Insert(0, new DirectoryChange.Replace(changed));
            try
            {
                await ApplyAsync(steps);
                return changed;
            }
            catch (DirectoryConflictException conflict) when (conflict is { Conflict: DirectoryConflict.Changed } && tries < MostTries)
            {
                // Somebody was faster: what they wrote is read, and changed in its turn.
                continue;
            }
        }
    }

    /// <summary>A new entry.</summary>
    internal DirectoryChange.Add NewOf(DirectoryKind kind, string id, EntryDocument document)
    {
        var now = Now;
        document.Set("created_at", JsonValues.Stamp(now)).Set("updated_at", JsonValues.Stamp(now));
        return new DirectoryChange.Add(EntryOf(kind, id, document, null));
    }

    /// <summary>The entry of a document, with what is searched for beside it.</summary>
    internal DirectoryEntry EntryOf(DirectoryKind kind, string id, EntryDocument document, DirectoryEntry? before)
    {
        var fields = document.Fields;
        return new DirectoryEntry(kind, id, document.ToBytes())
        {
            Alias = fields.Text(kind switch
            {
                DirectoryKind.Key => "key_alias",
                DirectoryKind.Team => "team_alias",
                DirectoryKind.User => "user_email",
                DirectoryKind.Organization => "organization_alias",
                DirectoryKind.AccessGroup => "access_group_name",
                _ => "",
            }),
            TeamId = kind == DirectoryKind.Key ? fields.Text("team_id") : null,
            UserId = kind == DirectoryKind.Key ? fields.Text("user_id") : null,
            OrganizationId = kind is DirectoryKind.Key or DirectoryKind.Team ? fields.Text("organization_id") : null,
            CreatedAt = before?.CreatedAt ?? Now,
            UpdatedAt = Now,
            Revision = before?.Revision ?? 0,
        };
    }

    /// <summary>Every entry that a query lets through.</summary>
    internal async ValueTask<List<DirectoryEntry>> AllAsync(DirectoryQuery query, CancellationToken cancellationToken)
    {
        var all = new List<DirectoryEntry>();
        query = query with { PageSize = DirectoryQuery.MaxPageSize };
        while (true)
        {
            var page = await store.ListAsync(query, cancellationToken);
            all.AddRange(page.Entries);
            if (page.Next is null)
            {
                return all;
            }
            query = query with { Before = page.Next };
        }
    }
}
