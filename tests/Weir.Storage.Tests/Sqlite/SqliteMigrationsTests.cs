using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Tests.Sqlite;

public sealed class SqliteMigrationsTests : MigrationCompliance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-migrate-").FullName;

    protected override string BeatType => "REAL";

    private string File => Path.Combine(_folder, "deep", "weir.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private protected override Storage Open(MigrationScripts? scripts = null) =>
        StorageSetup.Open(null, File, NullLogger.Instance, new StorageOptions { Scripts = scripts });

    protected override async Task SqlAsync(string sql) => await Task.Run(() => Execute(sql));

    [Fact]
    public void A_database_of_a_later_build_is_refused_by_name_when_nobody_says_that_it_only_added()
    {
        using var storage = Open();
        storage.Migrations.Migrate();
        Execute("INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('0099_future.sql', datetime('now'))");
        var error = Assert.Throws<MigrationException>(() => storage.Migrations.Migrate());
        Assert.Contains("0099_future.sql", error.Message, StringComparison.Ordinal);
        Assert.Contains(new MigrationState("0099_future.sql", true, false), storage.Migrations.Status());
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
