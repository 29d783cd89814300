using System.Collections.Concurrent;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// A cancellation source with one timer that is set again for each phase of a call (connect, first token, each gap) and reused by the next
/// call. Cancels early when the client goes away, unless it is told not to.
/// </summary>
internal sealed class PooledTimeout : IDisposable
{
    private const int MostKept = 256;
    private static readonly ConcurrentQueue<PooledTimeout> Kept = new();

    private readonly CancellationTokenSource _source;
    private readonly TimeProvider _time;
    private CancellationTokenRegistration _client;

    private PooledTimeout(TimeProvider time)
    {
        _time = time;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <summary>Cancelled when the current limit has passed or the client is gone.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>One from the pool, tied to <paramref name="client"/>.</summary>
    internal static PooledTimeout Rent(TimeProvider time, CancellationToken client)
    {
        PooledTimeout? timeout = null;
        if (ReferenceEquals(time, TimeProvider.System))
        {
            Kept.TryDequeue(out timeout);
        }
        timeout ??= new PooledTimeout(time);
        timeout._client = client.UnsafeRegister(static state => ((PooledTimeout)state!)._source.Cancel(), timeout);
        return timeout;
    }

    /// <summary>Starts the clock of the next phase; null = no limit.</summary>
    internal void Arm(TimeSpan? limit) => _source.CancelAfter(limit ?? Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _source.CancelAfter(Timeout.InfiniteTimeSpan);
        if (ReferenceEquals(_time, TimeProvider.System) && Kept.Count < MostKept && _source.TryReset())
        {
            Kept.Enqueue(this);
        }
        else
        {
            _source.Dispose();
        }
    }
}
