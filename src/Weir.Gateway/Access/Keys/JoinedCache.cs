using System.Collections.Concurrent;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Access.Keys;

/// <summary>What was read, and of what it was made: a change of any of these drops it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Sources">Entries of the directory, those that were looked for and not found included.</param>
internal sealed record Derived<T>(T Value, IReadOnlyList<(DirectoryKind Kind, string Id)> Sources);

/// <summary>
/// Values that are made of the directory, kept until it changes. A hit takes no lock and allocates nothing. Those who miss the same key at
/// once are joined, so that the store is asked once; whoever asks after a change never gets what was read before it.
/// </summary>
internal sealed class JoinedCache<TKey, T>(int most, Func<TKey, Task<Derived<T>>> load)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Kept> _kept = new();
    private readonly Dictionary<TKey, Task<Derived<T>>> _loading = [];
    private readonly Lock _lock = new();
    private int _count;
    private long _drops;

    /// <summary>How many are kept.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>The value, when it is here.</summary>
    internal bool TryFind(TKey key, out T value)
    {
        if (_kept.TryGetValue(key, out var kept))
        {
            // Written only when it changes: a hot key must not make its line of memory travel between cores.
            if (!kept.Used)
            {
                kept.Used = true;
            }
            value = kept.Derived.Value;
            return true;
        }
        value = default!; // The result says that there is none.
        return false;
    }

    /// <summary>Reads the value, joined with whoever reads it already.</summary>
    internal async ValueTask<T> LoadAsync(TKey key, Func<T, bool> keep, CancellationToken cancellationToken)
    {
        Task<Derived<T>> loading;
        lock (_lock)
        {
            if (!_loading.TryGetValue(key, out var running))
            {
                running = RunAsync(key, keep, _drops);
                _loading[key] = running;
            }
            loading = running;
        }
        return (await loading.WaitAsync(cancellationToken)).Value;
    }

    /// <summary>Drops what was made of an entry, and what is being read right now and may be made of it.</summary>
    internal void Drop(DirectoryKind kind, string id)
    {
        lock (_lock)
        {
            _drops++;
            _loading.Clear();
            foreach (var (key, kept) in _kept)
            {
                if (kept.Derived.Sources.Contains((kind, id)))
                {
                    Forget(key);
                }
            }
        }
    }

    /// <summary>Drops everything.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _drops++;
            _loading.Clear();
            foreach (var (key, _) in _kept)
            {
                Forget(key);
            }
        }
    }

    private async Task<Derived<T>> RunAsync(TKey key, Func<T, bool> keep, long drops)
    {
        // Leaves the lock of the caller before anything is read.
        await Task.Yield();
        try
        {
            var derived = await load(key);
            lock (_lock)
            {
                if (_drops == drops && keep(derived.Value))
                {
                    Add(key, derived);
                }
            }
            return derived;
        }
        finally
        {
            lock (_lock)
            {
                if (_drops == drops)
                {
                    _loading.Remove(key);
                }
            }
        }
    }

    private void Add(TKey key, Derived<T> derived)
    {
        if (_kept.TryAdd(key, new Kept(derived)))
        {
            _count++;
        }
        if (_count > most)
        {
            Sweep();
        }
    }

    /// <summary>Those that nobody asked for since the last sweep go first; a quarter goes in any case, so that sweeps are rare.</summary>
    private void Sweep()
    {
        foreach (var (key, kept) in _kept)
        {
            if (!kept.Used)
            {
                Forget(key);
            }
            kept.Used = false;
        }
        foreach (var (key, _) in _kept)
        {
            if (_count <= most * 3 / 4)
            {
                break;
            }
            Forget(key);
        }
    }

    private void Forget(TKey key)
    {
        if (_kept.TryRemove(key, out _))
        {
            _count--;
        }
    }

    private sealed class Kept(Derived<T> derived)
    {
        internal Derived<T> Derived => derived;

        internal volatile bool Used = true;
    }
}
