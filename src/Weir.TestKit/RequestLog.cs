using System.Collections;

namespace Weir.TestKit;

/// <summary>The newest requests, bounded in number and bytes.</summary>
public sealed class RequestLog : IEnumerable<RecordedRequest>
{
    private readonly Lock _lock = new();
    private readonly Queue<RecordedRequest> _kept = new();
    private readonly int _maxRequests;
    private readonly long _maxBytes;
    private long _bytes;
    private int _count;

    internal RequestLog(int maxRequests, long maxBytes)
    {
        _maxRequests = maxRequests;
        _maxBytes = maxBytes;
    }

    /// <summary>Requests since the start, the forgotten ones included.</summary>
    public int Total => Volatile.Read(ref _count);

    /// <summary>The newest request.</summary>
    /// <exception cref="InvalidOperationException">None came.</exception>
    public RecordedRequest Last
    {
        get
        {
            lock (_lock)
            {
                return _kept.Count > 0 ? _kept.Last() : throw new InvalidOperationException("No request has arrived.");
            }
        }
    }

    /// <summary>Forgets what was kept; the count goes on.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _kept.Clear();
            _bytes = 0;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<RecordedRequest> GetEnumerator()
    {
        RecordedRequest[] kept;
        lock (_lock)
        {
            kept = [.. _kept];
        }

        return ((IEnumerable<RecordedRequest>)kept).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal int NextNumber() => Interlocked.Increment(ref _count);

    internal void Add(RecordedRequest request)
    {
        lock (_lock)
        {
            _kept.Enqueue(request);
            _bytes += request.Body.Length;
            while (_kept.Count > _maxRequests || (_bytes > _maxBytes && _kept.Count > 1))
            {
                _bytes -= _kept.Dequeue().Body.Length;
            }
        }
    }
}
