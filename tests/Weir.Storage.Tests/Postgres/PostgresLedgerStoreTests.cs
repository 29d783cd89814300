using Npgsql;
using Weir.Gateway.Ledger;
using Weir.Gateway.Tests.Ledger;

namespace Weir.Storage.Tests.Postgres;

public sealed class PostgresLedgerStoreTests(PostgresServer server) : LedgerStoreCompliance, IAsyncLifetime
{
    private PostgresPlace? _place;
    private Storage? _storage;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected override ILedgerStore Store => Storage.Ledger;

    private Storage Storage => _storage ?? throw new InvalidOperationException("not begun");

    private PostgresPlace Place => _place ?? throw new InvalidOperationException("not begun");

    public async ValueTask InitializeAsync()
    {
        _place = await server.PlaceAsync(this);
        _storage = _place.OpenMigrated();
    }

    public override void Dispose() => _storage?.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_table_explains_itself_to_whoever_queries_it()
    {
        await Store.WriteAsync(LedgerBatch.Of(1, 1, [SampleRecords.Usual("call-1")]), Stop);
        Assert.Equal(
            "call-1|1772366400000000|chat|t|9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08|gpt-4o|success|812|164|3670000|1834000|412000|2|",
            await Place.SqlAsync("""
                SELECT call_id, started_at, operation, streamed, key_hash, model_group, outcome, prompt_tokens, completion_tokens,
                    cost_nanos, duration_us, ttft_us, attempts, error_type FROM request_log
                """));
    }

    [Fact]
    public async Task A_batch_that_fails_half_way_leaves_nothing_and_the_store_goes_on()
    {
        await Place.SqlAsync("ALTER TABLE request_log ADD CONSTRAINT refuse CHECK (call_id <> 'bad')");
        await Store.WriteAsync(LedgerBatch.Of(1, 1, [SampleRecords.Usual("good-1")]), Stop);
        var error = await Assert.ThrowsAsync<PostgresException>(
            async () => await Store.WriteAsync(LedgerBatch.Of(1, 2, [SampleRecords.Usual("good-2"), SampleRecords.Usual("bad")]), Stop));
        Assert.Contains("refuse", error.Message, StringComparison.Ordinal);
        Assert.Null(await Store.FindAsync("good-2", Stop));
        await Place.SqlAsync("ALTER TABLE request_log DROP CONSTRAINT refuse");
        await Store.WriteAsync(LedgerBatch.Of(1, 2, [SampleRecords.Usual("good-2"), SampleRecords.Usual("bad")]), Stop);
        Assert.Equal("3", await Place.SqlAsync("SELECT count(*) FROM request_log"));
    }

    [Fact]
    public async Task What_a_text_of_PostgreSQL_can_not_hold_does_not_hold_up_the_rows_behind_it()
    {
        var odd = SampleRecords.Usual("odd");
        (odd.RequestedModel, odd.EndUser) = ("gpt\0-4o", "\ud800 alone");
        await Store.WriteAsync(LedgerBatch.Of(1, 1, [odd, SampleRecords.Usual("next")]), Stop);
        var found = (await Store.FindAsync("odd", Stop))?.Record;
        Assert.Equal(("gpt\ufffd-4o", "\ufffd alone"), (found?.RequestedModel, found?.EndUser));
        Assert.NotNull(await Store.FindAsync("next", Stop));
    }

    [Fact]
    public async Task Two_who_send_the_same_batch_at_once_write_it_once()
    {
        using var other = Place.Open();
        for (int round = 1; round <= 20; round++)
        {
            var records = Enumerable.Range(0, 50).Select(i => SampleRecords.Usual($"{round}-{i}")).ToList();
            await Task.WhenAll(
                Store.WriteAsync(LedgerBatch.Of(round, 1, records), Stop).AsTask(), other.Ledger.WriteAsync(LedgerBatch.Of(round, 1, records), Stop).AsTask());
        }

        Assert.Equal("1000|1000", await Place.SqlAsync("SELECT count(*), count(DISTINCT call_id) FROM request_log"));
    }

    [Theory]
    [InlineData("SELECT * FROM request_log WHERE call_id = 'x' ORDER BY id DESC LIMIT 1", "request_log_by_call")]
    [InlineData("SELECT * FROM request_log WHERE true AND (started_at, id) < (5, 5) ORDER BY started_at DESC, id DESC LIMIT 51", "request_log_by_time")]
    [InlineData("SELECT * FROM request_log WHERE true AND started_at >= 5 AND key_hash = 'x' ORDER BY started_at DESC, id DESC LIMIT 51", "request_log_by_key")]
    [InlineData("SELECT * FROM request_log WHERE true AND model_group = 'x' ORDER BY started_at DESC, id DESC LIMIT 51", "request_log_by_group")]
    public async Task Every_query_walks_an_index_in_order(string query, string index)
    {
        // Of a table as small as this one the planner would read all.
        string plan = await Place.SqlAsync($"SET enable_seqscan = off; SET enable_bitmapscan = off; EXPLAIN {query}");
        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        if (index != "request_log_by_call")
        {
            Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        }
    }
}
