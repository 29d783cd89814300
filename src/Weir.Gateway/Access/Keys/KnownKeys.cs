using System.Collections.Concurrent;
using System.Net;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Access.Keys;

/// <summary>
/// The callers behind keys of the directory. Those that were read are kept until something that they are made of changes. Hashes of unknown
/// keys are remembered apart, so that guessing can neither push good keys out nor ask the store beyond a bound.
/// </summary>
internal sealed class KnownKeys : IDirectoryDerived
{
    private const int MostCallers = 10_000;
    private const int MostUnknown = 4096;
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(60);

    private readonly JoinedCache<KeyHash, Caller?> _callers;
    private readonly ConcurrentDictionary<KeyHash, long> _unknown = new();
    private readonly GuessLimit _guesses;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _drops;
    private volatile bool _suspended;

    internal KnownKeys(CallerReader reader, TimeProvider time)
    {
        _time = time;
        _guesses = new GuessLimit(time);
        _callers = new JoinedCache<KeyHash, Caller?>(MostCallers, reader.ReadAsync);
    }

    /// <summary>How many callers are kept.</summary>
    internal int Count => _callers.Count;

    /// <summary>How many unknown keys are remembered.</summary>
    internal int UnknownCount => _unknown.Count;

    /// <summary>While true every request asks the store, and fails when that is away.</summary>
    public bool Suspended
    {
        get => _suspended;
        set => _suspended = value;
    }

    /// <summary>The caller when it is known here; null when the store has to be asked.</summary>
    internal Caller? Find(in KeyHash hash) => !_suspended && _callers.TryFind(hash, out var caller) ? caller : null;

    /// <summary>Asks the store. Null when there is no such key.</summary>
    /// <param name="hash">Of the key.</param>
    /// <param name="from">Who asks; guesses are counted by address.</param>
    /// <param name="cancellationToken">Ends the wait, not the question.</param>
    /// <exception cref="GatewayException">Too many unknown keys from this address, or the store is away.</exception>
    internal async ValueTask<Caller?> AskAsync(KeyHash hash, IPAddress? from, CancellationToken cancellationToken)
    {
        if (!_suspended && _unknown.TryGetValue(hash, out var at) && _time.GetElapsedTime(at) < UnknownFor)
        {
            return null;
        }
        if (!_guesses.TryTake(from))
        {
            throw new GatewayException(new GatewayError(ErrorKind.TooManyUnknownKeys,
                "Too many unknown keys were tried from this address. Check the key, and try again in a second.") { RetryAfter = TimeSpan.FromSeconds(1) });
        }
        var drops = Volatile.Read(ref _drops);
        Caller? caller;
        try
        {
            caller = await _callers.LoadAsync(hash, static found => found is not null, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _guesses.Return(from);
            throw new GatewayException(new GatewayError(ErrorKind.DirectoryUnavailable, "No connected db."), error);
        }
        if (caller is not null)
        {
            _guesses.Return(from);
            return caller;
        }
        Remember(hash, drops);
        return null;
    }

    /// <inheritdoc/>
    public void Drop(DirectoryKind kind, string id)
    {
        lock (_lock)
        {
            _drops++;
        }
        if (kind is DirectoryKind.Key or DirectoryKind.RetiredKey && KeyHash.TryParse(id, out var hash))
        {
            _unknown.TryRemove(hash, out _);
        }
        _callers.Drop(kind, id);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_lock)
        {
            _drops++;
        }
        _unknown.Clear();
        _callers.Clear();
    }

    private void Remember(in KeyHash hash, long drops)
    {
        lock (_lock)
        {
            // A key that was made since the store was asked must not stay unknown.
            if (_drops != drops)
            {
                return;
            }
            if (_unknown.Count >= MostUnknown)
            {
                _unknown.Clear();
            }
            _unknown[hash] = _time.GetTimestamp();
        }
    }
}
