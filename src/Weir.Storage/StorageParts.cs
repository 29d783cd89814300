using Weir.Gateway.Access.Directory;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;

namespace Weir.Storage;

/// <summary>What a driver brings.</summary>
internal sealed record StorageParts
{
    public required ILedgerStore Ledger { get; init; }

    public required IBudgetStore Budgets { get; init; }

    public required IKeptIndex Kept { get; init; }

    public required IDirectoryStore Directory { get; init; }

    public required IMigrationRunner Migrations { get; init; }

    public required IReplicaRegistry Replicas { get; init; }

    public required string Description { get; init; }

    /// <summary>What differs from what was asked for; empty for nothing.</summary>
    public string Notice { get; init; } = "";

    /// <summary>Completes when the database can be used.</summary>
    public Func<CancellationToken, Task> Reach { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Closes it.</summary>
    public required IDisposable Owned { get; init; }
}
