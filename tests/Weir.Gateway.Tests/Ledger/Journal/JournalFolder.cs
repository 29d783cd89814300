using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;

namespace Weir.Gateway.Tests.Ledger.Journal;

/// <summary>A journal's folder for one test, and the journals opened on it.</summary>
internal sealed class JournalFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("weir-journal-").FullName;

    public JournalOptions Options => new()
    {
        Folder = Path, SegmentBytes = 64 << 10, MaxUnsettledBytes = 1 << 20, GatherFor = TimeSpan.Zero, StopWithin = TimeSpan.FromSeconds(20),
    };

    public string[] Segments => Directory.GetFiles(Path, "*.journal");

    public string[] SetAside => Directory.GetFiles(Path, "*.corrupt");

    public Task<RequestJournal> OpenAsync(ILedgerStore store, JournalOptions? options = null, IJournalFiles? files = null, TimeProvider? time = null) =>
        RequestJournal.OpenAsync(options ?? Options, files ?? new DiskFiles(), store, time ?? TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);

    /// <summary>Leaves rows in the journal as a killed process would: written, not in any store. Returns the only segment's bytes.</summary>
    public async Task<byte[]> LeaveAsync(params RequestRecord[] records)
    {
        var down = new MemoryLedgerStore { Refusal = new IOException("the store is away") };
        await using (var journal = await OpenAsync(down, Options with { StopWithin = TimeSpan.Zero }))
        {
            foreach (var record in records)
            {
                await journal.AppendAsync(record, TestContext.Current.CancellationToken);
            }
        }

        return await File.ReadAllBytesAsync(Assert.Single(Segments), TestContext.Current.CancellationToken);
    }

    /// <summary>Replays a segment with these bytes into a store and returns the journal's counters.</summary>
    public async Task<LedgerStatus> ReplayAsync(byte[] segment, MemoryLedgerStore store)
    {
        await File.WriteAllBytesAsync(System.IO.Path.Combine(Path, "000000000001.journal"), segment, TestContext.Current.CancellationToken);
        await using var journal = await OpenAsync(store);
        return journal.Status;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
