using Microsoft.Data.Sqlite;
using Weir.Gateway.Access;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Sqlite;

/// <summary>What is read of budgets in SQLite. Parameters of windows are called <c>$kind</c>, <c>$id</c>, <c>$duration</c> and <c>$start</c>.</summary>
internal static class BudgetSql
{
    /// <summary>The condition that picks one window, or its slices.</summary>
    public const string Window = "scope_kind = $kind AND scope_id = $id AND duration = $duration AND window_start = $start";

    /// <summary>Adds a window with <c>$settled</c> and <c>$leased</c>; what happens to one that is there follows.</summary>
    public const string Upsert =
        "INSERT INTO budget_windows (scope_kind, scope_id, duration, window_start, settled, leased) VALUES ($kind, $id, $duration, $start, $settled, $leased) ON CONFLICT (scope_kind, scope_id, duration, window_start)";

    /// <summary>The parameters of a window.</summary>
    public static (string Name, object Value)[] Key(BudgetWindow window, WindowSpan span) =>
        [("$kind", ScopeNames.Of(window.Scope.Kind)), ("$id", window.Scope.Id), ("$duration", window.Window), ("$start", span.Start)];

    /// <summary>What a window holds.</summary>
    public static WindowState Read(SqliteConnection connection, BudgetWindow window, WindowSpan span)
    {
        using var command = Command(connection, $"SELECT settled, leased, lost FROM budget_windows WHERE {Window}", Key(window, span));
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new WindowState(window, span, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), 0)
            : new WindowState(window, span, 0, 0, 0, 0);
    }

    /// <summary>A slice with what is not settled of it, or null.</summary>
    public static SpendCharge? FindSlice(SqliteConnection connection, long epoch) => Slices(connection, "epoch = $epoch", ("$epoch", epoch)) is [var slice] ? slice : null;

    /// <summary>Slices with what is not settled of each.</summary>
    public static List<SpendCharge> Slices(SqliteConnection connection, string condition, (string Name, object Value) value)
    {
        using var command = Command(connection, $"SELECT scope_kind, scope_id, duration, window_start, epoch, amount FROM budget_slices WHERE {condition} ORDER BY epoch", [value]);
        using var reader = command.ExecuteReader();
        var slices = new List<SpendCharge>();
        while (reader.Read())
        {
            slices.Add(new SpendCharge(new Scope(KindOf(reader.GetString(0)), reader.GetString(1)), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)));
        }
        return slices;
    }

    /// <summary>How a replica's slices are.</summary>
    public static List<SliceState> States(SqliteConnection connection, string replica, long wantedSince)
    {
        using var command = Command(connection, """
            SELECT s.epoch, s.lost_at IS NULL, w.wanted_at > $since, w.settled
            FROM budget_slices s JOIN budget_windows w USING (scope_kind, scope_id, duration, window_start)
            WHERE s.replica = $replica ORDER BY s.epoch
            """, [("$replica", replica), ("$since", wantedSince)]);
        using var reader = command.ExecuteReader();
        var states = new List<SliceState>();
        while (reader.Read())
        {
            states.Add(new SliceState(reader.GetInt64(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetInt64(3)));
        }
        return states;
    }

    /// <summary>The rows of what a replica began and did not finish.</summary>
    public static List<byte[]> OpenRequests(SqliteConnection connection, string replica)
    {
        using var command = Command(connection, "SELECT row FROM open_requests WHERE replica = $replica ORDER BY ticket", [("$replica", replica)]);
        using var reader = command.ExecuteReader();
        var rows = new List<byte[]>();
        while (reader.Read())
        {
            rows.Add(reader.GetFieldValue<byte[]>(0));
        }
        return rows;
    }

    /// <summary>A command with its parameters.</summary>
    public static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }
        return command;
    }

    private static ScopeKind KindOf(string name) => ScopeNames.TryParse(name, out var kind)
        ? kind
        : throw new LedgerFormatException($"the budgets hold the scope '{name}', which this build does not know; a later build wrote it");
}
