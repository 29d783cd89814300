using Microsoft.Data.Sqlite;
using Weir.Gateway.Access;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Sqlite;

/// <summary>
/// Budgets in the SQLite file, over the connection that writes rows: one writer, so that every lease is exact and none waits for a lock. The
/// file belongs to one replica; the clock is the process's.
/// </summary>
internal sealed class SqliteBudgetStore(SqliteLedgerStore ledger, TimeProvider time) : IBudgetStore
{
    // How long a refusal makes other replicas hand back what they don't need.
    private const long WantedForMicros = 2_000_000;

    public bool IsShared => false;

    public async ValueTask<LeaseAnswer> LeaseAsync(LeaseOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return await ledger.WriteAsync(
            (insert, connection) =>
            {
                LeaseAnswer? answer = null;
                try
                {
                    insert.InTransaction(() => answer = Lease(connection, order, time.GetUtcNow()));
                    return answer!; // Set by the work, which ran or threw.
                }
                catch (LeaseRefusedException refused)
                {
                    if (refused.State.LeasedByOthers > 0)
                    {
                        Execute(connection, $"UPDATE budget_windows SET wanted_at = $now WHERE {BudgetSql.Window}",
                            [("$now", Micros(time.GetUtcNow())), .. BudgetSql.Key(refused.State.Window, refused.State.Span)]);
                    }
                    return new LeaseAnswer([], refused.State, refused.Item);
                }
            },
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<SliceState>> RenewAsync(string replica, TimeSpan term, CancellationToken cancellationToken) =>
        await ledger.WriteAsync(
            (insert, connection) =>
            {
                List<SliceState> states = [];
                insert.InTransaction(() => states = Renew(connection, replica, term, time.GetUtcNow()));
                return states;
            },
            cancellationToken);

    public async ValueTask ReturnAsync(IReadOnlyList<SliceReturn> returns, CancellationToken cancellationToken) =>
        await ledger.WriteAsync(
            (insert, connection) =>
            {
                insert.InTransaction(() =>
                {
                    foreach (var back in returns)
                    {
                        if (BudgetSql.FindSlice(connection, back.Epoch) is { } slice)
                        {
                            insert.Settlement.Free(slice, back.Nanos);
                        }
                    }
                });
                return true;
            },
            cancellationToken);

    public async ValueTask<ReplicaClosure> CloseReplicaAsync(string replica, CancellationToken cancellationToken) =>
        await ledger.WriteAsync(
            (insert, connection) =>
            {
                var closure = default(ReplicaClosure);
                insert.InTransaction(() => closure = Close(insert, connection, replica));
                return closure;
            },
            cancellationToken);

    public async ValueTask<long> ReleaseLostAsync(Scope? scope, TimeSpan lostFor, CancellationToken cancellationToken) =>
        await ledger.WriteAsync(
            (insert, connection) =>
            {
                var freed = 0L;
                insert.InTransaction(() =>
                {
                    var before = Micros(time.GetUtcNow() - lostFor);
                    foreach (var slice in BudgetSql.Slices(connection, "lost_at <= $before", ("$before", before)).Where(slice => scope is null || slice.Scope == scope))
                    {
                        freed += insert.Settlement.Free(slice, slice.Nanos);
                    }
                });
                return freed;
            },
            cancellationToken);

    public async ValueTask<IReadOnlyList<WindowState>> ReadAsync(
        IReadOnlyList<BudgetWindow> windows, BudgetCalendar calendar, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(calendar);
        var now = time.GetUtcNow();
        return await ledger.ReadAsync(
            connection => windows.Select(window => BudgetSql.Read(connection, window, calendar.At(window.Window, now))).ToList(), cancellationToken);
    }

    public async ValueTask SetSettledAsync(BudgetWindow window, BudgetCalendar calendar, long nanos, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        await ledger.WriteAsync(
            (_, connection) => Execute(connection, $"{BudgetSql.Upsert} DO UPDATE SET settled = excluded.settled",
                [("$settled", nanos), ("$leased", 0L), .. BudgetSql.Key(window, calendar.At(window.Window, time.GetUtcNow()))]),
            cancellationToken);
    }

    private static LeaseAnswer Lease(SqliteConnection connection, LeaseOrder order, DateTimeOffset now)
    {
        var slices = new List<Slice>();
        for (var i = 0; i < order.Items.Count; i++)
        {
            var item = order.Items[i];
            var span = order.Calendar.At(item.Window.Window, now);
            var state = BudgetSql.Read(connection, item.Window, span);
            var rest = item.Limit - state.Settled - state.Leased - state.Lost;
            var key = BudgetSql.Key(item.Window, span);
            if (rest < item.Need)
            {
                var others = Number(connection, $"SELECT coalesce(sum(amount), 0) FROM budget_slices WHERE {BudgetSql.Window} AND replica <> $replica AND lost_at IS NULL",
                    [("$replica", order.Replica), .. key]);
                throw new LeaseRefusedException(state with { LeasedByOthers = others }, i);
            }
            var replicas = 1 + Number(connection, $"SELECT count(DISTINCT replica) FROM budget_slices WHERE {BudgetSql.Window} AND replica <> $replica AND lost_at IS NULL AND deadline > $now",
                [("$replica", order.Replica), ("$now", Micros(now)), .. key]);
            var given = Math.Max(item.Need, Math.Min(item.Want, rest / (4 * replicas)));
            Execute(connection, $"{BudgetSql.Upsert} DO UPDATE SET leased = leased + excluded.leased", [("$settled", 0L), ("$leased", given), .. key]);
            (string, object)[] values = [("$epoch", item.Epoch), ("$given", given), ("$deadline", Micros(now + order.Term)), ("$now", Micros(now)), ("$replica", order.Replica), .. key];
            var epoch = Number(connection, $"UPDATE budget_slices SET amount = amount + $given, deadline = $deadline WHERE epoch = $epoch AND {BudgetSql.Window} AND replica = $replica AND lost_at IS NULL AND deadline > $now RETURNING epoch", values);
            if (epoch == 0)
            {
                epoch = Number(connection, "INSERT INTO budget_slices (scope_kind, scope_id, duration, window_start, replica, amount, deadline) VALUES ($kind, $id, $duration, $start, $replica, $given, $deadline) RETURNING epoch", values);
            }
            slices.Add(new Slice(epoch, span, given, state.Settled));
        }
        return new LeaseAnswer(slices);
    }

    private static List<SliceState> Renew(SqliteConnection connection, string replica, TimeSpan term, DateTimeOffset now)
    {
        foreach (var slice in BudgetSql.Slices(connection, "lost_at IS NULL AND deadline <= $now", ("$now", Micros(now))))
        {
            var window = new BudgetWindow(slice.Scope, slice.Window);
            Execute(connection, $"UPDATE budget_windows SET leased = leased - $amount, lost = lost + $amount WHERE {BudgetSql.Window}",
                [("$amount", slice.Nanos), .. BudgetSql.Key(window, new WindowSpan(slice.WindowStart, 0))]);
            Execute(connection, slice.Nanos == 0 ? "DELETE FROM budget_slices WHERE epoch = $epoch" : "UPDATE budget_slices SET lost_at = $now WHERE epoch = $epoch",
                [("$epoch", slice.Epoch), ("$now", Micros(now))]);
        }
        Execute(connection, "UPDATE budget_slices SET deadline = $deadline WHERE replica = $replica AND lost_at IS NULL",
            [("$deadline", Micros(now + term)), ("$replica", replica)]);
        return BudgetSql.States(connection, replica, Micros(now) - WantedForMicros);
    }

    private static ReplicaClosure Close(LedgerInsert insert, SqliteConnection connection, string replica)
    {
        var sums = new ChargeSums();
        var (interrupted, charged, freed) = (0, 0L, 0L);
        foreach (var payload in BudgetSql.OpenRequests(connection, replica))
        {
            var row = LedgerBatch.RowOf(payload);
            insert.Add(row);
            sums.Add(row);
            interrupted++;
            charged += row.CostNanos;
        }
        Execute(connection, "DELETE FROM open_requests WHERE replica = $replica", [("$replica", replica)]);
        foreach (var charge in sums.Result())
        {
            insert.Settlement.Book(charge);
        }
        foreach (var slice in BudgetSql.Slices(connection, "replica = $replica", ("$replica", replica)))
        {
            freed += insert.Settlement.Free(slice, slice.Nanos);
        }
        Execute(connection, "DELETE FROM budget_slices WHERE replica = $replica", [("$replica", replica)]);
        return new ReplicaClosure(interrupted, charged, freed);
    }

    private static long Micros(DateTimeOffset time) => time.ToUnixTimeMilliseconds() * 1000 + time.Microsecond;

    private static int Execute(SqliteConnection connection, string sql, (string Name, object Value)[] values)
    {
        using var command = BudgetSql.Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql, (string Name, object Value)[] values)
    {
        using var command = BudgetSql.Command(connection, sql, values);
        return command.ExecuteScalar() as long? ?? 0;
    }

    /// <summary>Ends the transaction of a lease that is refused.</summary>
    private sealed class LeaseRefusedException(WindowState state, int item) : Exception
    {
        public WindowState State { get; } = state;

        public int Item { get; } = item;
    }
}
