using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Ledger;

namespace Weir.Gateway.Tests.Ledger.Journal;

public sealed class JournalCapTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_that_stays_away_fills_the_journal_which_then_refuses_and_recovers_without_losing_a_row()
    {
        var store = new MemoryLedgerStore { Refusal = new IOException("the store is away") };
        await using var journal = await _folder.OpenAsync(store);
        var kept = new List<string>();
        while (journal.Accepts)
        {
            kept.Add($"call-{kept.Count}");
            await journal.AppendAsync(SampleRecords.Usual(kept[^1]), Stop);
        }

        // Requests in flight still find room behind the point at which new ones are refused.
        Assert.InRange(journal.Status.PendingBytes, (1 << 20) * 15 / 16, (1 << 20) - 1);
        kept.Add("in-flight");
        await journal.AppendAsync(SampleRecords.Usual("in-flight"), Stop);

        var full = await Assert.ThrowsAsync<LedgerFullException>(async () =>
        {
            while (true)
            {
                await journal.AppendAsync(SampleRecords.Usual("last"), Stop);
                kept.Add("last");
            }
        });
        Assert.Contains("the store is away", full.Message, StringComparison.Ordinal);
        Assert.Equal(1, journal.Status.RefusedRows);
        Assert.InRange(journal.Status.PendingBytes, 1, 1 << 20);

        store.Refusal = null;
        await journal.FlushAsync(Stop);
        Assert.True(journal.Accepts);
        Assert.Null(journal.Status.LastError);
        Assert.Equal(kept, store.CallIds);
    }

    [Fact]
    public async Task A_failed_transaction_is_tried_again_later_and_later()
    {
        var time = new FakeTimeProvider();
        var store = new MemoryLedgerStore { Refusal = new IOException("away") };
        await using var journal = await _folder.OpenAsync(store, time: time);
        var wrote = store.NextWrite;
        await journal.AppendAsync(SampleRecords.Usual("a"), Stop);
        await wrote;
        foreach (int milliseconds in (int[])[100, 200, 400, 800])
        {
            wrote = store.NextWrite;
            await FailuresAsync(journal, store.Attempts);
            time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            Assert.False(wrote.IsCompleted);
            await AdvanceUntilAsync(time, TimeSpan.FromMilliseconds(1), wrote, milliseconds);
        }

        Assert.Equal("away", journal.Status.LastError);
        store.Refusal = null;
        await journal.FlushAsync(Stop);
        Assert.Equal(["a"], store.CallIds);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_not_written_twice()
    {
        var store = new MemoryLedgerStore { LoseNextAnswer = true };
        await using var journal = await _folder.OpenAsync(store);
        await journal.AppendAsync(SampleRecords.Usual("a"), Stop);
        await journal.FlushAsync(Stop);
        Assert.Equal(["a"], store.CallIds);
        Assert.Equal(2, store.Attempts);
    }

    [Fact]
    public async Task A_full_disk_is_noticed_before_the_segment_is_full_and_frees_itself()
    {
        var time = new FakeTimeProvider();
        var files = new WatchedFiles();
        var store = new MemoryLedgerStore();
        await using var journal = await _folder.OpenAsync(store, files: files, time: time);
        files.NoRoomForFiles = true;
        var kept = new List<string>();
        while (journal.Accepts)
        {
            // Far below the limit of what may wait, so that only the disk can be what refuses.
            if (journal.Status.PendingBytes < 512 << 10)
            {
                kept.Add($"call-{kept.Count}");
                await journal.AppendAsync(SampleRecords.Usual(kept[^1]), Stop);
            }

            await Task.Yield();
        }

        // Requests in flight write on into the room that is left.
        kept.Add("in-flight");
        await journal.AppendAsync(SampleRecords.Usual("in-flight"), Stop);

        // The store takes rows all the while. That must not take the cause away from operators while the disk is still full.
        await journal.FlushAsync(Stop);
        Assert.False(journal.Accepts);
        Assert.Equal("No space left on device", journal.Status.LastError);

        files.NoRoomForFiles = false;
        while (!journal.Accepts)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Null(journal.Status.LastError);
        await journal.AppendAsync(SampleRecords.Usual("after"), Stop);
        await journal.FlushAsync(Stop);
        Assert.Equal([.. kept, "after"], store.CallIds);
    }

    [Fact]
    public async Task A_write_that_breaks_off_refuses_its_row_and_nothing_else()
    {
        var time = new FakeTimeProvider();
        var files = new WatchedFiles();
        var store = new MemoryLedgerStore();
        await using var journal = await _folder.OpenAsync(store, files: files, time: time);
        await journal.AppendAsync(SampleRecords.Usual("before"), Stop);
        files.NoRoomForWrites = true;
        var error = await Assert.ThrowsAsync<LedgerFullException>(async () => await journal.AppendAsync(SampleRecords.Usual("refused"), Stop));
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        await journal.FlushAsync(Stop);
        Assert.False(journal.Accepts);
        Assert.Equal("No space left on device", journal.Status.LastError);
        files.NoRoomForWrites = false;
        while (!journal.Accepts)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await journal.AppendAsync(SampleRecords.Usual("after"), Stop);
        await journal.FlushAsync(Stop);
        Assert.Equal(["before", "after"], store.CallIds);
        Assert.Empty(_folder.SetAside);
    }

    [Fact]
    public async Task Rows_of_one_gathering_share_a_transaction()
    {
        var time = new FakeTimeProvider();
        var store = new MemoryLedgerStore();
        await using var journal = await _folder.OpenAsync(store, _folder.Options with { GatherFor = TimeSpan.FromMilliseconds(100) }, time: time);
        var wrote = store.NextWrite;
        for (int i = 0; i < 50; i++)
        {
            await journal.AppendAsync(SampleRecords.Usual($"call-{i}"), Stop);
        }

        Assert.False(wrote.IsCompleted);
        await AdvanceUntilAsync(time, TimeSpan.FromMilliseconds(100), wrote, 0);
        Assert.Equal([50], store.Batches);
    }

    private static async Task FailuresAsync(Weir.Gateway.Ledger.Journal.RequestJournal journal, int failures)
    {
        while (journal.Status.StoreFailures < failures)
        {
            await Task.Yield();
        }
    }

    /// <summary>The timer is made by another thread, perhaps only after the first step: the clock goes on in steps until the event comes.</summary>
    private static async Task AdvanceUntilAsync(FakeTimeProvider time, TimeSpan step, Task done, int slack)
    {
        for (int i = 0; !done.IsCompleted; i++)
        {
            time.Advance(step);
            await Task.Yield();
            Assert.True(i < 1_000_000 + slack);
        }
    }
}
