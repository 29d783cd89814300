namespace Weir.Gateway.Ledger;

/// <summary>Counters of the row path, for metrics and health. Each is read on its own; together they are not one moment.</summary>
public sealed class LedgerStatus
{
    private long _appendedRows;
    private long _committedRows;
    private long _pendingBytes;
    private long _commits;
    private long _storeFailures;
    private long _appendFailures;
    private long _refusedRows;
    private long _tornTails;
    private long _quarantined;
    private long _replayedRows;
    private volatile string? _storeError;
    private volatile string? _diskError;

    /// <summary>Rows written to the journal by this process.</summary>
    public long AppendedRows => Volatile.Read(ref _appendedRows);

    /// <summary>Rows committed in the store, replayed ones included.</summary>
    public long CommittedRows => Volatile.Read(ref _committedRows);

    /// <summary>Rows of earlier processes that were found in the journal at start.</summary>
    public long ReplayedRows => Volatile.Read(ref _replayedRows);

    /// <summary>Rows in the journal that the store does not have yet.</summary>
    public long PendingRows => Math.Max(0, AppendedRows + ReplayedRows - CommittedRows);

    /// <summary>Bytes in the journal that the store does not have yet.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>Transactions committed in the store.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Transactions that the store refused; each is tried again.</summary>
    public long StoreFailures => Volatile.Read(ref _storeFailures);

    /// <summary>Writes or flushes of the journal that the disk refused.</summary>
    public long AppendFailures => Volatile.Read(ref _appendFailures);

    /// <summary>Rows that were not taken because the journal was full; their callers were told.</summary>
    public long RefusedRows => Volatile.Read(ref _refusedRows);

    /// <summary>Unfinished last records that were cut at replay; no caller had seen their effect.</summary>
    public long TornTails => Volatile.Read(ref _tornTails);

    /// <summary>Damaged ranges that were set aside as <c>.corrupt</c> files.</summary>
    public long Quarantined => Volatile.Read(ref _quarantined);

    /// <summary>
    /// Why rows wait or are refused, for as long as that lasts: what the disk refused until the journal can be written again, else what
    /// the store refused until it takes rows. Null while all is well.
    /// </summary>
    public string? LastError => _diskError ?? _storeError;

    internal void Appended() => Interlocked.Increment(ref _appendedRows);

    internal void Replayed(long rows) => Interlocked.Add(ref _replayedRows, rows);

    internal void SetPending(long bytes) => Volatile.Write(ref _pendingBytes, bytes);

    internal void Refused() => Interlocked.Increment(ref _refusedRows);

    internal void TornTail() => Interlocked.Increment(ref _tornTails);

    internal void Quarantine() => Interlocked.Increment(ref _quarantined);

    internal void Committed(int rows)
    {
        Interlocked.Add(ref _committedRows, rows);
        Interlocked.Increment(ref _commits);
        _storeError = null;
    }

    internal void StoreFailed(string error)
    {
        Interlocked.Increment(ref _storeFailures);
        _storeError = error;
    }

    internal void AppendFailed(string error)
    {
        Interlocked.Increment(ref _appendFailures);
        _diskError = error;
    }

    /// <summary>A new segment takes rows. A commit in the store says nothing about the disk and so does not clear this.</summary>
    internal void CanAppend() => _diskError = null;
}
