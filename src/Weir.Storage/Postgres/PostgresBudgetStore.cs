using Npgsql;
using Weir.Gateway.Access;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>
/// Budgets in PostgreSQL, shared by all replicas and counted by its clock. Every write locks the rows of its windows first and in one order, so
/// that a lease is exact whoever else asks at the same moment.
/// </summary>
internal sealed class PostgresBudgetStore(PostgresDatabase database) : IBudgetStore
{
    // How long a refusal makes other replicas hand back what they don't need.
    private const long WantedForMicros = 2_000_000;

    private const int Tries = 4;

    private readonly PostgresBookings _bookings = new(database);
    private readonly BudgetRows _rows = new(database);
    private readonly PostgresLeases _leases = new(database);

    public bool IsShared => true;

    public async ValueTask<LeaseAnswer> LeaseAsync(LeaseOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return await InTransactionAsync((connection, now) => _leases.LeaseAsync(connection, order, now, cancellationToken), static answer => answer.Refused is null, cancellationToken) switch
        {
            { Refused: { LeasedByOthers: > 0 } refused } answer => await WantAsync(answer, refused, cancellationToken),
            var answer => answer,
        };
    }

    public async ValueTask<IReadOnlyList<SliceState>> RenewAsync(string replica, TimeSpan term, CancellationToken cancellationToken) =>
        await InTransactionAsync(
            async (connection, now) =>
            {
                long at = Micros(now);
                var slices = await _rows.SlicesAsync(connection, "replica = $1 OR (lost_at IS NULL AND deadline <= $2)", [replica, at], cancellationToken);
                await _bookings.LockAsync(connection, WindowKeys.Of(slices), cancellationToken);
                long[] epochs = [.. slices.Select(slice => slice.Epoch)];
                await _rows.ExpireAsync(connection, epochs, at, cancellationToken);
                await PostgresSql.ExecuteAsync(
                    connection, $"UPDATE {_rows.Slices} SET deadline = $1 WHERE epoch = ANY ($2) AND replica = $3 AND lost_at IS NULL", [Micros(now + term), epochs, replica], cancellationToken);
                return await _rows.StatesAsync(connection, replica, at - WantedForMicros, cancellationToken);
            },
            cancellationToken);

    public async ValueTask ReturnAsync(IReadOnlyList<SliceReturn> returns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(returns);
        var wanted = returns.GroupBy(back => back.Epoch).ToDictionary(back => back.Key, back => back.Sum(part => part.Nanos));
        await InTransactionAsync(
            async (connection, _) =>
            {
                var slices = await _rows.SlicesAsync(connection, "epoch = ANY ($1)", [wanted.Keys.ToArray()], cancellationToken);
                await _bookings.LockAsync(connection, WindowKeys.Of(slices), cancellationToken);
                return await _bookings.FreeAsync(connection, [.. slices.Select(slice => slice with { Nanos = wanted[slice.Epoch] })], cancellationToken);
            },
            cancellationToken);
    }

    public async ValueTask<ReplicaClosure> CloseReplicaAsync(string replica, CancellationToken cancellationToken) =>
        await InTransactionAsync((connection, _) => CloseAsync(connection, replica, cancellationToken), cancellationToken);

    public async ValueTask<long> ReleaseLostAsync(Scope? scope, TimeSpan lostFor, CancellationToken cancellationToken) =>
        await InTransactionAsync(
            async (connection, now) =>
            {
                var slices = (await _rows.SlicesAsync(connection, "lost_at <= $1", [Micros(now - lostFor)], cancellationToken)).FindAll(slice => scope is null || slice.Scope == scope);
                await _bookings.LockAsync(connection, WindowKeys.Of(slices), cancellationToken);
                return await _bookings.FreeAsync(connection, slices, cancellationToken);
            },
            cancellationToken);

    public async ValueTask<IReadOnlyList<WindowState>> ReadAsync(IReadOnlyList<BudgetWindow> windows, BudgetCalendar calendar, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(calendar);
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        var now = await database.NowAsync(connection, cancellationToken);
        return await _rows.ReadAsync(connection, [.. windows.Select(window => (window, calendar.At(window.Window, now)))], lockRows: false, cancellationToken);
    }

    public async ValueTask SetSettledAsync(BudgetWindow window, BudgetCalendar calendar, long nanos, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        await InTransactionAsync(
            async (connection, now) => (long)await PostgresSql.ExecuteAsync(
                connection,
                $"INSERT INTO {_rows.Windows} ({PostgresBookings.Key}, settled) VALUES ($1, $2, $3, $4, $5) ON CONFLICT ({PostgresBookings.Key}) DO UPDATE SET settled = excluded.settled",
                [ScopeNames.Of(window.Scope.Kind), window.Scope.Id, window.Window, calendar.At(window.Window, now).Start, nanos], cancellationToken),
            cancellationToken);
    }

    private static long Micros(DateTimeOffset time) => DirectoryTime.Micros(time);

    /// <summary>Tells those who hold money of the window that another wants some.</summary>
    private async Task<LeaseAnswer> WantAsync(LeaseAnswer answer, WindowState refused, CancellationToken cancellationToken)
    {
        await InTransactionAsync(
            async (connection, now) => (long)await PostgresSql.ExecuteAsync(
                connection,
                $"UPDATE {_rows.Windows} SET wanted_at = $5 WHERE ({PostgresBookings.Key}) = ($1, $2, $3, $4)",
                [ScopeNames.Of(refused.Window.Scope.Kind), refused.Window.Scope.Id, refused.Window.Window, refused.Span.Start, Micros(now)], cancellationToken),
            cancellationToken);
        return answer;
    }

    private async Task<ReplicaClosure> CloseAsync(NpgsqlConnection connection, string replica, CancellationToken cancellationToken)
    {
        var copy = new LedgerCopy(database);
        var sums = new ChargeSums();
        var (interrupted, charged) = (0, 0L);
        copy.Begin();
        foreach (byte[] payload in await new OpenRequests(database).TakeAsync(connection, replica, cancellationToken))
        {
            var row = LedgerBatch.RowOf(payload);
            copy.Add(row);
            sums.Add(row);
            interrupted++;
            charged += row.CostNanos;
        }

        await copy.SendAsync(connection, cancellationToken);
        var charges = sums.Result();
        var slices = await _rows.SlicesAsync(connection, "replica = $1", [replica], cancellationToken);
        await _bookings.LockAsync(connection, WindowKeys.Of(slices.Concat(charges)), cancellationToken);
        await _bookings.BookAsync(connection, charges, cancellationToken);
        long freed = await _bookings.FreeAsync(connection, [.. slices.Select(slice => slice with { Nanos = long.MaxValue / 2 })], cancellationToken);
        await PostgresSql.ExecuteAsync(connection, $"DELETE FROM {_rows.Slices} WHERE epoch = ANY ($1) AND amount = 0", [slices.Select(slice => slice.Epoch).ToArray()], cancellationToken);
        return new ReplicaClosure(interrupted, charged, freed);
    }

    private Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, DateTimeOffset, Task<T>> work, CancellationToken cancellationToken) => InTransactionAsync(work, static _ => true, cancellationToken);

    /// <summary>Runs the work whole or not at all; again when the server ended it for the sake of another.</summary>
    private async Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, DateTimeOffset, Task<T>> work, Func<T, bool> keep, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var result = await work(connection, await database.NowAsync(connection, cancellationToken));
                if (keep(result))
                {
                    await transaction.CommitAsync(cancellationToken);
                }

                return result;
            }
            catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure && attempt < Tries)
            {
                // Nothing of it was kept, so it can be done again.
            }
        }
    }
}
