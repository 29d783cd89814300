using Microsoft.Data.Sqlite;

namespace Weir.EndToEnd.Crossings;

/// <summary>A row of the ledger as anyone with SQLite reads it.</summary>
internal sealed record WrittenRow(
    string CallId, string Outcome, int Status, string Provider, string Model, long Prompt, long Completion, bool CostKnown, long CostNanos, int Fallbacks, int Attempts, string ErrorType)
{
    /// <summary>The rows in <paramref name="folder"/>, by call; the gateway has ended.</summary>
    public static ILookup<string, WrittenRow> Read(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "weir.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT call_id, outcome, status, provider, upstream_model, prompt_tokens, completion_tokens, cost_known, cost_nanos, fallbacks, attempts, error_type
            FROM request_log
            """;
        using var reader = command.ExecuteReader();
        var rows = new List<WrittenRow>();
        while (reader.Read())
        {
            rows.Add(new WrittenRow(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(2), Text(reader, 3), Text(reader, 4), reader.GetInt64(5), reader.GetInt64(6),
                reader.GetInt64(7) == 1, reader.GetInt64(8), reader.GetInt32(9), reader.GetInt32(10), Text(reader, 11)));
        }

        return rows.ToLookup(row => row.CallId);
    }

    private static string Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? "" : reader.GetString(column);
}
