using Weir.Providers;

namespace Weir.Gateway.Ledger;

/// <summary>An index that lives as long as the process: for a gateway without a database.</summary>
public sealed class MemoryKeptIndex : IKeptIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Owner, KeptKind Kind), List<KeptThing>> _things = [];

    /// <inheritdoc/>
    public ValueTask PutAsync(KeptThing thing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(thing);
        lock (_lock)
        {
            if (!_things.TryGetValue((thing.Owner, thing.Kind), out var things))
            {
                _things.Add((thing.Owner, thing.Kind), things = []);
            }
            var at = things.FindIndex(known => known.Id == thing.Id);
            if (at < 0)
            {
                things.Add(thing);
            }
            else
            {
                things[at] = thing;
            }
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string owner, KeptKind kind, string id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _things.GetValueOrDefault((owner, kind))?.RemoveAll(known => known.Id == id);
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeptThing>> ListAsync(KeptPage page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        lock (_lock)
        {
            IEnumerable<KeptThing> things = _things.GetValueOrDefault((page.Owner, page.Kind)) ?? [];
            things = page.OldestFirst ? things : things.Reverse();
            things = page.After is null ? things : things.SkipWhile(thing => thing.Id != page.After).Skip(1);
            return ValueTask.FromResult<IReadOnlyList<KeptThing>>([.. things.Take(page.Limit)]);
        }
    }
}
