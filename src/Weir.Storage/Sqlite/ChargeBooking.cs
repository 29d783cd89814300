using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weir.Gateway.Access;

namespace Weir.Storage.Sqlite;

/// <summary>
/// Books what was spent: out of the slice that it was reserved from, whether that is alive or lost, and in any case into what the window has
/// settled. Needs a transaction.
/// </summary>
internal sealed class ChargeBooking : IDisposable
{
    private const string Key = "scope_kind = ?1 AND scope_id = ?2 AND duration = ?3 AND window_start = ?4";

    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _settle;
    private readonly sqlite3_stmt _slice;
    private readonly sqlite3_stmt _take;
    private readonly sqlite3_stmt _forget;
    private readonly sqlite3_stmt _unlease;
    private readonly sqlite3_stmt _unlose;

    public ChargeBooking(SqliteConnection connection)
    {
        _db = connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        _settle = Prepare("""
            INSERT INTO budget_windows (scope_kind, scope_id, duration, window_start, settled) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (scope_kind, scope_id, duration, window_start) DO UPDATE SET settled = settled + excluded.settled
            """);
        _slice = Prepare("SELECT amount, lost_at IS NOT NULL FROM budget_slices WHERE epoch = ?");
        _take = Prepare("UPDATE budget_slices SET amount = amount - ? WHERE epoch = ?");
        _forget = Prepare("DELETE FROM budget_slices WHERE epoch = ? AND lost_at IS NOT NULL AND amount = 0");
        _unlease = Prepare($"UPDATE budget_windows SET leased = leased - ?5 WHERE {Key}");
        _unlose = Prepare($"UPDATE budget_windows SET lost = lost - ?5 WHERE {Key}");
    }

    /// <summary>Books a charge. An epoch that is gone had nothing left: the money is spent all the same.</summary>
    public void Book(in SpendCharge charge)
    {
        BindKey(_settle, charge);
        Check(raw.sqlite3_bind_int64(_settle, 5, charge.Nanos));
        Run(_settle);
        if (charge.Epoch != 0)
        {
            Free(charge, charge.Nanos);
        }
    }

    /// <summary>Takes money out of a slice and out of what its window has leased or lost. Returns what there was of it.</summary>
    public long Free(in SpendCharge slice, long nanos)
    {
        Check(raw.sqlite3_bind_int64(_slice, 1, slice.Epoch));
        var result = raw.sqlite3_step(_slice);
        var found = result == raw.SQLITE_ROW;
        var (amount, lost) = found ? (raw.sqlite3_column_int64(_slice, 0), raw.sqlite3_column_int(_slice, 1) != 0) : default;
        Check(found || result == raw.SQLITE_DONE ? raw.sqlite3_reset(_slice) : result);
        var taken = Math.Min(amount, nanos);
        if (taken > 0)
        {
            Check(raw.sqlite3_bind_int64(_take, 1, taken));
            Check(raw.sqlite3_bind_int64(_take, 2, slice.Epoch));
            Run(_take);
            var window = lost ? _unlose : _unlease;
            BindKey(window, slice);
            Check(raw.sqlite3_bind_int64(window, 5, taken));
            Run(window);
        }
        if (lost && taken == amount)
        {
            Check(raw.sqlite3_bind_int64(_forget, 1, slice.Epoch));
            Run(_forget);
        }
        return taken;
    }

    public void Dispose()
    {
        _settle.Dispose();
        _slice.Dispose();
        _take.Dispose();
        _forget.Dispose();
        _unlease.Dispose();
        _unlose.Dispose();
    }

    private void BindKey(sqlite3_stmt statement, in SpendCharge charge)
    {
        Check(raw.sqlite3_bind_text(statement, 1, ScopeNames.Of(charge.Scope.Kind)));
        Check(raw.sqlite3_bind_text(statement, 2, charge.Scope.Id));
        Check(raw.sqlite3_bind_text(statement, 3, charge.Window));
        Check(raw.sqlite3_bind_int64(statement, 4, charge.WindowStart));
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return statement;
    }

    private void Run(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        var reset = raw.sqlite3_reset(statement);
        Check(result == raw.SQLITE_DONE ? reset : result);
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, _db);
        }
    }
}
