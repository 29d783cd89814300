namespace Weir.Gateway.Ledger.Journal;

/// <summary>One segment file. Positions are guarded by the lock of its <see cref="SegmentChain"/>.</summary>
internal sealed class Segment(string path, IJournalFile file, long id, long tail) : IDisposable
{
    public string Path { get; } = path;

    public IJournalFile File { get; } = file;

    /// <summary>Random, never negative.</summary>
    public long Id { get; } = id;

    /// <summary>Where the next record goes.</summary>
    public long Tail { get; set; } = tail;

    /// <summary>The disk refused a flush: what was written may be gone although a later flush succeeds. Nothing is promised on it any more.</summary>
    public bool FlushFailed { get; set; }

    /// <summary>Everything before is in the store (or set aside as damaged).</summary>
    public long Settled { get; set; } = JournalFormat.HeaderBytes;

    public void Dispose() => File.Dispose();
}
