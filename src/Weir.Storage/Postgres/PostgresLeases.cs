using Npgsql;
using Weir.Gateway.Access;
using Weir.Gateway.Budgets;

namespace Weir.Storage.Postgres;

/// <summary>Lends money out of windows. Needs a transaction, which is to be rolled back when the answer is a refusal.</summary>
internal sealed class PostgresLeases(PostgresDatabase database)
{
    private const string Window = "(scope_kind, scope_id, duration, window_start) = ($1, $2, $3, $4)";

    private readonly BudgetRows _rows = new(database);

    private readonly string _make = $"""
        INSERT INTO {database.Name("budget_windows")} ({PostgresBookings.Key}) SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """;

    private readonly string _others = $"""
        SELECT coalesce(sum(amount), 0)::bigint, count(DISTINCT replica) FILTER (WHERE deadline > $6)
        FROM {database.Name("budget_slices")} WHERE {Window} AND replica <> $5 AND lost_at IS NULL
        """;

    private readonly string _lend = $"UPDATE {database.Name("budget_windows")} SET leased = leased + $5 WHERE {Window}";

    private readonly string _slice = $"""
        WITH grown AS (
            UPDATE {database.Name("budget_slices")} SET amount = amount + $5, deadline = $6
            WHERE epoch = $7 AND {Window} AND replica = $8 AND lost_at IS NULL AND deadline > $9 RETURNING epoch
        ), made AS (
            INSERT INTO {database.Name("budget_slices")} ({PostgresBookings.Key}, replica, amount, deadline)
            SELECT $1, $2, $3, $4, $8, $5, $6 WHERE NOT EXISTS (SELECT FROM grown) RETURNING epoch
        )
        SELECT epoch FROM grown UNION ALL SELECT epoch FROM made
        """;

    public async Task<LeaseAnswer> LeaseAsync(NpgsqlConnection connection, LeaseOrder order, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var windows = order.Items.Select(item => (item.Window, Span: order.Calendar.At(item.Window.Window, now))).ToList();
        var keys = WindowKeys.Of(windows.Select(window => new SpendCharge(window.Window.Scope, window.Window.Window, window.Span.Start, 0, 0)));
        await PostgresSql.ExecuteAsync(connection, _make, [keys.Kinds, keys.Ids, keys.Durations, keys.Starts], cancellationToken);
        var states = await _rows.ReadAsync(connection, windows, lockRows: true, cancellationToken);
        var slices = new List<Slice>(order.Items.Count);
        for (int i = 0; i < order.Items.Count; i++)
        {
            var (item, state) = (order.Items[i], states[i]);
            object?[] key = [ScopeNames.Of(item.Window.Scope.Kind), item.Window.Scope.Id, item.Window.Window, state.Span.Start];
            var (byOthers, others) = await OthersAsync(connection, [.. key, order.Replica, DirectoryTime.Micros(now)], cancellationToken);
            long rest = item.Limit - state.Settled - state.Leased - state.Lost;
            if (rest < item.Need)
            {
                return new LeaseAnswer([], state with { LeasedByOthers = byOthers }, i);
            }

            long given = Math.Max(item.Need, Math.Min(item.Want, rest / (4 * (1 + others))));
            await PostgresSql.ExecuteAsync(connection, _lend, [.. key, given], cancellationToken);
            long epoch = await PostgresSql.NumberAsync(
                connection, _slice, [.. key, given, DirectoryTime.Micros(now + order.Term), item.Epoch, order.Replica, DirectoryTime.Micros(now)], cancellationToken);
            slices.Add(new Slice(epoch, state.Span, given, state.Settled));
        }

        return new LeaseAnswer(slices);
    }

    private async Task<(long Money, long Replicas)> OthersAsync(NpgsqlConnection connection, object?[] values, CancellationToken cancellationToken)
    {
        await using var command = PostgresSql.Command(connection, _others, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetInt64(1)) : default;
    }
}
