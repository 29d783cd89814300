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
internal sealed partial class SqliteMigrations(SqliteDatabase database, ILogger logger) : IMigrationRunner
{
    private const string Prefix = "sqlite/";

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
            return [.. Scripts().Select(name => new MigrationState(name, Applied: false, Known: true))];
        }

        using var connection = database.OpenForReading();
        var applied = Applied(connection);
        var known = Scripts();
        return [.. known.Union(applied).Order(StringComparer.Ordinal).Select(name => new MigrationState(name, applied.Contains(name), known.Contains(name)))];
    }

    private static void Upgrade(SqliteConnection connection, IReadOnlyList<string> pending)
    {
        using var shared = new SharedConnection(connection);
        var result = DeployChanges.To.SqliteDatabase(shared)
            .WithScripts(pending.Select(name => new SqlScript(name, Text(name))).ToArray())
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
        var known = Scripts();
        var applied = Applied(connection);
        var strange = applied.Except(known).Order(StringComparer.Ordinal).ToList();
        if (strange.Count > 0)
        {
            throw new MigrationException(
                $"the database {database.Path} was migrated by a later build of Weir ({string.Join(", ", strange)}). Start that build, or restore an older copy of the database.", null);
        }

        return [.. known.Except(applied).Order(StringComparer.Ordinal)];
    }

    /// <summary>Names in DbUp's own journal table.</summary>
    private static HashSet<string> Applied(SqliteConnection connection)
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

    private static HashSet<string> Scripts() =>
        [.. typeof(SqliteMigrations).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..])];

    private static string Text(string name)
    {
        using var stream = typeof(SqliteMigrations).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new MigrationException($"the script {name} is not in this build", null);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
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
