using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Sqlite.Helpers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Sqlite;

/// <summary>
/// Runs the embedded scripts with DbUp. One immediate transaction holds SQLite's write lock around all of it: a second process waits,
/// then finds nothing to do, and a script that fails leaves nothing behind. DbUp is not even loaded when there is nothing to run.
/// </summary>
internal sealed partial class SqliteMigrations(SqliteDatabase database, MigrationScripts scripts, ILogger logger) : IMigrationRunner
{
    public IReadOnlyList<string> Migrate()
    {
        using var connection = database.OpenForWriting();
        var pending = Pending(connection);
        if (pending.Count == 0)
        {
            return pending;
        }

        Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            // Looked at again under the lock: another process may have been faster.
            pending = Pending(connection);
            if (pending.Count > 0)
            {
                Upgrade(connection, pending);
            }

            Execute(connection, "COMMIT");
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

        foreach (string script in pending)
        {
            LogMigrated(logger, database.Path, script);
        }

        return pending;
    }

    public IReadOnlyList<MigrationState> Status()
    {
        if (!File.Exists(database.Path))
        {
            return scripts.States(new HashSet<string>());
        }

        using var connection = database.OpenForReading();
        return scripts.States(Applied(connection));
    }

    private void Upgrade(SqliteConnection connection, IReadOnlyList<string> pending)
    {
        using var shared = new SharedConnection(connection);
        var result = DeployChanges.To.SqliteDatabase(shared)
            .WithScripts(pending.Select(name => new SqlScript(name, scripts.Text(name))).ToArray())
            .WithoutTransaction()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
        {
            throw new MigrationException(
                $"the migration {result.ErrorScript?.Name ?? "(unknown)"} of {connection.DataSource} failed: {result.Error.Message}. Nothing of it was kept.", result.Error);
        }
    }

    private List<string> Pending(SqliteConnection connection)
    {
        var applied = Applied(connection);
        scripts.RefuseLater(applied, database.Path);
        return scripts.Pending(applied, SqliteReplicas.OldestLevel(connection));
    }

    /// <summary>Names in DbUp's own journal table.</summary>
    internal static HashSet<string> Applied(SqliteConnection connection)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        using var exists = connection.CreateCommand();
        exists.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'SchemaVersions'";
        if (exists.ExecuteScalar() is 0L)
        {
            return applied;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ScriptName FROM SchemaVersions";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            applied.Add(reader.GetString(0));
        }

        return applied;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Migrated {Database}: {Script}.")]
    private static partial void LogMigrated(ILogger logger, string database, string script);
}
