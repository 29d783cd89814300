using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;

namespace Weir.Gateway.Tests.Ledger.Journal;

public sealed class JournalReplayTests : IDisposable
{
    private static readonly string[] Three = ["a", "b", "c"];
    private readonly JournalFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_clean_stop_has_every_row_in_the_store_and_leaves_no_segment()
    {
        var store = new MemoryLedgerStore();
        await using (var journal = await _folder.OpenAsync(store, _folder.Options with { GatherFor = TimeSpan.FromHours(1) }))
        {
            for (int i = 0; i < 2_500; i++)
            {
                await journal.AppendAsync(SampleRecords.Usual($"call-{i}"), Stop);
            }
        }

        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => $"call-{i}"), store.CallIds);
        Assert.Empty(_folder.Segments);
        Assert.All(store.Batches, rows => Assert.InRange(rows, 1, LedgerBatch.MaxRows));
    }

    [Fact]
    public async Task Rows_of_a_dead_process_are_in_the_store_before_the_journal_opens()
    {
        byte[] segment = await _folder.LeaveAsync([.. Three.Select(id => SampleRecords.Usual(id))]);
        var store = new MemoryLedgerStore();
        var status = await _folder.ReplayAsync(segment, store);
        Assert.Equal(Three, store.CallIds);
        Assert.Equal(3, status.ReplayedRows);
        Assert.Equal(0, status.PendingRows);
    }

    [Fact]
    public async Task A_segment_that_is_replayed_again_adds_nothing()
    {
        byte[] segment = await _folder.LeaveAsync([.. Three.Select(id => SampleRecords.Usual(id))]);
        var store = new MemoryLedgerStore();
        await _folder.ReplayAsync(segment[..^5], store);
        await _folder.ReplayAsync(segment, store);
        await _folder.ReplayAsync(segment, store);
        Assert.Equal(Three, store.CallIds);
    }

    [Fact]
    public async Task Two_rows_with_one_call_id_are_both_kept()
    {
        var store = new MemoryLedgerStore();
        await _folder.ReplayAsync(await _folder.LeaveAsync(SampleRecords.Usual("same"), SampleRecords.Usual("same")), store);
        Assert.Equal(["same", "same"], store.CallIds);
    }

    [Fact]
    public async Task A_tail_torn_at_any_byte_costs_the_torn_row_only()
    {
        byte[] segment = await _folder.LeaveAsync([.. Three.Select(id => SampleRecords.Usual(id))]);
        int[] ends = Ends(segment);
        for (int length = 0; length <= segment.Length; length++)
        {
            var store = new MemoryLedgerStore();
            var status = await _folder.ReplayAsync(segment[..length], store);
            int whole = ends.Count(end => end <= length);
            Assert.Equal(Three[..whole], store.CallIds);
            bool torn = length > JournalFormat.HeaderBytes && !ends.Contains(length);
            Assert.Equal(torn ? 1 : 0, status.TornTails);
            Assert.Empty(_folder.SetAside);
            Assert.Empty(_folder.Segments);
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_costs_its_own_row_only_and_is_counted()
    {
        byte[] segment = await _folder.LeaveAsync([.. Three.Select(id => SampleRecords.Usual(id))]);
        int[] ends = Ends(segment);
        for (int at = JournalFormat.HeaderBytes; at < segment.Length; at++)
        {
            byte[] damaged = [.. segment];
            damaged[at] ^= 0x10;
            var store = new MemoryLedgerStore();
            var status = await _folder.ReplayAsync(damaged, store);
            int hit = ends.Count(end => end <= at);
            Assert.Equal(Three.Where((_, i) => i != hit), store.CallIds);
            Assert.Equal(1, status.Quarantined + status.TornTails);
            Assert.True(hit == 2 || status.Quarantined == 1, $"byte {at}");
            Assert.Equal((int)status.Quarantined, _folder.SetAside.Length);
            foreach (string file in _folder.SetAside)
            {
                Assert.Equal(damaged[(hit == 0 ? JournalFormat.HeaderBytes : ends[hit - 1])..ends[hit]], await File.ReadAllBytesAsync(file, Stop));
                File.Delete(file);
            }
        }
    }

    [Fact]
    public async Task A_damaged_header_sets_the_whole_segment_aside()
    {
        byte[] segment = await _folder.LeaveAsync(SampleRecords.Usual("a"));
        segment[17] ^= 1;
        var status = await _folder.ReplayAsync(segment, new MemoryLedgerStore());
        Assert.Equal(1, status.Quarantined);
        Assert.Equal(segment, await File.ReadAllBytesAsync(Assert.Single(_folder.SetAside), Stop));
    }

    [Fact]
    public async Task Zeros_after_the_last_row_are_a_torn_tail()
    {
        byte[] segment = await _folder.LeaveAsync(SampleRecords.Usual("a"));
        var store = new MemoryLedgerStore();
        var status = await _folder.ReplayAsync([.. segment, .. new byte[700]], store);
        Assert.Equal(["a"], store.CallIds);
        Assert.Equal((1, 0), (status.TornTails, status.Quarantined));
    }

    [Fact]
    public async Task A_record_that_a_caller_hides_in_a_text_is_not_taken_for_one()
    {
        byte[] segment = await _folder.LeaveAsync(SampleRecords.Usual("outer"));
        byte[] record = segment[JournalFormat.HeaderBytes..];
        JournalFormat.Seal(record, EntryKind.Request, segmentId: 0);
        Assert.Equal(FrameState.Whole, JournalFormat.Inspect(record, 0, out _));
        Assert.Equal(FrameState.Damaged, JournalFormat.Inspect(record, BitConverter.ToInt64(segment, 16), out _));
    }

    [Fact]
    public async Task A_segment_of_a_later_build_refuses_the_start_and_stays_where_it_is()
    {
        byte[] segment = await _folder.LeaveAsync(SampleRecords.Usual("a"));
        byte[] later = [.. segment];
        later[8] = 2;
        byte[] header = new byte[24];
        later.AsSpan(0, 24).CopyTo(header);
        BitConverter.TryWriteBytes(later.AsSpan(24), JournalFormat.Crc(0, header));
        await Assert.ThrowsAsync<LedgerVersionException>(() => _folder.ReplayAsync(later, new MemoryLedgerStore()));
        Assert.Single(_folder.Segments);

        // And the folder is free again for the build that can read it.
        var store = new MemoryLedgerStore();
        await _folder.ReplayAsync(segment, store);
        Assert.Equal(["a"], store.CallIds);
    }

    [Fact]
    public async Task A_second_journal_on_the_same_folder_is_refused_by_name()
    {
        await using var first = await _folder.OpenAsync(new MemoryLedgerStore());
        var error = await Assert.ThrowsAsync<JournalBusyException>(() => _folder.OpenAsync(new MemoryLedgerStore()));
        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Segments_rotate_and_are_deleted_once_the_store_has_them()
    {
        var store = new MemoryLedgerStore { Refusal = new IOException("away") };
        await using var journal = await _folder.OpenAsync(store);
        for (int i = 0; i < 1_500; i++)
        {
            await journal.AppendAsync(SampleRecords.Usual($"call-{i}"), Stop);
            while (i % 100 == 0 && journal.Status.AppendedRows > 200 && _folder.Segments.Length < 2)
            {
                await Task.Yield();
            }
        }

        Assert.InRange(_folder.Segments.Length, 2, 12);
        store.Refusal = null;
        await journal.FlushAsync(Stop);
        Assert.Equal(Enumerable.Range(0, 1_500).Select(i => $"call-{i}"), store.CallIds);
        Assert.Equal(0, journal.Status.PendingBytes);
        Assert.InRange(_folder.Segments.Length, 1, 2);
    }

    /// <summary>Where each record of a segment ends.</summary>
    private static int[] Ends(byte[] segment)
    {
        var ends = new List<int>();
        for (int at = JournalFormat.HeaderBytes; at < segment.Length;)
        {
            at += JournalFormat.FrameBytes + BitConverter.ToInt32(segment, at);
            ends.Add(at);
        }

        return [.. ends];
    }
}
