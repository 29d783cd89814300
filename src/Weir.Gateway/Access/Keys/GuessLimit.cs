using System.Collections.Concurrent;
using System.Net;

namespace Weir.Gateway.Access.Keys;

/// <summary>
/// How many unknown keys an address may try: each costs a query. Beyond the bound its unknown keys are refused unasked; keys that are known
/// here already are not touched by it.
/// </summary>
internal sealed class GuessLimit(TimeProvider time)
{
    private const double Burst = 60;
    private const double PerSecond = 10;
    private const int MostAddresses = 4096;

    private readonly ConcurrentDictionary<IPAddress, Bucket> _buckets = new();
    private readonly Bucket _others = new();

    /// <summary>Takes one try; false when none is left. Give it back with <see cref="Return"/> when the key was a good one.</summary>
    internal bool TryTake(IPAddress? address) => Of(address).TryTake(time);

    /// <summary>The key was known after all.</summary>
    internal void Return(IPAddress? address) => Of(address).Return();

    private Bucket Of(IPAddress? address)
    {
        if (address is null)
        {
            return _others;
        }
        if (_buckets.TryGetValue(address, out var bucket))
        {
            return bucket;
        }
        if (_buckets.Count >= MostAddresses)
        {
            foreach (var (old, idle) in _buckets)
            {
                if (idle.IsFull(time))
                {
                    _buckets.TryRemove(old, out _);
                }
            }
        }
        // So many addresses that guess at once are an attack: they share one bound.
        return _buckets.Count >= MostAddresses ? _others : _buckets.GetOrAdd(address, static _ => new Bucket());
    }

    private sealed class Bucket
    {
        private readonly Lock _lock = new();
        private double _left = Burst;
        private long _at;

        internal bool TryTake(TimeProvider time)
        {
            lock (_lock)
            {
                Refill(time);
                if (_left < 1)
                {
                    return false;
                }
                _left--;
                return true;
            }
        }

        internal void Return()
        {
            lock (_lock)
            {
                _left = Math.Min(Burst, _left + 1);
            }
        }

        internal bool IsFull(TimeProvider time)
        {
            lock (_lock)
            {
                Refill(time);
                return _left >= Burst;
            }
        }

        private void Refill(TimeProvider time)
        {
            var now = time.GetTimestamp();
            _left = _at == 0 ? _left : Math.Min(Burst, _left + (time.GetElapsedTime(_at, now).TotalSeconds * PerSecond));
            _at = now;
        }
    }
}
