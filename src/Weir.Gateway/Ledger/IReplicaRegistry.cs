namespace Weir.Gateway.Ledger;

/// <summary>
/// Which replicas of the gateway use a database. While one beats, no step of a migration takes away what its build needs.
/// Implemented in Weir.Storage, one class per database.
/// </summary>
public interface IReplicaRegistry
{
    /// <summary>A replica that has not beaten for so long is no longer waited for.</summary>
    static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    /// <summary>Says that a replica lives. Repeat it well within <see cref="Silence"/>.</summary>
    /// <exception cref="MigrationException">The schema has moved to where this build can't follow; the replica is not counted.</exception>
    ValueTask BeatAsync(Replica replica, CancellationToken cancellationToken);

    /// <summary>Takes a replica out at once; fine when it is not there.</summary>
    ValueTask LeaveAsync(string id, CancellationToken cancellationToken);

    /// <summary>Those that beat within <see cref="Silence"/>, by id.</summary>
    ValueTask<IReadOnlyList<LiveReplica>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>A process of the gateway.</summary>
/// <param name="Id">Unique for each run.</param>
/// <param name="Version">Its build's version.</param>
public sealed record Replica(string Id, string Version);

/// <summary>A replica that lives.</summary>
/// <param name="Id">Unique for each run.</param>
/// <param name="Version">Its build's version.</param>
/// <param name="Schema">Number of the last migration script that its build knows.</param>
/// <param name="SilentFor">Time since its last beat, by the database's clock.</param>
public sealed record LiveReplica(string Id, string Version, int Schema, TimeSpan SilentFor);
