using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Weir.EndToEnd.Soak;

/// <summary>The ledger as anyone with SQLite sees it, after the gateway has ended.</summary>
internal static class LedgerFile
{
    /// <summary>Every complete call and every call that a model saw has exactly one row; no call has two.</summary>
    public static void IsExact(string folder, IReadOnlyCollection<SoakCall> calls, IEnumerable<string> seen)
    {
        var rows = RowsByCall(folder);
        var report = new StringBuilder();
        foreach (var (id, count) in rows.Where(row => row.Value.Count != 1).Select(row => (row.Key, row.Value.Count)))
        {
            report.AppendLine(CultureInfo.InvariantCulture, $"{id} has {count} rows");
        }

        foreach (var call in calls.Where(call => call.End == SoakEnd.Complete))
        {
            if (!rows.TryGetValue(call.Id, out var row))
            {
                report.AppendLine(CultureInfo.InvariantCulture, $"{call} has no row");
            }
            else if (row[0] != "success")
            {
                report.AppendLine(CultureInfo.InvariantCulture, $"{call} is written down as {row[0]}");
            }
        }

        foreach (var id in seen.Where(id => !rows.ContainsKey(id)))
        {
            report.AppendLine(CultureInfo.InvariantCulture, $"{calls.FirstOrDefault(call => call.Id == id)?.ToString() ?? id} reached a model and has no row");
        }

        Assert.True(report.Length == 0, report.ToString());
    }

    /// <summary>Outcomes of the rows of each call; more than one means that a call was written down twice.</summary>
    private static Dictionary<string, List<string>> RowsByCall(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "weir.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT call_id, outcome FROM request_log";
        using var reader = command.ExecuteReader();
        var rows = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        while (reader.Read())
        {
            var id = reader.GetString(0);
            if (!rows.TryGetValue(id, out var outcomes))
            {
                rows[id] = outcomes = [];
            }

            outcomes.Add(reader.GetString(1));
        }

        return rows;
    }
}
