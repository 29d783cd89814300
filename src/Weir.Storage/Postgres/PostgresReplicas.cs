using System.Globalization;
using Npgsql;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>The replicas' heartbeats in PostgreSQL, by its clock.</summary>
internal sealed class PostgresReplicas(PostgresDatabase database, PostgresMigrations migrations, MigrationScripts scripts) : IReplicaRegistry
{
    private static readonly string Silence = string.Create(CultureInfo.InvariantCulture, $"interval '{IReplicaRegistry.Silence.TotalSeconds} seconds'");

    private readonly string _table = database.Name("replicas");

    /// <summary>The lowest level of all that live; <see cref="int.MaxValue"/> when none does.</summary>
    public static int OldestLevel(NpgsqlConnection connection, PostgresDatabase database)
    {
        if (!PostgresMigrations.Exists(connection, database, "replicas"))
        {
            return int.MaxValue;
        }

        using var command = new NpgsqlCommand($"SELECT min(level) FROM {database.Name("replicas")} WHERE beat_at > now() - {Silence}", connection);
        return command.ExecuteScalar() is int level ? level : int.MaxValue;
    }

    public async ValueTask BeatAsync(Replica replica, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(replica);
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // With the lock: a step that takes something away either sees this beat, or is seen here.
        await using var hold = new NpgsqlCommand(PostgresMigrations.LockStatement(database, shared: true), connection);
        await hold.ExecuteNonQueryAsync(cancellationToken);
        scripts.RefuseLater(await migrations.ReadAsync(connection, cancellationToken), database.Description);
        await using var beat = new NpgsqlCommand(
            $"""
            INSERT INTO {_table} (id, version, level, beat_at) VALUES ($1, $2, $3, clock_timestamp())
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, level = excluded.level, beat_at = excluded.beat_at
            """, connection)
        {
            Parameters = { new() { Value = replica.Id }, new() { Value = replica.Version }, new() { Value = scripts.Level } },
        };
        await beat.ExecuteNonQueryAsync(cancellationToken);
        await using var forget = new NpgsqlCommand($"DELETE FROM {_table} WHERE beat_at < now() - interval '1 day'", connection);
        await forget.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async ValueTask LeaveAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand($"DELETE FROM {_table} WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask<IReadOnlyList<LiveReplica>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        if (!await PostgresMigrations.ExistsAsync(connection, database, "replicas", cancellationToken))
        {
            return [];
        }

        await using var command = PostgresSql.Command(
            connection,
            $"SELECT id, version, level, greatest(extract(epoch FROM now() - beat_at), 0)::float8 FROM {_table} WHERE beat_at > now() - {Silence} ORDER BY id COLLATE \"C\"");
        var live = new List<LiveReplica>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            live.Add(new LiveReplica(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), TimeSpan.FromSeconds(reader.GetDouble(3))));
        }

        return live;
    }
}
