using Npgsql;
using Weir.Gateway.Access;

namespace Weir.Storage.Postgres;

/// <summary>
/// Books what was spent: out of the slice that it was reserved from, whether that is alive or lost, and in any case into what the window has
/// settled. Needs a transaction. Who writes a slice locks its window's row first, in a statement of its own: the next one sees what is true then.
/// </summary>
internal sealed class PostgresBookings(PostgresDatabase database)
{
    public const string Key = "scope_kind, scope_id, duration, window_start";

    private readonly string _settle = $"""
        INSERT INTO {database.Name("budget_windows")} AS w ({Key}, settled) SELECT * FROM unnest($1, $2, $3, $4, $5)
        ON CONFLICT ({Key}) DO UPDATE SET settled = w.settled + excluded.settled
        """;

    private readonly string _lock = $"""
        SELECT 1 FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS k ({Key}, place) JOIN {database.Name("budget_windows")} AS w USING ({Key}) ORDER BY k.place FOR UPDATE OF w
        """;

    private readonly string _free = $"""
        WITH taken AS (
            SELECT s.epoch, {Key}, least(s.amount, wanted.nanos) AS nanos, s.lost_at IS NOT NULL AS dead
            FROM unnest($1, $2) AS wanted (epoch, nanos) JOIN {database.Name("budget_slices")} AS s USING (epoch)
        ), cut AS (
            UPDATE {database.Name("budget_slices")} AS s SET amount = s.amount - taken.nanos FROM taken WHERE s.epoch = taken.epoch AND taken.nanos > 0
        ), sums AS (
            SELECT {Key}, coalesce(sum(nanos) FILTER (WHERE NOT dead), 0)::bigint AS leased, coalesce(sum(nanos) FILTER (WHERE dead), 0)::bigint AS lost FROM taken GROUP BY {Key}
        ), moved AS (
            UPDATE {database.Name("budget_windows")} AS w SET leased = w.leased - sums.leased, lost = w.lost - sums.lost FROM sums
            WHERE (w.scope_kind, w.scope_id, w.duration, w.window_start) = (sums.scope_kind, sums.scope_id, sums.duration, sums.window_start)
        )
        SELECT coalesce(sum(nanos), 0)::bigint FROM taken
        """;

    private readonly string _forget = $"DELETE FROM {database.Name("budget_slices")} WHERE epoch = ANY ($1) AND lost_at IS NOT NULL AND amount = 0";

    /// <summary>Books charges. An epoch that is gone had nothing left: the money is spent all the same.</summary>
    public async Task BookAsync(NpgsqlConnection connection, IReadOnlyList<SpendCharge> charges, CancellationToken cancellationToken)
    {
        if (charges.Count == 0)
        {
            return;
        }

        var windows = WindowKeys.Of(charges);
        await PostgresSql.ExecuteAsync(connection, _settle, [windows.Kinds, windows.Ids, windows.Durations, windows.Starts, windows.Nanos], cancellationToken);
        await FreeAsync(connection, [.. charges.Where(charge => charge.Epoch != 0)], cancellationToken);
    }

    /// <summary>Locks the rows of windows that are there.</summary>
    public async Task LockAsync(NpgsqlConnection connection, WindowKeys windows, CancellationToken cancellationToken)
    {
        if (windows.Count > 0)
        {
            await PostgresSql.ExecuteAsync(connection, _lock, [windows.Kinds, windows.Ids, windows.Durations, windows.Starts], cancellationToken);
        }
    }

    /// <summary>Takes money out of slices, whose windows are locked, and out of what those have leased or lost. Returns what there was of it.</summary>
    public async Task<long> FreeAsync(NpgsqlConnection connection, IReadOnlyList<SpendCharge> slices, CancellationToken cancellationToken)
    {
        if (slices.Count == 0)
        {
            return 0;
        }

        var sums = slices.GroupBy(slice => slice.Epoch).Select(slice => (Epoch: slice.Key, Nanos: slice.Sum(part => part.Nanos))).ToList();
        long[] epochs = [.. sums.Select(slice => slice.Epoch)];
        long freed = await PostgresSql.NumberAsync(connection, _free, [epochs, sums.Select(slice => slice.Nanos).ToArray()], cancellationToken);
        await PostgresSql.ExecuteAsync(connection, _forget, [epochs], cancellationToken);
        return freed;
    }
}
