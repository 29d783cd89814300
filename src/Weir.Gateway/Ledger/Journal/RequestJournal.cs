using System.Buffers;
using Weir.Gateway.Config;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Ledger.Journal;

/// <summary>
/// The request ledger as an append-only file with a store behind it. A row is one write to the operating system before the
/// caller sees the end of the answer; the store gets it in the background. See docs/adr/0003-journal.md.
/// </summary>
public sealed class RequestJournal : IRequestLedger, IAsyncDisposable
{
    private const int StackBytes = 2048;
    private const string LockName = "journal.lock";

    private readonly JournalOptions _options;
    private readonly SegmentChain _chain;
    private readonly StoreFeed _feed;
    private readonly GroupFlush? _flush;
    private readonly FileStream _lock;
    private readonly long _acceptBelow;
    private volatile bool _closed;

    private RequestJournal(
        JournalOptions options, IJournalFiles files, ILedgerStore store, TimeProvider time, ILogger logger, FileStream folderLock)
    {
        _options = options;
        _lock = folderLock;
        _acceptBelow = options.MaxUnsettledBytes - (options.MaxUnsettledBytes / 16);
        _chain = new SegmentChain(options, files, Status, time, logger);
        _feed = new StoreFeed(_chain, store, options, Status, time, logger);
        _flush = options.Durability == Durability.Disk ? new GroupFlush(_chain) : null;
    }

    /// <summary>Counters.</summary>
    public LedgerStatus Status { get; } = new();

    /// <inheritdoc/>
    public bool Accepts => Status.PendingBytes < _acceptBelow && _chain.HasRoom && !_closed;

    /// <summary>Locks the folder, moves what an earlier process left into the store, and starts. Waits as long as the store does not answer.</summary>
    /// <exception cref="JournalBusyException">Another process has the folder.</exception>
    /// <exception cref="LedgerVersionException">A later build left rows in a form that this one does not know.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static Task<RequestJournal> OpenAsync(
        JournalOptions options, ILedgerStore store, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        OpenAsync(options, new DiskFiles(), store, time, logger, cancellationToken);

    internal static async Task<RequestJournal> OpenAsync(
        JournalOptions options, IJournalFiles files, ILedgerStore store, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Folder);
        var journal = new RequestJournal(options, files, store, time, logger, Lock(options.Folder));
        try
        {
            int segments = journal._chain.Load();
            await journal._feed.ReplayAsync(cancellationToken);
            if (segments > 0)
            {
                logger.Replayed(journal.Status.ReplayedRows, segments);
            }

            journal._chain.Start();
        }
        catch
        {
            journal._chain.Dispose();
            journal._feed.Dispose();
            await journal._lock.DisposeAsync();
            throw;
        }

        journal._feed.Start();
        journal._flush?.Start();
        return journal;
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public ValueTask AppendAsync(RequestRecord record, CancellationToken cancellationToken)
    {
        int bound = JournalFormat.FrameBytes + LedgerRowWriter.Bound(record);
        byte[]? rented = null;
        var buffer = bound <= StackBytes
            ? stackalloc byte[StackBytes]
            : (rented = ArrayPool<byte>.Shared.Rent(bound));
        try
        {
            int length = LedgerRowWriter.Write(record, buffer[JournalFormat.FrameBytes..]);
            var wait = Append(buffer[..(JournalFormat.FrameBytes + length)], EntryKind.Request);
            return wait is null ? ValueTask.CompletedTask : new ValueTask(wait.WaitAsync(cancellationToken));
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        Task committed;
        lock (_chain.Gate)
        {
            committed = _feed.Committed();
            _feed.Hurry();
        }

        return committed.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Takes no more rows, moves the rest into the store and deletes the journal's segments. When the store does not answer within
    /// <see cref="JournalOptions.StopWithin"/> the rows stay for the next start.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_chain.Gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        _flush?.Dispose();
        await _feed.StopAsync(_options.StopWithin);
        _chain.Dispose();
        _feed.Dispose();
        await _lock.DisposeAsync();
    }

    private static FileStream Lock(string folder)
    {
        string path = Path.Combine(folder, LockName);
        try
        {
            // The lock lies on the open file, not on its existence: it goes with the process, and the file may stay.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new JournalBusyException(folder, error);
        }
    }

    /// <summary>Null when the promise is kept on return.</summary>
    private Task? Append(Span<byte> record, EntryKind kind)
    {
        bool prepare;
        bool wake;
        Task? wait;
        try
        {
            lock (_chain.Gate)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                if (_chain.Appended - _chain.Settled + record.Length > _options.MaxUnsettledBytes)
                {
                    throw Full();
                }

                prepare = _chain.Append(record, kind);
                Status.Appended();
                wake = _feed.Notice();
                wait = _options.Durability switch
                {
                    Durability.Disk => _chain.Active.FlushFailed ? Task.FromException(CannotFlush()) : _flush?.Join(),
                    Durability.Store => _feed.Committed(),
                    _ => null,
                };
            }
        }
        catch (IOException error)
        {
            _chain.Failed(error);
            Status.Refused();
            throw new LedgerFullException($"the journal in {_options.Folder} cannot be written: {error.Message}", error);
        }

        if (wake)
        {
            _feed.Wake();
        }

        if (prepare)
        {
            _chain.PrepareSpare();
        }

        return wait;
    }

    private LedgerFullException Full()
    {
        Status.Refused();
        return new LedgerFullException(
            $"the journal in {_options.Folder} holds {Status.PendingBytes} bytes that the ledger's store has not taken (limit {_options.MaxUnsettledBytes}). "
            + $"Its last error: {Status.LastError ?? "none"}. Requests are refused until the store takes rows again.");
    }

    private LedgerFullException CannotFlush() =>
        new($"the journal in {_options.Folder} could not be flushed to the disk; a new segment is being prepared");
}
