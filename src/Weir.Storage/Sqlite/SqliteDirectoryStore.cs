using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weir.Gateway.Access.Directory;

namespace Weir.Storage.Sqlite;

/// <summary>The directory in the SQLite file. A cold path: each call opens what it needs and leaves the caller's thread.</summary>
internal sealed class SqliteDirectoryStore(SqliteDatabase database) : IDirectoryStore
{
    private const string Columns = "kind, id, document, alias, team_id, user_id, organization_id, created_at, updated_at, revision";

    public ValueTask<DirectoryEntry?> FindAsync(DirectoryKind kind, string id, CancellationToken cancellationToken) =>
        new(Task.Run(() => One("id", kind, id), cancellationToken));

    public ValueTask<DirectoryEntry?> FindByAliasAsync(DirectoryKind kind, string alias, CancellationToken cancellationToken) =>
        new(Task.Run(() => One("alias", kind, alias), cancellationToken));

    public ValueTask<DirectoryPage> ListAsync(DirectoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, DirectoryQuery.MaxPageSize);
        return new(Task.Run(() => Page(query), cancellationToken));
    }

    public ValueTask<long> ApplyAsync(IReadOnlyList<DirectoryChange> steps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return new(Task.Run(() => Apply(steps), cancellationToken));
    }

    public ValueTask<DirectoryChanges> ChangesSinceAsync(long revision, CancellationToken cancellationToken) =>
        new(Task.Run(() => Changes(revision), cancellationToken));

    private DirectoryEntry? One(string column, DirectoryKind kind, string value)
    {
        using var connection = database.OpenForReading();
        using var command = Command(connection, $"SELECT {Columns} FROM directory WHERE kind = $kind AND {column} = $value");
        command.Parameters.AddWithValue("$kind", DirectoryNames.Of(kind));
        command.Parameters.AddWithValue("$value", value);
        using var reader = command.ExecuteReader();
        return reader.Read() ? Read(reader, kind) : null;
    }

    private DirectoryPage Page(DirectoryQuery query)
    {
        using var connection = database.OpenForReading();

        // Both are read in one transaction, so that the total is that of the page.
        using var transaction = connection.BeginTransaction(deferred: true);
        using var command = Command(connection, "");
        command.Transaction = transaction;
        var where = Filter(query, command);
        command.CommandText = $"SELECT count(*) FROM directory WHERE {where}";
        var total = (long)(command.ExecuteScalar() ?? 0L);
        if (query.Before is { } before)
        {
            where += " AND (created_at, id) < ($before, $before_id)";
            command.Parameters.AddWithValue("$before", before.CreatedAtMicros);
            command.Parameters.AddWithValue("$before_id", before.Id);
        }

        command.CommandText = $"SELECT {Columns} FROM directory WHERE {where} ORDER BY created_at DESC, id DESC LIMIT $limit OFFSET $skip";
        command.Parameters.AddWithValue("$limit", query.PageSize + 1);
        command.Parameters.AddWithValue("$skip", query.Skip);
        var entries = new List<DirectoryEntry>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            entries.Add(Read(reader, query.Kind));
        }

        if (entries.Count <= query.PageSize)
        {
            return new DirectoryPage(entries, total, null);
        }

        entries.RemoveAt(entries.Count - 1);
        return new DirectoryPage(entries, total, new DirectoryCursor(DirectoryTime.Micros(entries[^1].CreatedAt), entries[^1].Id));
    }

    private static string Filter(DirectoryQuery query, SqliteCommand command)
    {
        var where = "kind = $kind";
        command.Parameters.AddWithValue("$kind", DirectoryNames.Of(query.Kind));
        foreach (var (column, value) in (ReadOnlySpan<(string, string?)>)[("team_id", query.TeamId), ("user_id", query.UserId), ("organization_id", query.OrganizationId), ("alias", query.Alias)])
        {
            if (value is not null)
            {
                where += $" AND {column} = ${column}";
                command.Parameters.AddWithValue("$" + column, value);
            }
        }

        return where;
    }

    private long Apply(IReadOnlyList<DirectoryChange> steps)
    {
        using var connection = database.OpenForWriting();
        Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            var writer = new SqliteDirectoryWriter(connection);
            var revision = writer.Revision();
            foreach (var step in steps)
            {
                revision = writer.Write(step);
            }

            Execute(connection, "COMMIT");
            return revision;
        }
        catch
        {
            // SQLite ends the transaction itself after some errors; then there is nothing to roll back.
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                Execute(connection, "ROLLBACK");
            }

            throw;
        }
    }

    private DirectoryChanges Changes(long revision)
    {
        const int most = 1000;
        using var connection = database.OpenForReading();
        using var transaction = connection.BeginTransaction(deferred: true);
        using var command = Command(connection, "SELECT revision, kind, id FROM directory_changes WHERE revision > $revision ORDER BY revision LIMIT $limit");
        command.Transaction = transaction;
        command.Parameters.AddWithValue("$revision", revision);
        command.Parameters.AddWithValue("$limit", most + 1);
        var changed = new List<(DirectoryKind, string)>();
        var (last, rows) = (0L, 0);
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                if (++rows > most)
                {
                    return new DirectoryChanges(last, changed, true);
                }

                last = reader.GetInt64(0);
                if (DirectoryNames.KindOf(reader.GetString(1)) is { } kind)
                {
                    changed.Add((kind, reader.GetString(2)));
                }
            }
        }

        if (rows == 0)
        {
            command.CommandText = "SELECT coalesce(max(revision), 0) FROM directory_changes";
            last = (long)(command.ExecuteScalar() ?? 0L);
        }

        return new DirectoryChanges(last, changed, false);
    }

    private static DirectoryEntry Read(SqliteDataReader reader, DirectoryKind kind) => new(kind, reader.GetString(1), reader.GetFieldValue<byte[]>(2))
    {
        Alias = Text(reader, 3),
        TeamId = Text(reader, 4),
        UserId = Text(reader, 5),
        OrganizationId = Text(reader, 6),
        CreatedAt = DirectoryTime.Time(reader.GetInt64(7)),
        UpdatedAt = DirectoryTime.Time(reader.GetInt64(8)),
        Revision = reader.GetInt64(9),
    };

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        command.ExecuteNonQuery();
    }
}
