using System.Collections.Concurrent;

namespace Weir.TestKit.Wire;

/// <summary>What the server keeps between requests, by id, in the order of its coming.</summary>
internal sealed class ServerMemory<T>
    where T : class
{
    private readonly ConcurrentDictionary<string, (int Order, T Thing)> _things = new(StringComparer.Ordinal);
    private int _order;

    public IEnumerable<T> All => _things.Values.OrderBy(t => t.Order).Select(t => t.Thing);

    public T? Find(string? id) => id is not null && _things.TryGetValue(id, out var found) ? found.Thing : null;

    public void Keep(string id, T thing)
    {
        var order = _things.TryGetValue(id, out var old) ? old.Order : Interlocked.Increment(ref _order);
        _things[id] = (order, thing);
    }

    public bool Forget(string? id) => id is not null && _things.TryRemove(id, out _);
}
