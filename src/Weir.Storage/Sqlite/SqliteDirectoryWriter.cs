using Microsoft.Data.Sqlite;
using Weir.Gateway.Access.Directory;

namespace Weir.Storage.Sqlite;

/// <summary>Writes the steps of one change over a connection that holds the write lock, so that what is looked at stays true.</summary>
internal sealed class SqliteDirectoryWriter(SqliteConnection connection)
{
    /// <summary>The number of the last change; 0 before the first.</summary>
    public long Revision() => (long)(Ask("SELECT coalesce(max(revision), 0) FROM directory_changes") ?? 0L);

    /// <summary>Writes one step and returns its number.</summary>
    public long Write(DirectoryChange step)
    {
        switch (step)
        {
            case DirectoryChange.Add { Entry: var entry }:
                if (RevisionOf(entry.Kind, entry.Id) is not null)
                {
                    throw new DirectoryConflictException(DirectoryConflict.IdTaken, entry.Kind, entry.Id);
                }

                return Put(entry);

            case DirectoryChange.Replace { Entry: var entry }:
                var stored = RevisionOf(entry.Kind, entry.Id) ?? throw new DirectoryConflictException(DirectoryConflict.Missing, entry.Kind, entry.Id);
                return stored == entry.Revision ? Put(entry) : throw new DirectoryConflictException(DirectoryConflict.Changed, entry.Kind, entry.Id);

            case DirectoryChange.Remove remove:
                Ask("DELETE FROM directory WHERE kind = $kind AND id = $id", ("$kind", DirectoryNames.Of(remove.Kind)), ("$id", remove.Id));
                return Note(remove.Kind, remove.Id);

            default:
                throw new ArgumentException($"a step that this database does not know: {step.GetType().Name}", nameof(step));
        }
    }

    private long Put(DirectoryEntry entry)
    {
        if (entry.Alias is { } alias && Ask(
            "SELECT 1 FROM directory WHERE kind = $kind AND alias = $alias AND id <> $id",
            ("$kind", DirectoryNames.Of(entry.Kind)), ("$alias", alias), ("$id", entry.Id)) is not null)
        {
            throw new DirectoryConflictException(DirectoryConflict.AliasTaken, entry.Kind, alias);
        }

        var revision = Note(entry.Kind, entry.Id);
        Ask(
            """
            INSERT OR REPLACE INTO directory (kind, id, alias, team_id, user_id, organization_id, document, created_at, updated_at, revision)
            VALUES ($kind, $id, $alias, $team, $user, $organization, $document, $created, $updated, $revision)
            """,
            ("$kind", DirectoryNames.Of(entry.Kind)), ("$id", entry.Id), ("$alias", entry.Alias), ("$team", entry.TeamId), ("$user", entry.UserId),
            ("$organization", entry.OrganizationId), ("$document", entry.Document.ToArray()), ("$created", DirectoryTime.Micros(entry.CreatedAt)),
            ("$updated", DirectoryTime.Micros(entry.UpdatedAt)), ("$revision", revision));
        return revision;
    }

    private long? RevisionOf(DirectoryKind kind, string id) =>
        (long?)Ask("SELECT revision FROM directory WHERE kind = $kind AND id = $id", ("$kind", DirectoryNames.Of(kind)), ("$id", id));

    private long Note(DirectoryKind kind, string id) => (long)(Ask(
        "INSERT OR REPLACE INTO directory_changes (kind, id) VALUES ($kind, $id) RETURNING revision", ("$kind", DirectoryNames.Of(kind)), ("$id", id)) ?? 0L);

    private object? Ask(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command.ExecuteScalar();
    }
}
