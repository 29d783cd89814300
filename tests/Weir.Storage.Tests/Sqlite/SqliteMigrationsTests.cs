using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Tests.Sqlite;

public sealed class SqliteMigrationsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-migrate-").FullName;

    private static readonly string[] Scripts = ["0001_request_log.sql", "0002_kept_things.sql", "0004_budgets.sql"];

    private string File => Path.Combine(_folder, "deep", "weir.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_new_file_gets_every_script_once()
    {
        using var storage = Open();
        Assert.Equal(Scripts.Select(name => new MigrationState(name, false, true)), storage.Migrations.Status());
        Assert.Equal(Scripts, storage.Migrations.Migrate());
        Assert.Empty(storage.Migrations.Migrate());
        Assert.Equal(Scripts.Select(name => new MigrationState(name, true, true)), storage.Migrations.Status());
    }

    [Fact]
    public async Task Processes_that_start_together_migrate_once()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File) ?? "");
        using var ready = new Barrier(4);
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var storage = Open();
                ready.SignalAndWait(TestContext.Current.CancellationToken);
                return storage.Migrations.Migrate().Count;
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal([0, 0, 0, Scripts.Length], runs.Order());
    }

    [Fact]
    public void A_database_of_a_later_build_is_refused_by_name()
    {
        using var storage = Open();
        storage.Migrations.Migrate();
        Execute("INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('0099_future.sql', datetime('now'))");
        var error = Assert.Throws<MigrationException>(() => storage.Migrations.Migrate());
        Assert.Contains("0099_future.sql", error.Message, StringComparison.Ordinal);
        Assert.Contains(new MigrationState("0099_future.sql", true, false), storage.Migrations.Status());
    }

    [Fact]
    public void A_script_that_fails_leaves_nothing_behind()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File) ?? "");
        Execute("CREATE TABLE journal_progress (mine INTEGER)");
        using var storage = Open();
        var error = Assert.Throws<MigrationException>(() => storage.Migrations.Migrate());
        Assert.Contains("0001_request_log.sql", error.Message, StringComparison.Ordinal);
        Assert.Equal(Scripts.Select(name => new MigrationState(name, false, true)), storage.Migrations.Status());
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'request_log%'";
        Assert.Equal(0L, command.ExecuteScalar());
    }

    private Storage Open() => StorageSetup.Open(null, File, NullLogger.Instance);

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
