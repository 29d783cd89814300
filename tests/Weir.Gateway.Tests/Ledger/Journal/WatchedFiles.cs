using Weir.Gateway.Ledger.Journal;

namespace Weir.Gateway.Tests.Ledger.Journal;

/// <summary>The real disk, watched: what was written and flushed when, and room that can run out.</summary>
internal sealed class WatchedFiles : IJournalFiles
{
    private readonly DiskFiles _disk = new();

    /// <summary>New files are refused as on a full disk.</summary>
    public bool NoRoomForFiles { get; set; }

    /// <summary>Writes are refused as on a full disk; half of the bytes go out first.</summary>
    public bool NoRoomForWrites { get; set; }

    /// <summary>Flushes fail as on a broken disk.</summary>
    public bool FlushFails { get; set; }

    /// <summary>Flushes wait for it.</summary>
    public ManualResetEventSlim FlushGate { get; } = new(true);

    public int Writes;

    public int Flushes;

    /// <summary>Highest position written and flushed, over all files.</summary>
    public long WrittenTo;

    public long FlushedTo;

    public IJournalFile Create(string path, long reserveBytes) =>
        NoRoomForFiles ? throw new IOException("No space left on device") : new WatchedFile(this, _disk.Create(path, reserveBytes));

    public IJournalFile Open(string path) => new WatchedFile(this, _disk.Open(path));

    private sealed class WatchedFile(WatchedFiles owner, IJournalFile inner) : IJournalFile
    {
        public long Length => inner.Length;

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            if (owner.NoRoomForWrites)
            {
                inner.Write(bytes[..(bytes.Length / 2)], position);
                throw new IOException("No space left on device");
            }

            inner.Write(bytes, position);
            Interlocked.Increment(ref owner.Writes);
            owner.WrittenTo = position + bytes.Length;
        }

        public int Read(Span<byte> buffer, long position) => inner.Read(buffer, position);

        public void Flush()
        {
            long upTo = owner.WrittenTo;
            owner.FlushGate.Wait(TestContext.Current.CancellationToken);
            if (owner.FlushFails)
            {
                throw new IOException("Input/output error");
            }

            inner.Flush();
            Interlocked.Increment(ref owner.Flushes);
            owner.FlushedTo = upTo;
        }

        public void Dispose() => inner.Dispose();
    }
}
