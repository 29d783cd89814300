using CsCheck;
using Weir.Gateway.Ledger;
using Weir.Gateway.Tests.Ledger;
using Weir.Providers.Pricing;

namespace Weir.Storage.Tests;

/// <summary>What every store must do. One subclass per driver.</summary>
public abstract class LedgerStoreCompliance : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>An empty, migrated store.</summary>
    protected abstract ILedgerStore Store { get; }

    public abstract void Dispose();

    [Fact]
    public async Task Every_fact_of_a_record_comes_back()
    {
        var seeds = new List<RequestRecord>();
        SampleRecords.Any.Sample(seeds.Add, iter: 300, threads: 1);
        long position = 1;
        foreach (var record in seeds)
        {
            record.CallId = $"call-{position}";
            await WriteAsync(1, position++, record);
            var found = await Store.FindAsync(record.CallId, Stop);
            Assert.NotNull(found);
            Assert.Equal(SampleRecords.Describe(record), SampleRecords.Describe(found.Record));
        }
    }

    [Fact]
    public async Task An_unknown_call_is_not_found() => Assert.Null(await Store.FindAsync("nobody", Stop));

    [Fact]
    public async Task A_batch_written_again_adds_nothing()
    {
        await WriteAsync(7, 100, Row(1), Row(2));
        await WriteAsync(7, 100, Row(1), Row(2));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Of_a_batch_that_overlaps_only_the_new_rows_are_added()
    {
        await WriteAsync(7, 100, Row(1), Row(2));
        await WriteAsync(7, 100, Row(1), Row(2), Row(3));
        await WriteAsync(7, 102, Row(3), Row(4));
        Assert.Equal(["call-4", "call-3", "call-2", "call-1"], (await Store.ListAsync(new LedgerQuery(), Stop)).Entries.Select(entry => entry.Record.CallId));
    }

    [Fact]
    public async Task Segments_do_not_know_each_other()
    {
        await WriteAsync(7, 100, Row(1));
        await WriteAsync(long.MaxValue, 100, Row(2));
        await WriteAsync(0, 1, Row(3));
        Assert.Equal(3, await CountAsync());
    }

    [Fact]
    public async Task Of_two_rows_with_one_call_id_the_newest_is_found()
    {
        await WriteAsync(1, 1, Row(1, record => record.Status = 500), Row(1, record => record.Status = 200));
        Assert.Equal(200, (await Store.FindAsync("call-1", Stop))?.Record.Status);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Pages_hold_every_row_once_latest_start_first()
    {
        // Three rows start at each moment, so that pages end between rows of one moment.
        for (int i = 0; i < 100; i++)
        {
            await WriteAsync(1, i + 1, Row(i, record => record.StartedAt = Start.AddSeconds(record.Status % 7)));
        }

        for (int size = 1; size <= 101; size += 9)
        {
            var seen = new List<LedgerEntry>();
            LedgerCursor? next = null;
            do
            {
                var page = await Store.ListAsync(new LedgerQuery { PageSize = size, Before = next }, Stop);
                Assert.InRange(page.Entries.Count, 1, size);
                seen.AddRange(page.Entries);
                next = page.Next;
            }
            while (next is not null);

            Assert.Equal(100, seen.Select(entry => entry.Id).Distinct().Count());
            Assert.Equal(seen.OrderByDescending(entry => entry.Record.StartedAt).ThenByDescending(entry => entry.Id), seen);
        }
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        string key = new('a', 64);
        await WriteAsync(
            1, 1, Row(1), Row(2, record => record.KeyHash = key), Row(3, record => record.KeyHash = "odd"), Row(4, record => record.ModelGroup = "llama"));
        Assert.Equal(["call-2"], await IdsAsync(new LedgerQuery { KeyHash = key }));
        Assert.Equal(["call-3"], await IdsAsync(new LedgerQuery { KeyHash = "odd" }));
        Assert.Equal(["call-4"], await IdsAsync(new LedgerQuery { ModelGroup = "llama" }));
        Assert.Equal(["call-3", "call-2"], await IdsAsync(new LedgerQuery { From = Start.AddSeconds(2), To = Start.AddSeconds(4) }));
        Assert.Empty(await IdsAsync(new LedgerQuery { KeyHash = key, ModelGroup = "llama" }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(LedgerQuery.MaxPageSize + 1)]
    public async Task A_page_size_out_of_range_is_refused(int size) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.ListAsync(new LedgerQuery { PageSize = size }, Stop));

    [Fact]
    public async Task Totals_are_exact_by_group_and_say_what_has_no_price()
    {
        await WriteAsync(
            1,
            1,
            Row(1, record => record.Cost = new Money(4_000_000_000_000_000_001)),
            Row(2, record => record.Cost = new Money(2)),
            Row(3, record => (record.CostKnown, record.Cost, record.Outcome) = (false, Money.Zero, RequestOutcome.Broken)),
            Row(4, record => (record.ModelGroup, record.Outcome) = ("", RequestOutcome.ClientGone)),
            Row(90));
        var totals = await Store.TotalsByGroupAsync(Start, Start.AddSeconds(90), Stop);
        Assert.Equal(
            [
                new GroupTotal("", 1, 1, 812, 164, new Money(3_670_000), 0),
                new GroupTotal("gpt-4o", 3, 1, 3 * 812, 3 * 164, new Money(4_000_000_000_000_000_003), 1),
            ],
            totals);
    }

    [Fact]
    public async Task A_full_batch_is_one_transaction_of_every_row()
    {
        await WriteAsync(1, 1, [.. Enumerable.Range(0, LedgerBatch.MaxRows).Select(i => Row(i))]);
        Assert.Equal(LedgerBatch.MaxRows, await CountAsync());
    }

    [Fact]
    public async Task Readers_do_not_wait_for_the_writer()
    {
        for (int i = 1; i <= 50; i++)
        {
            var write = WriteAsync(1, i * 10, Row(i));
            await Store.ListAsync(new LedgerQuery { PageSize = 5 }, Stop);
            await write;
        }

        Assert.Equal(50, await CountAsync());
    }

    private static RequestRecord Row(int number, Action<RequestRecord>? change = null)
    {
        var record = SampleRecords.Usual($"call-{number}", number * 1_000);
        record.Status = 200 + number;
        change?.Invoke(record);
        return record;
    }

    private async Task WriteAsync(long segment, long position, params RequestRecord[] records) =>
        await Store.WriteAsync(LedgerBatch.Of(segment, position, records), Stop);

    private async Task<long> CountAsync() =>
        (await Store.TotalsByGroupAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Stop)).Sum(total => total.Requests);

    private async Task<IEnumerable<string>> IdsAsync(LedgerQuery query) =>
        (await Store.ListAsync(query, Stop)).Entries.Select(entry => entry.Record.CallId);
}
