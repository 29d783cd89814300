using Npgsql;
using Weir.Gateway.Access;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>Rows of windows and slices.</summary>
internal sealed class BudgetRows(PostgresDatabase database)
{
    public string Windows { get; } = database.Name("budget_windows");

    public string Slices { get; } = database.Name("budget_slices");

    /// <summary>What windows hold, in the order asked; one that is not there is zero. Locked in the common order, when asked to.</summary>
    public async Task<List<WindowState>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<(BudgetWindow Window, WindowSpan Span)> windows, bool lockRows, CancellationToken cancellationToken)
    {
        var keys = WindowKeys.Of(windows.Select(window => new SpendCharge(window.Window.Scope, window.Window.Window, window.Span.Start, 0, 0)));
        var found = new Dictionary<(string, string, string, long), (long Settled, long Leased, long Lost)>();
        await using var command = PostgresSql.Command(
            connection,
            $"""
            SELECT scope_kind, scope_id, duration, window_start, w.settled, w.leased, w.lost
            FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS k ({PostgresBookings.Key}, place) JOIN {Windows} AS w USING ({PostgresBookings.Key})
            ORDER BY k.place {(lockRows ? "FOR UPDATE OF w" : "")}
            """,
            keys.Kinds, keys.Ids, keys.Durations, keys.Starts);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                found[(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3))] = (reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6));
            }
        }

        return [.. windows.Select(window =>
        {
            var books = found.GetValueOrDefault((ScopeNames.Of(window.Window.Scope.Kind), PostgresSql.Clean(window.Window.Scope.Id), window.Window.Window, window.Span.Start));
            return new WindowState(window.Window, window.Span, books.Settled, books.Leased, books.Lost, 0);
        })];
    }

    /// <summary>Slices with what is not settled of each.</summary>
    public async Task<List<SpendCharge>> SlicesAsync(NpgsqlConnection connection, string condition, object?[] values, CancellationToken cancellationToken)
    {
        await using var command = PostgresSql.Command(connection, $"SELECT {PostgresBookings.Key}, epoch, amount FROM {Slices} WHERE {condition} ORDER BY epoch", values);
        var slices = new List<SpendCharge>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            slices.Add(new SpendCharge(new Scope(KindOf(reader.GetString(0)), reader.GetString(1)), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)));
        }

        return slices;
    }

    /// <summary>Moves what is unsettled of slices past their deadline from leased to lost. Their windows are locked.</summary>
    public async Task ExpireAsync(NpgsqlConnection connection, long[] epochs, long now, CancellationToken cancellationToken)
    {
        await PostgresSql.ExecuteAsync(
            connection,
            $"""
            WITH dead AS (
                UPDATE {Slices} SET lost_at = $2 WHERE epoch = ANY ($1) AND lost_at IS NULL AND deadline <= $2 RETURNING {PostgresBookings.Key}, amount
            ), sums AS (
                SELECT {PostgresBookings.Key}, sum(amount)::bigint AS amount FROM dead GROUP BY {PostgresBookings.Key}
            )
            UPDATE {Windows} AS w SET leased = w.leased - sums.amount, lost = w.lost + sums.amount FROM sums
            WHERE (w.scope_kind, w.scope_id, w.duration, w.window_start) = (sums.scope_kind, sums.scope_id, sums.duration, sums.window_start)
            """,
            [epochs, now], cancellationToken);
        await PostgresSql.ExecuteAsync(connection, $"DELETE FROM {Slices} WHERE epoch = ANY ($1) AND lost_at IS NOT NULL AND amount = 0", [epochs], cancellationToken);
    }

    /// <summary>How a replica's slices are.</summary>
    public async Task<List<SliceState>> StatesAsync(NpgsqlConnection connection, string replica, long wantedSince, CancellationToken cancellationToken)
    {
        await using var command = PostgresSql.Command(
            connection,
            $"SELECT s.epoch, s.lost_at IS NULL, w.wanted_at > $2, w.settled FROM {Slices} AS s JOIN {Windows} AS w USING ({PostgresBookings.Key}) WHERE s.replica = $1 ORDER BY s.epoch",
            replica, wantedSince);
        var states = new List<SliceState>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            states.Add(new SliceState(reader.GetInt64(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetInt64(3)));
        }

        return states;
    }

    private static ScopeKind KindOf(string name) => ScopeNames.TryParse(name, out var kind)
        ? kind
        : throw new LedgerFormatException($"the budgets hold the scope '{name}', which this build does not know; a later build wrote it");
}
