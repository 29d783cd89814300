using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Something that was handed out for a time.</summary>
/// <param name="Value">It.</param>
/// <param name="RefreshAt">From when on a new one is fetched, while this one still serves.</param>
/// <param name="EndsAt">From when on it must not be used.</param>
internal sealed record Lease<T>(T Value, DateTimeOffset RefreshAt, DateTimeOffset EndsAt)
    where T : class;

/// <summary>
/// Keeps one thing that ends fresh. While it is valid nobody waits: from its refresh time on, one background fetch renews it, and when that
/// fails the old one serves until its end. Without a valid one all callers wait for the same fetch.
/// </summary>
internal sealed class Renewal<T>
    where T : class
{
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseWithValue = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseWithout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DropPause = TimeSpan.FromSeconds(30);

    private readonly Func<CancellationToken, Task<Lease<T>>> _fetch;
    private readonly Func<Exception, UpstreamFault> _explain;
    private readonly TimeProvider _time;
    private readonly Action<UpstreamFault> _trouble;
    private readonly Lock _gate = new();

    private Lease<T>? _lease;
    private Task<UpstreamFault?>? _flight;
    private UpstreamFault? _fault;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private DateTimeOffset _dropped = DateTimeOffset.MinValue;

    /// <summary>Fetches nothing yet.</summary>
    /// <param name="fetch">Fetches over the wire.</param>
    /// <param name="explain">Says what a failed fetch means.</param>
    /// <param name="time">Clock.</param>
    /// <param name="trouble">Told of every failed fetch, also of those that nobody waits for.</param>
    public Renewal(Func<CancellationToken, Task<Lease<T>>> fetch, Func<Exception, UpstreamFault> explain, TimeProvider time, Action<UpstreamFault> trouble)
    {
        _fetch = fetch;
        _explain = explain;
        _time = time;
        _trouble = trouble;
    }

    /// <summary>The fetch in progress or the last one; null before the first.</summary>
    internal Task<UpstreamFault?>? Flight
    {
        get
        {
            lock (_gate)
            {
                return _flight;
            }
        }
    }

    /// <summary>What is valid now, without waiting; null when somebody has to wait for <see cref="GetAsync"/>. Starts the fetch ahead.</summary>
    public T? Current()
    {
        var now = _time.GetUtcNow();
        if (Volatile.Read(ref _lease) is not { } lease || now >= lease.EndsAt)
        {
            return null;
        }
        if (now >= lease.RefreshAt)
        {
            // Nobody waits for it; its failure is told to the log and tried again later.
            _ = FetchOnceAsync();
        }
        return lease.Value;
    }

    /// <summary>What is valid now, fetched if need be; or the fault.</summary>
    public async ValueTask<(T? Value, UpstreamFault? Fault)> GetAsync(CancellationToken cancellationToken)
    {
        if (Current() is { } fresh)
        {
            return (fresh, null);
        }
        if (await FetchOnceAsync().WaitAsync(cancellationToken) is { } fault)
        {
            return (null, fault);
        }
        return Current() is { } fetched
            ? (fetched, null)
            : (null, new(FaultKind.CredentialUnavailable, 0, "The credentials that were fetched are already at their end; check the clock of this machine."));
    }

    /// <summary>
    /// Forgets it after a refusal. Two requests that were refused with one value must not drop the new one as well, and a permanent refusal
    /// must not turn into a fetch per request: at most one drop in half a minute.
    /// </summary>
    public void Drop()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (now - _dropped >= DropPause)
            {
                _dropped = now;
                Volatile.Write(ref _lease, null);
            }
        }
    }

    private Task<UpstreamFault?> FetchOnceAsync()
    {
        lock (_gate)
        {
            if (_flight is { IsCompleted: false } running)
            {
                return running;
            }
            if (_fault is not null && _time.GetUtcNow() < _notBefore)
            {
                return Task.FromResult<UpstreamFault?>(_fault);
            }

            // What reads files and builds requests must not run on the caller's time, nor under the lock.
            return _flight = Task.Run(FetchAsync, CancellationToken.None);
        }
    }

    private async Task<UpstreamFault?> FetchAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(FetchLimit, _time);
            var lease = await _fetch(limit.Token);
            lock (_gate)
            {
                _fault = null;
                _notBefore = DateTimeOffset.MinValue;
                Volatile.Write(ref _lease, lease);
            }
            return null;
        }
        catch (Exception e)
        {
            // A boundary: a fetch ahead has no caller to throw to, and upstream trouble is a value. The text goes to the log through _trouble.
            var fault = _explain(e);
            var now = _time.GetUtcNow();
            lock (_gate)
            {
                _fault = fault;
                _notBefore = now + (Volatile.Read(ref _lease) is { } lease && now < lease.EndsAt ? PauseWithValue : PauseWithout);
            }
            _trouble(fault);
            return fault;
        }
    }
}
