using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Storage.Tests.Audit;

public sealed class SqliteAuditTests : AuditCompliance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-audit-").FullName;
    private readonly Storage _storage;

    public SqliteAuditTests()
    {
        _storage = StorageSetup.Open($"sqlite://{_folder}/weir.db", "unused.db", NullLogger.Instance);
        _storage.Migrations.Migrate();
    }

    protected override Storage Storage => _storage;

    public override void Dispose()
    {
        _storage.Dispose();
        Directory.Delete(_folder, recursive: true);
        base.Dispose();
    }

    [Theory]
    [InlineData("SELECT * FROM audit_log WHERE chain = 'x' AND seq > 5 ORDER BY seq LIMIT 9", "USING PRIMARY KEY")]
    [InlineData("SELECT * FROM audit_log WHERE 1 = 1 AND (at, chain, seq) < (5, 'a', 5) ORDER BY at DESC, chain DESC, seq DESC LIMIT 9", "audit_log_by_time")]
    [InlineData("SELECT * FROM audit_log WHERE chain = 'x' ORDER BY seq DESC LIMIT 1", "USING PRIMARY KEY")]
    public void Every_walk_goes_over_an_index_in_order(string query, string index)
    {
        using var connection = new SqliteConnection($"Data Source={_folder}/weir.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + query;
        using var reader = command.ExecuteReader();
        var plan = new List<string>();
        while (reader.Read())
        {
            plan.Add(reader.GetString(3));
        }
        Assert.Contains(index, Assert.Single(plan), StringComparison.Ordinal);
    }
}
