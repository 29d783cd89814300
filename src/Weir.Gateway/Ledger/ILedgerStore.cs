namespace Weir.Gateway.Ledger;

/// <summary>Where the journal's rows end up and are queried. Implemented in Weir.Storage, one class per database.</summary>
public interface ILedgerStore
{
    /// <summary>
    /// Commits every row of the batch, or none, in one transaction. Rows that an earlier call committed are skipped:
    /// a row's identity is its segment and position, so that a replayed journal or a retried batch writes nothing twice.
    /// </summary>
    /// <param name="batch">Rows in the order of the journal; readable until the returned task completes.</param>
    /// <param name="cancellationToken">Stops the wait; the transaction may or may not have been committed.</param>
    ValueTask WriteAsync(LedgerBatch batch, CancellationToken cancellationToken);

    /// <summary>The newest row with this call id, or null.</summary>
    ValueTask<LedgerEntry?> FindAsync(string callId, CancellationToken cancellationToken);

    /// <summary>One page of rows, the latest start first.</summary>
    ValueTask<LedgerPage> ListAsync(LedgerQuery query, CancellationToken cancellationToken);

    /// <summary>Sums by model group over requests started in <c>[from, to)</c>, ordered by group.</summary>
    ValueTask<IReadOnlyList<GroupTotal>> TotalsByGroupAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
