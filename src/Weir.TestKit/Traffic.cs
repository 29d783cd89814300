namespace Weir.TestKit;

/// <summary>Counters of a server, with a way to wait for them without polling.</summary>
public sealed class Traffic
{
    private readonly Lock _lock = new();
    private readonly List<(Func<Traffic, bool> Met, TaskCompletionSource Done)> _waiters = [];

    /// <summary>Open TCP connections.</summary>
    public int OpenConnections { get; private set; }

    /// <summary>Connections accepted since the start.</summary>
    public int AcceptedConnections { get; private set; }

    /// <summary>Requests being answered now.</summary>
    public int ActiveRequests { get; private set; }

    /// <summary>Most requests that were answered at one time.</summary>
    public int PeakRequests { get; private set; }

    /// <summary>Requests whose body has been read, since the start.</summary>
    public int StartedRequests { get; private set; }

    /// <summary>Requests whose client went away before the answer was complete.</summary>
    public int AbortedRequests { get; private set; }

    /// <summary>Bytes of request bodies read since the start, counted as they come.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Completes when <paramref name="met"/> holds.</summary>
    /// <param name="met">The condition, asked after each change.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task WaitAsync(Func<Traffic, bool> met, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (met(this))
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((met, done));
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    internal void ConnectionOpened() => Change(static t =>
    {
        t.OpenConnections++;
        t.AcceptedConnections++;
    });

    internal void ConnectionClosed() => Change(static t => t.OpenConnections--);

    internal void BytesReceived(int bytes) => Change(t => t.ReceivedBytes += bytes);

    internal void RequestStarted() => Change(static t =>
    {
        t.StartedRequests++;
        t.ActiveRequests++;
        t.PeakRequests = Math.Max(t.PeakRequests, t.ActiveRequests);
    });

    internal void RequestEnded(bool aborted) => Change(aborted
        ? static t =>
        {
            t.ActiveRequests--;
            t.AbortedRequests++;
        }
        : static t => t.ActiveRequests--);

    private void Change(Action<Traffic> change)
    {
        lock (_lock)
        {
            change(this);
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Met(this))
                {
                    _waiters[i].Done.TrySetResult();
                    _waiters.RemoveAt(i);
                }
            }
        }
    }
}
