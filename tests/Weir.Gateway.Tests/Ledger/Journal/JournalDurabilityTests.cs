using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Config;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;

namespace Weir.Gateway.Tests.Ledger.Journal;

public sealed class JournalDurabilityTests : IDisposable
{
    private readonly JournalFolder _folder = new();
    private readonly WatchedFiles _files = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Process_is_one_write_and_done_on_return()
    {
        var gate = new TaskCompletionSource();
        await using var journal = await _folder.OpenAsync(new MemoryLedgerStore { Gate = gate.Task }, files: _files);
        int before = _files.Writes;
        Assert.True(journal.AppendAsync(SampleRecords.Usual("a"), Stop).IsCompletedSuccessfully);
        Assert.Equal(1, _files.Writes - before);
        Assert.Equal(0, _files.Flushes);
        gate.SetResult();
    }

    [Fact]
    public async Task Disk_completes_only_after_the_row_is_flushed()
    {
        await using var journal = await _folder.OpenAsync(new MemoryLedgerStore(), _folder.Options with { Durability = Durability.Disk }, _files);
        _files.FlushGate.Reset();
        var append = journal.AppendAsync(SampleRecords.Usual("a"), Stop).AsTask();
        while (journal.Status.CommittedRows == 0)
        {
            await Task.Yield();
        }

        // The store has it, the disk has not: the caller still waits.
        Assert.False(append.IsCompleted);
        _files.FlushGate.Set();
        await append;
        Assert.Equal(_files.WrittenTo, _files.FlushedTo);
    }

    [Fact]
    public async Task Those_who_wait_during_a_flush_share_the_next_one()
    {
        await using var journal = await _folder.OpenAsync(new MemoryLedgerStore(), _folder.Options with { Durability = Durability.Disk }, _files);
        _files.FlushGate.Reset();
        var appends = Enumerable.Range(0, 100).Select(i => journal.AppendAsync(SampleRecords.Usual($"call-{i}"), Stop).AsTask()).ToList();
        _files.FlushGate.Set();
        await Task.WhenAll(appends);
        Assert.InRange(_files.Flushes, 1, 3);
    }

    [Fact]
    public async Task A_flush_that_fails_fails_its_rows_and_later_ones_go_to_a_new_segment()
    {
        var time = new FakeTimeProvider();
        await using var journal = await _folder.OpenAsync(new MemoryLedgerStore(), _folder.Options with { Durability = Durability.Disk }, _files, time);
        _files.FlushFails = true;
        await Assert.ThrowsAsync<LedgerFullException>(async () => await journal.AppendAsync(SampleRecords.Usual("a"), Stop));
        _files.FlushFails = false;

        // The next flush of the same file would report success for pages that are gone.
        await Assert.ThrowsAsync<LedgerFullException>(async () => await journal.AppendAsync(SampleRecords.Usual("b"), Stop));
        while (!journal.Accepts)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await journal.AppendAsync(SampleRecords.Usual("c"), Stop);
        Assert.Contains(_folder.Segments, path => path.EndsWith("2.journal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Store_completes_only_after_the_commit()
    {
        var gate = new TaskCompletionSource();
        var store = new MemoryLedgerStore { Gate = gate.Task };
        await using var journal = await _folder.OpenAsync(store, _folder.Options with { Durability = Durability.Store, GatherFor = TimeSpan.FromHours(1) });
        var appends = Enumerable.Range(0, 20).Select(i => journal.AppendAsync(SampleRecords.Usual($"call-{i}"), Stop).AsTask()).ToList();
        Assert.DoesNotContain(appends, append => append.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(appends);
        Assert.Equal(20, store.CallIds.Count);
        Assert.InRange(store.Batches.Count, 1, 2);
    }

    [Fact]
    public async Task A_caller_that_gives_up_waiting_leaves_its_row_behind()
    {
        var gate = new TaskCompletionSource();
        var store = new MemoryLedgerStore { Gate = gate.Task };
        await using var journal = await _folder.OpenAsync(store, _folder.Options with { Durability = Durability.Store });
        using var gone = new CancellationTokenSource();
        var append = journal.AppendAsync(SampleRecords.Usual("a"), gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
        gate.SetResult();
        await journal.FlushAsync(Stop);
        Assert.Equal(["a"], store.CallIds);
    }

    [Fact]
    public async Task A_record_may_be_reused_as_soon_as_append_returns()
    {
        var store = new MemoryLedgerStore();
        await using var journal = await _folder.OpenAsync(store, _folder.Options with { GatherFor = TimeSpan.FromHours(1) });
        var record = SampleRecords.Usual("first");
        await journal.AppendAsync(record, Stop);
        record.CallId = "second";
        await journal.AppendAsync(record, Stop);
        await journal.FlushAsync(Stop);
        Assert.Equal(["first", "second"], store.CallIds);
    }

    [Fact]
    public async Task Rows_of_many_threads_are_all_kept_in_one_order()
    {
        var store = new MemoryLedgerStore();
        await using (var journal = await _folder.OpenAsync(store))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
            {
                for (int i = 0; i < 300; i++)
                {
                    await journal.AppendAsync(SampleRecords.Usual($"{thread}-{i}"), Stop);
                }
            })));
        }

        Assert.Equal(2_400, store.CallIds.Distinct().Count());
        Assert.Equal(2_400, store.CallIds.Count);
    }

    [Fact]
    public async Task A_closed_journal_takes_nothing()
    {
        var journal = await _folder.OpenAsync(new MemoryLedgerStore());
        await journal.DisposeAsync();
        await journal.DisposeAsync();
        Assert.False(journal.Accepts);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.AppendAsync(SampleRecords.Usual("a"), Stop));
    }

    [Fact]
    public async Task Append_under_process_durability_allocates_nothing()
    {
        // The store stays shut, so that nothing but appends runs. Rounds go on until the runtime's own start-up code has settled.
        var gate = new TaskCompletionSource();
        await using var journal = await _folder.OpenAsync(
            new MemoryLedgerStore { Gate = gate.Task }, _folder.Options with { MaxUnsettledBytes = 256 << 20, SegmentBytes = 16 << 20 });
        var record = SampleRecords.Usual(Guid.CreateVersion7().ToString());
        var stop = Stop; // reading it allocates
        long least = long.MaxValue;
        for (int round = 0; round < 200 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 2_000; i++)
            {
                _ = journal.AppendAsync(record, stop);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        gate.SetResult();
        Assert.Equal(0, least);
    }
}
