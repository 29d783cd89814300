using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Ledger;
using Weir.Gateway.Tests.Ledger;

namespace Weir.Storage.Tests.Sqlite;

public sealed class SqliteLedgerStoreTests : LedgerStoreCompliance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-sqlite-").FullName;
    private readonly Storage _storage;

    public SqliteLedgerStoreTests()
    {
        _storage = StorageSetup.Open($"sqlite://{_folder}/weir.db", "unused.db", NullLogger.Instance);
        _storage.Migrations.Migrate();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected override ILedgerStore Store => _storage.Ledger;

    public override void Dispose()
    {
        _storage.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_table_explains_itself_to_whoever_queries_it()
    {
        await Store.WriteAsync(LedgerBatch.Of(1, 1, [SampleRecords.Usual("call-1")]), Stop);
        Assert.Equal(
            "call-1|1772366400000000|chat|1|9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08|gpt-4o|success|812|164|3670000|1834000|412000|2||",
            Scalar("""
                SELECT concat_ws('|', call_id, started_at, operation, streamed, lower(hex(key_hash)), model_group, outcome, prompt_tokens, completion_tokens,
                    cost_nanos, duration_us, ttft_us, attempts, '', coalesce(error_type, '')) FROM request_log
                """));
    }

    [Fact]
    public async Task A_batch_that_fails_half_way_leaves_nothing_and_the_store_goes_on()
    {
        Execute("CREATE TRIGGER refuse BEFORE INSERT ON request_log WHEN NEW.call_id = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        await Store.WriteAsync(LedgerBatch.Of(1, 1, [SampleRecords.Usual("good-1")]), Stop);
        var error = await Assert.ThrowsAsync<SqliteException>(
            async () => await Store.WriteAsync(LedgerBatch.Of(1, 2, [SampleRecords.Usual("good-2"), SampleRecords.Usual("bad")]), Stop));
        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
        Assert.Null(await Store.FindAsync("good-2", Stop));
        Execute("DROP TRIGGER refuse");
        await Store.WriteAsync(LedgerBatch.Of(1, 2, [SampleRecords.Usual("good-2"), SampleRecords.Usual("bad")]), Stop);
        Assert.Equal("3", Scalar("SELECT count(*) FROM request_log"));
    }

    [Theory]
    [InlineData("SELECT * FROM request_log WHERE call_id = 'x' ORDER BY id DESC LIMIT 1", "request_log_by_call")]
    [InlineData("SELECT * FROM request_log WHERE 1 = 1 AND (started_at, id) < (5, 5) ORDER BY started_at DESC, id DESC LIMIT 51", "request_log_by_time")]
    [InlineData("SELECT * FROM request_log WHERE 1 = 1 AND started_at >= 5 AND key_hash = 'x' ORDER BY started_at DESC, id DESC LIMIT 51", "request_log_by_key")]
    [InlineData("SELECT * FROM request_log WHERE 1 = 1 AND model_group = 'x' ORDER BY started_at DESC, id DESC LIMIT 51", "request_log_by_group")]
    public void Every_query_walks_an_index_in_order(string query, string index)
    {
        using var connection = Connect();
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

    [Fact]
    public void Commits_reach_the_disk()
    {
        Assert.Equal("wal", Scalar("PRAGMA journal_mode"));
        using var connection = new Weir.Storage.Sqlite.SqliteDatabase($"{_folder}/weir.db").OpenForWriting();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous";
        Assert.Equal(2L, command.ExecuteScalar());
    }

    [Fact]
    public async Task A_stop_folds_the_log_into_the_file()
    {
        await Store.WriteAsync(LedgerBatch.Of(1, 1, [SampleRecords.Usual("a")]), Stop);
        await Store.FindAsync("a", Stop);
        _storage.Dispose();
        Assert.Equal(["weir.db"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_folder}/weir.db;Pooling=False");
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

    private string? Scalar(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
