using Microsoft.Extensions.Logging;
using Weir.Gateway.Config;

namespace Weir.Gateway.Ledger.Journal;

/// <summary>
/// The background writer: moves rows from the journal into the store in groups. It re-reads them from the segment (its pages are
/// still in memory), so that a request leaves nothing behind but its bytes: no queue, no object kept alive, nothing to bound.
/// </summary>
internal sealed class StoreFeed : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly SegmentChain _chain;
    private readonly ILedgerStore _store;
    private readonly LedgerStatus _status;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimeSpan _gatherFor;
    private readonly SegmentReader _reader;
    private readonly LedgerBatch _batch = new(SegmentReader.BufferBytes);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Queue<(long Target, TaskCompletionSource Done)> _waiters = new();
    private readonly CancellationTokenSource _giveUp = new();
    private TaskCompletionSource? _open;
    private TaskCompletionSource _hurry = NewSource();
    private bool _idle;
    private bool _stopping;
    private Task _loop = Task.CompletedTask;

    public StoreFeed(SegmentChain chain, ILedgerStore store, JournalOptions options, LedgerStatus status, TimeProvider time, ILogger logger)
    {
        _chain = chain;
        _store = store;
        _status = status;
        _time = time;
        _logger = logger;
        _gatherFor = options.Durability == Durability.Store ? TimeSpan.Zero : options.GatherFor;
        _reader = new SegmentReader(status, logger, options.Replica);
    }

    /// <summary>Moves what earlier processes left, before anything new is taken.</summary>
    public async Task ReplayAsync(CancellationToken cancellationToken) => await MoveAsync(replay: true, cancellationToken);

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Something was appended. Needs the gate; when true, call <see cref="Wake"/> after leaving it.</summary>
    public bool Notice()
    {
        bool wake = _idle;
        _idle = false;
        return wake;
    }

    public void Wake() => _wake.Release();

    /// <summary>Completes when the store has everything appended so far. Needs the gate.</summary>
    public Task Committed()
    {
        if (_chain.Settled == _chain.Appended)
        {
            return Task.CompletedTask;
        }

        // One source per group: all that join before the next transaction starts wait for the same commit.
        _open ??= NewSource();
        return _open.Task;
    }

    /// <summary>Ends a pause, to gather or after a failure, now or when it comes. Needs the gate.</summary>
    public void Hurry() => _hurry.TrySetResult();

    /// <summary>Moves the rest and ends; gives up on a store that does not take it within the time.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        bool wake;
        lock (_chain.Gate)
        {
            _stopping = true;
            Hurry();
            wake = Notice();
        }

        if (wake)
        {
            Wake();
        }

        try
        {
            await _loop.WaitAsync(within, _time);
        }
        catch (TimeoutException)
        {
            await _giveUp.CancelAsync();
            await _loop;
        }
    }

    public void Dispose()
    {
        _giveUp.Dispose();
        _wake.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        try
        {
            while (await PendingAsync())
            {
                await GatherAsync();
                await MoveAsync(replay: false, _giveUp.Token);
            }
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            lock (_chain.Gate)
            {
                _logger.StoppedWithRows(Path.GetDirectoryName(_chain.Active.Path) ?? "", _chain.Appended - _chain.Settled);
                ReleaseWaiters(error: new OperationCanceledException("Weir stops and the ledger's store does not answer; the row is in the journal."));
            }
        }
    }

    /// <summary>Waits for a row. False when the journal is closed and empty.</summary>
    private async Task<bool> PendingAsync()
    {
        while (true)
        {
            lock (_chain.Gate)
            {
                if (_chain.TryOldest(out _, out _))
                {
                    return true;
                }

                if (_stopping)
                {
                    return false;
                }

                _idle = true;
            }

            // The plain task is awaited on purpose: its completion queues this state machine itself, so waking allocates nothing.
            await _wake.WaitAsync();
        }
    }

    private async Task GatherAsync()
    {
        bool stopping;
        lock (_chain.Gate)
        {
            stopping = _stopping;
        }

        if (_gatherFor > TimeSpan.Zero && !stopping)
        {
            await PauseAsync(_gatherFor, _giveUp.Token);
        }
    }

    /// <summary>Waits, but not when someone is in a hurry. True when it was cut short.</summary>
    private async Task<bool> PauseAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        Task hurry;
        lock (_chain.Gate)
        {
            hurry = _hurry.Task;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(time, _time, enough.Token), hurry);
        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (!hurry.IsCompleted)
        {
            return false;
        }

        lock (_chain.Gate)
        {
            _hurry = NewSource();
        }

        return true;
    }

    /// <summary>Moves what lies in the journal now. What comes meanwhile may ride along but does not prolong it.</summary>
    private async Task MoveAsync(bool replay, CancellationToken cancellationToken)
    {
        long target;
        lock (_chain.Gate)
        {
            target = _chain.Appended;
        }

        while (true)
        {
            Segment segment;
            long end;
            lock (_chain.Gate)
            {
                if (!_chain.TryOldest(out segment, out end) || _chain.Settled >= target)
                {
                    return;
                }

                if (_open is not null)
                {
                    _waiters.Enqueue((_chain.Appended, _open));
                    _open = null;
                }
            }

            long next = await MoveBatchAsync(segment, end, replay, cancellationToken);
            lock (_chain.Gate)
            {
                _chain.Settle(segment, next);
                ReleaseWaiters(error: null);
            }
        }
    }

    private async Task<long> MoveBatchAsync(Segment segment, long end, bool replay, CancellationToken cancellationToken)
    {
        bool counted = !replay;
        var delay = FirstDelay;
        while (true)
        {
            try
            {
                long next = _reader.Fill(_batch, segment, segment.Settled, end);
                if (!counted)
                {
                    counted = true;
                    _status.Replayed(_batch.Count);
                }

                if (_batch.Count > 0)
                {
                    await _store.WriteAsync(_batch, cancellationToken);
                    _status.Committed(_batch.Count);
                }

                return next;
            }
            catch (Exception error) when (error is not LedgerVersionException && !(error is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                // A boundary: whatever the store's driver throws, the rows stay in the journal and the next try comes.
                _status.StoreFailed(error.Message);
                _logger.StoreFailed(error, _batch.Count, error.Message, _status.PendingBytes, delay);
            }

            // Whoever asks for a flush or a stop asks for a try now.
            bool hurried = await PauseAsync(delay, cancellationToken);
            delay = hurried ? FirstDelay : delay * 2 > LongestDelay ? LongestDelay : delay * 2;
        }
    }

    private void ReleaseWaiters(Exception? error)
    {
        while (_waiters.TryPeek(out var waiter) && (error is not null || waiter.Target <= _chain.Settled))
        {
            _waiters.Dequeue();
            Finish(waiter.Done, error);
        }

        // Whoever joined after the last batch was read waits for nothing more once it is all there.
        if (_open is not null && (error is not null || _chain.Settled == _chain.Appended))
        {
            Finish(_open, error);
            _open = null;
        }
    }

    private static void Finish(TaskCompletionSource source, Exception? error)
    {
        if (error is null)
        {
            source.SetResult();
        }
        else
        {
            source.SetException(error);
        }
    }
}
