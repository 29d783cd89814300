using Weir.Gateway.Audit;

namespace Weir.Gateway.Ledger;

/// <summary>A store that tells the audit's checkpoints of each batch that it has committed.</summary>
/// <param name="inner">Does the work.</param>
/// <param name="checkpoints">Told of rows.</param>
public sealed class CheckpointedStore(ILedgerStore inner, AuditCheckpoints checkpoints) : ILedgerStore
{
    /// <inheritdoc/>
    public async ValueTask WriteAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await inner.WriteAsync(batch, cancellationToken);
        checkpoints.Committed(batch.Total);
    }

    /// <inheritdoc/>
    public ValueTask<LedgerEntry?> FindAsync(string callId, CancellationToken cancellationToken) => inner.FindAsync(callId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LedgerPage> ListAsync(LedgerQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<GroupTotal>> TotalsByGroupAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        inner.TotalsByGroupAsync(from, to, cancellationToken);
}
