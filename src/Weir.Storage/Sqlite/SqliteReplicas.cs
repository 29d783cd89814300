using Microsoft.Data.Sqlite;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Sqlite;

/// <summary>The heartbeats of those processes that share the SQLite file.</summary>
internal sealed class SqliteReplicas(SqliteDatabase database, MigrationScripts scripts) : IReplicaRegistry
{
    private const string Now = "unixepoch('subsec')";

    private static readonly long Silence = (long)IReplicaRegistry.Silence.TotalSeconds;

    /// <summary>The lowest level of all that live; <see cref="int.MaxValue"/> when none does.</summary>
    public static int OldestLevel(SqliteConnection connection)
    {
        if (!Exists(connection))
        {
            return int.MaxValue;
        }

        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT min(level) FROM replicas WHERE beat_at > {Now} - {Silence}";
        return command.ExecuteScalar() is long level ? (int)level : int.MaxValue;
    }

    public async ValueTask BeatAsync(Replica replica, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(replica);
        await Task.Run(() => Beat(replica), cancellationToken);
    }

    public async ValueTask LeaveAsync(string id, CancellationToken cancellationToken) => await Task.Run(
        () =>
        {
            using var connection = database.OpenForWriting();
            Execute(connection, "DELETE FROM replicas WHERE id = $id", ("$id", id));
        },
        cancellationToken);

    public async ValueTask<IReadOnlyList<LiveReplica>> ListAsync(CancellationToken cancellationToken) => await Task.Run(Live, cancellationToken);

    private static bool Exists(SqliteConnection connection)
    {
        using var exists = connection.CreateCommand();
        exists.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'replicas'";
        return exists.ExecuteScalar() is not 0L;
    }

    private List<LiveReplica> Live()
    {
        if (!File.Exists(database.Path))
        {
            return [];
        }

        using var connection = database.OpenForReading();
        if (!Exists(connection))
        {
            return [];
        }

        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT id, version, level, max({Now} - beat_at, 0) FROM replicas WHERE beat_at > {Now} - {Silence} ORDER BY id";
        var live = new List<LiveReplica>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            live.Add(new LiveReplica(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), TimeSpan.FromSeconds(reader.GetDouble(3))));
        }

        return live;
    }

    private void Beat(Replica replica)
    {
        using var connection = database.OpenForWriting();

        // The transaction holds the write lock: a step that takes something away either sees this beat, or is seen here.
        using var transaction = connection.BeginTransaction(deferred: false);
        scripts.RefuseLater(SqliteMigrations.Applied(connection), database.Path);
        Execute(
            connection,
            $"""
            INSERT INTO replicas (id, version, level, beat_at) VALUES ($id, $version, $level, {Now})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, level = excluded.level, beat_at = excluded.beat_at
            """,
            ("$id", replica.Id), ("$version", replica.Version), ("$level", scripts.Level));
        Execute(connection, $"DELETE FROM replicas WHERE beat_at < {Now} - 86400");
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql, params (string Name, object Value)[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}
