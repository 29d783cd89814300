using System.Data;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Engine.Transactions;
using DbUp.Sqlite.Helpers;
using Microsoft.Extensions.Logging;
using Npgsql;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>
/// Runs the embedded scripts with DbUp, all of them in one transaction that holds an advisory lock: a second process waits, then finds nothing
/// to do, and a script that fails leaves nothing behind, nor do those before it. The lock is the transaction's, so it works behind a pooler and
/// goes with the connection.
/// </summary>
internal sealed partial class PostgresMigrations(PostgresDatabase database, MigrationScripts scripts, ILogger logger) : IMigrationRunner
{
    /// <summary>DbUp's own journal.</summary>
    private const string Applied = "schemaversions";

    private const string ExistsSql = "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2)";

    public IReadOnlyList<string> Migrate()
    {
        try
        {
            return Run();
        }
        catch (NpgsqlException error)
        {
            throw new MigrationException($"the {database.Description} could not be migrated: {error.Message}. Nothing was changed.", error);
        }
    }

    public IReadOnlyList<MigrationState> Status()
    {
        try
        {
            using var connection = database.Source.OpenConnection();
            return scripts.States(Read(connection));
        }
        catch (NpgsqlException error)
        {
            throw new MigrationException($"the {database.Description} can't be read: {error.Message}", error);
        }
    }

    /// <summary>Takes the migrations' lock until the transaction ends: alone, or with others who only must not see the schema move.</summary>
    internal static string LockStatement(PostgresDatabase database, bool shared) =>
        $"SELECT pg_advisory_xact_lock{(shared ? "_shared" : "")}(hashtextextended('weir migrations of ' || {Literal(database.Schema)}, 0))";

    /// <summary>
    /// Looked up as rows: <c>to_regclass</c> answers from the session's cache, which has not heard of what another one made while this one waited for the lock.
    /// </summary>
    internal static bool Exists(NpgsqlConnection connection, PostgresDatabase database, string table)
    {
        using var exists = PostgresSql.Command(connection, ExistsSql, database.Schema, table);
        return exists.ExecuteScalar() is true;
    }

    /// <summary>The same without blocking: whoever was called by a socket's thread must not wait for another socket.</summary>
    internal static async Task<bool> ExistsAsync(NpgsqlConnection connection, PostgresDatabase database, string table, CancellationToken cancellationToken)
    {
        await using var exists = PostgresSql.Command(connection, ExistsSql, database.Schema, table);
        return await exists.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>The scripts that the database has, without blocking.</summary>
    internal async Task<HashSet<string>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        if (await ExistsAsync(connection, database, Applied, cancellationToken))
        {
            await using var command = PostgresSql.Command(connection, $"SELECT scriptname FROM {database.Name(Applied)}");
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                applied.Add(reader.GetString(0));
            }
        }

        return applied;
    }

    /// <summary>The scripts that the database has; none when it has no journal yet.</summary>
    private HashSet<string> Read(NpgsqlConnection connection)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        if (!Exists(connection, database, Applied))
        {
            return applied;
        }

        using var command = new NpgsqlCommand($"SELECT scriptname FROM {database.Name(Applied)}", connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            applied.Add(reader.GetString(0));
        }

        return applied;
    }

    private List<string> Run()
    {
        using var connection = database.Source.OpenConnection();
        if (Pending(connection).Count == 0)
        {
            return [];
        }

        WarnOfLiteLlm(connection);

        using var transaction = connection.BeginTransaction();
        Execute(connection, LockStatement(database, shared: false));

        // Looked at again under the lock: another process may have been faster.
        var pending = Pending(connection);
        if (pending.Count > 0)
        {
            EnsureSchema(connection);
            Upgrade(connection, pending);
        }

        transaction.Commit();
        foreach (string script in pending)
        {
            LogMigrated(logger, database.Description, script);
        }

        return pending;
    }

    /// <summary>Said once, when the tables are made: whoever points Weir at LiteLLM's database expects its keys to work.</summary>
    private void WarnOfLiteLlm(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT min(schemaname) FROM pg_tables WHERE tablename = 'LiteLLM_VerificationToken'", connection);
        if (command.ExecuteScalar() is string schema)
        {
            LogLiteLlm(logger, database.Description, schema, database.Schema);
        }
    }

    private List<string> Pending(NpgsqlConnection connection)
    {
        var applied = Read(connection);
        scripts.RefuseLater(applied, database.Description);
        return scripts.Pending(applied, PostgresReplicas.OldestLevel(connection, database));
    }

    /// <summary>Asked for only when it isn't there: making one needs a right on the whole database, which an administrator may keep.</summary>
    private void EnsureSchema(NpgsqlConnection connection)
    {
        using var exists = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", connection) { Parameters = { new() { Value = database.Schema } } };
        if (exists.ExecuteScalar() is not true)
        {
            Execute(connection, $"CREATE SCHEMA {PostgresDatabase.Quoted(database.Schema)}");
        }

        Execute(connection, $"SET LOCAL search_path TO {PostgresDatabase.Quoted(database.Schema)}");
    }

    private void Upgrade(NpgsqlConnection connection, List<string> pending)
    {
        using var shared = new SharedConnection(connection);
        var result = DeployChanges.To.PostgresqlDatabase(new OneConnection(shared))
            .JournalToPostgresqlTable(database.Schema, Applied)
            .WithScripts(pending.Select(name => new SqlScript(name, scripts.Text(name))).ToArray())
            .WithoutTransaction()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
        {
            throw new MigrationException(
                $"the migration {result.ErrorScript?.Name ?? "(unknown)"} of the {database.Description} failed: {result.Error.Message}. Nothing was kept.", result.Error);
        }
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    [LoggerMessage(Level = LogLevel.Information, Message = "Migrated the {Database}: {Script}.")]
    private static partial void LogMigrated(ILogger logger, string database, string script);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Database} also holds LiteLLM's tables, in schema {Theirs}. Weir keeps tables of its own in schema {Ours} and does not read the keys, teams and models of LiteLLM's.")]
    private static partial void LogLiteLlm(ILogger logger, string database, string theirs, string ours);

    /// <summary>DbUp on the connection that holds the lock and the transaction.</summary>
    private sealed class OneConnection(IDbConnection connection) : DatabaseConnectionManager(_ => connection)
    {
        public override IEnumerable<string> SplitScriptIntoCommands(string scriptContents) => [scriptContents];
    }
}
