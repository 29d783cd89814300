using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Storage.Tests.Audit;

public sealed class SqliteAuditAttackTests : AuditAttacks
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-attack-").FullName;
    private Storage _storage;

    public SqliteAuditAttackTests()
    {
        _storage = Open();
        _storage.Migrations.Migrate();
    }

    protected override Storage Storage => _storage;

    public override void Dispose()
    {
        _storage.Dispose();
        Directory.Delete(_folder, recursive: true);
        base.Dispose();
    }

    protected override async Task SqlAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder}/weir.db;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    protected override string Bytes(ReadOnlySpan<byte> value) => $"x'{Convert.ToHexString(value)}'";

    protected override Task BackUpAsync() => SqlAsync($"VACUUM INTO '{_folder}/backup.db'");

    protected override Task RestoreAsync()
    {
        // As with a real file: nobody has it open meanwhile.
        _storage.Dispose();
        foreach (string rest in Directory.GetFiles(_folder, "weir.db*"))
        {
            File.Delete(rest);
        }
        File.Copy($"{_folder}/backup.db", $"{_folder}/weir.db");
        _storage = Open();
        return Task.CompletedTask;
    }

    private Storage Open() => StorageSetup.Open($"sqlite://{_folder}/weir.db", "unused.db", NullLogger.Instance);
}
