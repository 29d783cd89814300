using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Weir.Gateway.Access.Directory;

namespace Weir.Storage.Postgres;

/// <summary>
/// The directory in PostgreSQL. Changes take turns under an advisory lock, so that their numbers come in the order in which they become
/// visible: who asks from a number on never misses one that was committed late. Each tells the other replicas, which wait for it.
/// </summary>
internal sealed class PostgresDirectoryStore(PostgresDatabase database) : IDirectoryStore
{
    private const string Columns = "kind, id, document, alias, team_id, user_id, organization_id, created_at, updated_at, revision";

    private readonly string _directory = database.Name("directory");
    private readonly string _changes = database.Name("directory_changes");
    private readonly PostgresWaiter _waiter = new(database, "weir_directory");

    public ValueTask<DirectoryEntry?> FindAsync(DirectoryKind kind, string id, CancellationToken cancellationToken) => OneAsync("id", kind, id, cancellationToken);

    public ValueTask<DirectoryEntry?> FindByAliasAsync(DirectoryKind kind, string alias, CancellationToken cancellationToken) => OneAsync("alias", kind, alias, cancellationToken);

    public async ValueTask<DirectoryPage> ListAsync(DirectoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, DirectoryQuery.MaxPageSize);
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);

        // Both are read from one snapshot, so that the total is that of the page.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var values = new List<object?> { DirectoryNames.Of(query.Kind) };
        string where = Filter(query, values);
        long total = await PostgresSql.NumberAsync(connection, $"SELECT count(*) FROM {_directory} WHERE {where}", [.. values], cancellationToken);
        if (query.Before is { } before)
        {
            where += string.Create(CultureInfo.InvariantCulture, $" AND (created_at, id) < (${values.Count + 1}, ${values.Count + 2})");
            values.Add(before.CreatedAtMicros);
            values.Add(before.Id);
        }

        var entries = new List<DirectoryEntry>();
        await using var command = PostgresSql.Command(
            connection,
            string.Create(CultureInfo.InvariantCulture, $"SELECT {Columns} FROM {_directory} WHERE {where} ORDER BY created_at DESC, id DESC LIMIT {query.PageSize + 1} OFFSET {query.Skip}"),
            [.. values]);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                entries.Add(Read(reader, query.Kind));
            }
        }

        if (entries.Count <= query.PageSize)
        {
            return new DirectoryPage(entries, total, null);
        }

        entries.RemoveAt(entries.Count - 1);
        return new DirectoryPage(entries, total, new DirectoryCursor(DirectoryTime.Micros(entries[^1].CreatedAt), entries[^1].Id));
    }

    public async ValueTask<long> ApplyAsync(IReadOnlyList<DirectoryChange> steps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(steps);
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await PostgresSql.ExecuteAsync(connection, "SELECT pg_advisory_xact_lock(hashtextextended('weir directory of ' || $1, 0))", [database.Schema], cancellationToken);
        long revision = await PostgresSql.NumberAsync(connection, $"SELECT coalesce(max(revision), 0) FROM {_changes}", [], cancellationToken);
        foreach (var step in steps)
        {
            revision++;
            await WriteAsync(connection, step, revision, cancellationToken);
        }

        await _waiter.TellAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return revision;
    }

    public async ValueTask<DirectoryChanges> ChangesSinceAsync(long revision, CancellationToken cancellationToken)
    {
        const int most = 1000;
        await using var command = PostgresSql.Command(
            database.Source,
            $"SELECT revision, kind, id, (SELECT coalesce(max(revision), 0) FROM {_changes}) FROM (SELECT 1) one LEFT JOIN (SELECT * FROM {_changes} WHERE revision > $1 ORDER BY revision LIMIT {most + 1}) new ON true ORDER BY revision",
            revision);
        var changed = new List<(DirectoryKind, string)>();
        var (last, rows) = (0L, 0);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0))
            {
                return new DirectoryChanges(reader.GetInt64(3), [], false);
            }

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

        return new DirectoryChanges(last, changed, false);
    }

    public Task WaitForChangeAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken) => _waiter.WaitAsync(atMost, time, cancellationToken);

    private async ValueTask<DirectoryEntry?> OneAsync(string column, DirectoryKind kind, string value, CancellationToken cancellationToken)
    {
        await using var command = PostgresSql.Command(database.Source, $"SELECT {Columns} FROM {_directory} WHERE kind = $1 AND {column} = $2", DirectoryNames.Of(kind), value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader, kind) : null;
    }

    private static string Filter(DirectoryQuery query, List<object?> values)
    {
        string where = "kind = $1";
        foreach (var (column, value) in (ReadOnlySpan<(string, string?)>)[("team_id", query.TeamId), ("user_id", query.UserId), ("organization_id", query.OrganizationId), ("alias", query.Alias)])
        {
            if (value is not null)
            {
                values.Add(value);
                where += string.Create(CultureInfo.InvariantCulture, $" AND {column} = ${values.Count}");
            }
        }

        return where;
    }

    /// <summary>Writes one step. The lock is held, so what is looked at stays true.</summary>
    private async Task WriteAsync(NpgsqlConnection connection, DirectoryChange step, long revision, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case DirectoryChange.Add { Entry: var entry }:
                if (await RevisionOfAsync(connection, entry, cancellationToken) != 0)
                {
                    throw new DirectoryConflictException(DirectoryConflict.IdTaken, entry.Kind, entry.Id);
                }

                await PutAsync(connection, entry, revision, cancellationToken);
                break;

            case DirectoryChange.Replace { Entry: var entry }:
                long stored = await RevisionOfAsync(connection, entry, cancellationToken);
                if (stored != entry.Revision || stored == 0)
                {
                    throw new DirectoryConflictException(stored == 0 ? DirectoryConflict.Missing : DirectoryConflict.Changed, entry.Kind, entry.Id);
                }

                await PutAsync(connection, entry, revision, cancellationToken);
                break;

            case DirectoryChange.Remove remove:
                await PostgresSql.ExecuteAsync(connection, $"DELETE FROM {_directory} WHERE kind = $1 AND id = $2", [DirectoryNames.Of(remove.Kind), remove.Id], cancellationToken);
                await NoteAsync(connection, remove.Kind, remove.Id, revision, cancellationToken);
                break;

            default:
                throw new ArgumentException($"a step that this database does not know: {step.GetType().Name}", nameof(step));
        }
    }

    private async Task PutAsync(NpgsqlConnection connection, DirectoryEntry entry, long revision, CancellationToken cancellationToken)
    {
        string kind = DirectoryNames.Of(entry.Kind);
        if (entry.Alias is { } alias
            && await PostgresSql.NumberAsync(connection, $"SELECT 1::bigint FROM {_directory} WHERE kind = $1 AND alias = $2 AND id <> $3", [kind, alias, entry.Id], cancellationToken) != 0)
        {
            throw new DirectoryConflictException(DirectoryConflict.AliasTaken, entry.Kind, alias);
        }

        await NoteAsync(connection, entry.Kind, entry.Id, revision, cancellationToken);
        await using var command = PostgresSql.Command(
            connection,
            $"""
            INSERT INTO {_directory} (kind, id, document, created_at, updated_at, revision, alias, team_id, user_id, organization_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document, created_at = excluded.created_at, updated_at = excluded.updated_at,
                revision = excluded.revision, alias = excluded.alias, team_id = excluded.team_id, user_id = excluded.user_id, organization_id = excluded.organization_id
            """,
            kind, entry.Id, entry.Document.ToArray(), DirectoryTime.Micros(entry.CreatedAt), DirectoryTime.Micros(entry.UpdatedAt), revision);
        foreach (string? text in (ReadOnlySpan<string?>)[entry.Alias, entry.TeamId, entry.UserId, entry.OrganizationId])
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = text is null ? DBNull.Value : PostgresSql.Clean(text) });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private Task<long> RevisionOfAsync(NpgsqlConnection connection, DirectoryEntry entry, CancellationToken cancellationToken) =>
        PostgresSql.NumberAsync(connection, $"SELECT revision FROM {_directory} WHERE kind = $1 AND id = $2", [DirectoryNames.Of(entry.Kind), entry.Id], cancellationToken);

    private Task NoteAsync(NpgsqlConnection connection, DirectoryKind kind, string id, long revision, CancellationToken cancellationToken) => PostgresSql.ExecuteAsync(
        connection,
        $"INSERT INTO {_changes} (revision, kind, id) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision",
        [revision, DirectoryNames.Of(kind), id], cancellationToken);

    private static DirectoryEntry Read(NpgsqlDataReader reader, DirectoryKind kind) => new(kind, reader.GetString(1), reader.GetFieldValue<byte[]>(2))
    {
        Alias = Text(reader, 3),
        TeamId = Text(reader, 4),
        UserId = Text(reader, 5),
        OrganizationId = Text(reader, 6),
        CreatedAt = DirectoryTime.Time(reader.GetInt64(7)),
        UpdatedAt = DirectoryTime.Time(reader.GetInt64(8)),
        Revision = reader.GetInt64(9),
    };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
