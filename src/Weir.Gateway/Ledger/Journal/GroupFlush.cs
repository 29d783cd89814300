namespace Weir.Gateway.Ledger.Journal;

/// <summary>
/// Flushes the journal for everyone who waits at once: while one flush runs, the next group gathers. A thread of its own,
/// because a flush blocks for the time of the disk and the thread pool serves requests.
/// </summary>
internal sealed class GroupFlush : IDisposable
{
    private readonly SegmentChain _chain;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private TaskCompletionSource _open = NewSource();
    private bool _joined;
    private bool _stopping;

    public GroupFlush(SegmentChain chain)
    {
        _chain = chain;
        _thread = new Thread(Run) { IsBackground = true, Name = "weir journal flush" };
    }

    public void Start() => _thread.Start();

    /// <summary>Completes when everything appended so far is on the disk. Needs the gate.</summary>
    public Task Join()
    {
        _joined = true;
        _wake.Set();
        return _open.Task;
    }

    public void Dispose()
    {
        lock (_chain.Gate)
        {
            _stopping = true;
        }

        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _wake.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Run()
    {
        bool stopping = false;
        while (true)
        {
            if (!stopping)
            {
                _wake.WaitOne();
            }

            TaskCompletionSource group;
            Segment segment;
            lock (_chain.Gate)
            {
                stopping = _stopping;
                if (!_joined)
                {
                    if (stopping)
                    {
                        return;
                    }

                    continue;
                }

                (group, _open, _joined) = (_open, NewSource(), false);
                segment = _chain.Active;
            }

            Flush(group, segment);
        }
    }

    private void Flush(TaskCompletionSource group, Segment segment)
    {
        try
        {
            segment.File.Flush();
            group.SetResult();
        }
        catch (ObjectDisposedException)
        {
            // Rotated, flushed at the rotation, taken by the store and deleted since: more than a flush was asked for.
            group.SetResult();
        }
        catch (IOException error)
        {
            // The next flush of this file may report success for pages that were given up, so whoever wrote to it until now is told.
            var failure = new LedgerFullException($"the journal could not be flushed to the disk: {error.Message}", error);
            lock (_chain.Gate)
            {
                segment.FlushFailed = true;
                _open.SetException(failure);
                (_open, _joined) = (NewSource(), false);
            }

            group.SetException(failure);
            _chain.Failed(error);
        }
    }
}
