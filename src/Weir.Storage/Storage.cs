using Weir.Gateway.Access.Directory;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;

namespace Weir.Storage;

/// <summary>An opened database. Dispose it after the journal that feeds it.</summary>
public sealed class Storage : IDisposable
{
    private readonly StorageParts _parts;

    internal Storage(StorageParts parts) => _parts = parts;

    /// <summary>Where request rows go.</summary>
    public ILedgerStore Ledger => _parts.Ledger;

    /// <summary>Where money is counted and lent out.</summary>
    public IBudgetStore Budgets => _parts.Budgets;

    /// <summary>Whose the files and batches are that upstreams keep.</summary>
    public IKeptIndex Kept => _parts.Kept;

    /// <summary>Keys, teams, users and the like.</summary>
    public IDirectoryStore Directory => _parts.Directory;

    /// <summary>Its schema.</summary>
    public IMigrationRunner Migrations => _parts.Migrations;

    /// <summary>Which replicas of the gateway use it.</summary>
    public IReplicaRegistry Replicas => _parts.Replicas;

    /// <summary>For people, e.g. <c>SQLite in /var/lib/weir/weir.db</c>; never holds a credential.</summary>
    public string Description => _parts.Description;

    /// <summary>What differs from what was asked for, to be logged as a warning; empty for nothing.</summary>
    public string Notice => _parts.Notice;

    /// <summary>
    /// Waits until the database can be used: a server that is away or still starting is tried again each second for a minute. An embedded file
    /// needs no wait. Call it before <see cref="IMigrationRunner.Migrate"/>.
    /// </summary>
    /// <exception cref="StorageUnavailableException">It did not come within the minute, or it refuses who asks.</exception>
    public Task ReachAsync(CancellationToken cancellationToken) => _parts.Reach(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _parts.Owned.Dispose();
}
