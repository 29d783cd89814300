using Weir.Gateway.Access;

namespace Weir.Gateway.Budgets;

/// <summary>
/// Where money is counted and lent out. For each window <c>settled + leased + lost &lt;= limit</c> holds at every instant, whatever a
/// replica does: money is leased before it is promised. What requests cost is booked by <see cref="Ledger.ILedgerStore.WriteAsync"/> in the
/// transaction that writes their rows. The store's clock decides which window it is. Implemented in Weir.Storage, one class per database.
/// </summary>
public interface IBudgetStore
{
    /// <summary>Whether other replicas may lease from it: then leases are short and unused money is handed back when it is wanted.</summary>
    bool IsShared { get; }

    /// <summary>Leases from every window of the order, or from none, in one transaction.</summary>
    ValueTask<LeaseAnswer> LeaseAsync(LeaseOrder order, CancellationToken cancellationToken);

    /// <summary>
    /// First moves what is unsettled of every slice past its deadline, of any replica, from leased to lost: expiry never frees money that may
    /// have been promised. Then puts off the deadline of the replica's slices that are alive, and says how each of its slices is.
    /// </summary>
    /// <param name="replica">Whose.</param>
    /// <param name="term">Until when, from now.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask<IReadOnlyList<SliceState>> RenewAsync(string replica, TimeSpan term, CancellationToken cancellationToken);

    /// <summary>Frees parts of slices that were promised to nobody, out of leased or, for a slice that has expired, out of lost.</summary>
    ValueTask ReturnAsync(IReadOnlyList<SliceReturn> returns, CancellationToken cancellationToken);

    /// <summary>
    /// After the replica's journal was replayed: each request that was begun and has no row becomes one with the outcome
    /// <see cref="Ledger.RequestOutcome.Interrupted"/> and is charged what was reserved, and the rest of the replica's slices is freed.
    /// </summary>
    ValueTask<ReplicaClosure> CloseReplicaAsync(string replica, CancellationToken cancellationToken);

    /// <summary>Frees what is lost and was so for longer than <paramref name="lostFor"/>; of one scope, or of all when it is null. Returns the nano-dollars.</summary>
    ValueTask<long> ReleaseLostAsync(Scope? scope, TimeSpan lostFor, CancellationToken cancellationToken);

    /// <summary>The windows that it is now, in the order asked; one that nothing was counted in is zero.</summary>
    ValueTask<IReadOnlyList<WindowState>> ReadAsync(IReadOnlyList<BudgetWindow> windows, BudgetCalendar calendar, CancellationToken cancellationToken);

    /// <summary>Sets what is settled in the window that it is now: a spend that is reset by hand.</summary>
    ValueTask SetSettledAsync(BudgetWindow window, BudgetCalendar calendar, long nanos, CancellationToken cancellationToken);
}
