namespace Weir.Gateway.Audit;

/// <summary>
/// Reads the audit rows that <see cref="Ledger.ILedgerStore.WriteAsync"/> chains, and keeps the checkpoints. Implemented in Weir.Storage, one
/// class per database.
/// </summary>
public interface IAuditStore
{
    /// <summary>The head of every chain, as of one moment, by name.</summary>
    ValueTask<IReadOnlyList<AuditHead>> HeadsAsync(CancellationToken cancellationToken);

    /// <summary>Every chain that has rows, by name; also one whose head is gone.</summary>
    ValueTask<IReadOnlyList<string>> ChainsAsync(CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="most"/> rows of a chain with numbers above <paramref name="after"/>, in order.</summary>
    ValueTask<IReadOnlyList<AuditRow>> ReadAsync(string chain, long after, int most, CancellationToken cancellationToken);

    /// <summary>A page of rows of all chains, by time.</summary>
    ValueTask<IReadOnlyList<AuditRow>> ListAsync(AuditQuery query, CancellationToken cancellationToken);

    /// <summary>Keeps a checkpoint.</summary>
    ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>All checkpoints, by signer and number.</summary>
    ValueTask<IReadOnlyList<StoredCheckpoint>> CheckpointsAsync(CancellationToken cancellationToken);

    /// <summary>Number of a signer's last checkpoint; 0 for none.</summary>
    ValueTask<long> LastCheckpointAsync(string signer, CancellationToken cancellationToken);

    /// <summary>Deletes the rows of a stretch and keeps the stretch, in one transaction. Returns how many rows went.</summary>
    ValueTask<long> PruneAsync(AuditStretch stretch, CancellationToken cancellationToken);

    /// <summary>All stretches, by chain and number.</summary>
    ValueTask<IReadOnlyList<AuditStretch>> StretchesAsync(CancellationToken cancellationToken);

    /// <summary>What the ledger says of these requests; several when a call id was used several times.</summary>
    ValueTask<IReadOnlyList<LedgerCall>> LedgerCallsAsync(IReadOnlyCollection<string> callIds, CancellationToken cancellationToken);

    /// <summary>How many rows of the ledger have no audit row.</summary>
    ValueTask<long> UnauditedCallsAsync(CancellationToken cancellationToken);
}
