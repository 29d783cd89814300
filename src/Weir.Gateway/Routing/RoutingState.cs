using System.Collections.Concurrent;

namespace Weir.Gateway.Routing;

/// <summary>Runtime state of every deployment by id. One per process; outlives every <see cref="RoutingTable"/>.</summary>
internal sealed class RoutingState(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DeploymentState> _states = new(StringComparer.Ordinal);
    private readonly Lock _membership = new();

    /// <summary>The clock that all states share.</summary>
    public RoutingClock Clock { get; } = new(time);

    /// <summary>Every state, also of removed deployments that still have calls in flight.</summary>
    public ICollection<DeploymentState> All => _states.Values;

    /// <summary>The state under an id, made when it is new.</summary>
    public DeploymentState Get(string id)
    {
        lock (_membership)
        {
            var state = _states.GetOrAdd(id, static (key, self) => new DeploymentState(key, self.Clock, self), this);

            // A table that is being built uses it: it must not be dropped before that table comes into force.
            state.SetRetired(false);
            return state;
        }
    }

    /// <summary>The state under an id, if there is one.</summary>
    public DeploymentState? Find(string id) => _states.GetValueOrDefault(id);

    /// <summary>
    /// Called when a table comes into force: states that it doesn't name are dropped, those with calls in flight when the last one ends.
    /// </summary>
    public void Keep(RoutingTable table)
    {
        lock (_membership)
        {
            foreach (var state in _states.Values)
            {
                if (state.SetRetired(!table.HasDeployment(state.Id)))
                {
                    _states.TryRemove(KeyValuePair.Create(state.Id, state));
                }
            }
        }
    }

    /// <summary>Drops a retired state whose last call has ended.</summary>
    internal void DropIfIdle(DeploymentState state)
    {
        lock (_membership)
        {
            // Looked at again under the lock: a reload may have taken the deployment back in between.
            if (state.IsDroppable)
            {
                _states.TryRemove(KeyValuePair.Create(state.Id, state));
            }
        }
    }
}
