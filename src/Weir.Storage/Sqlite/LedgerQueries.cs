using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Weir.Gateway.Ledger;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Storage.Sqlite;

/// <summary>Reads of the request ledger. Blocking; a cold path.</summary>
internal sealed class LedgerQueries(SqliteDatabase database)
{
    internal const string Columns = """
        id, call_id, started_at, operation, streamed, key_hash, requested_model, model_group, deployment_id, provider, upstream_model,
        end_user, outcome, status, error_type, prompt_tokens, completion_tokens, total_tokens, cached_prompt_tokens, cache_write_tokens,
        reasoning_tokens, audio_prompt_tokens, audio_completion_tokens, usage_estimated, cost_nanos, cost_known, duration_us, ttft_us,
        overhead_us, fallbacks, attempts, decision
        """;

    public LedgerEntry? Find(string callId)
    {
        using var connection = database.OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM request_log WHERE call_id = $call ORDER BY id DESC LIMIT 1";
        command.Parameters.AddWithValue("$call", callId);
        using var reader = command.ExecuteReader();
        return reader.Read() ? Entry(reader) : null;
    }

    public LedgerPage List(LedgerQuery query)
    {
        using var connection = database.OpenForReading();
        using var command = connection.CreateCommand();
        var sql = new StringBuilder("SELECT ").Append(Columns).Append(" FROM request_log WHERE 1 = 1");
        void Where(string condition, string name, object value)
        {
            sql.Append(" AND ").Append(condition);
            command.Parameters.AddWithValue(name, value);
        }

        if (query.Before is { } before)
        {
            Where("(started_at, id) < ($start, $id)", "$start", before.StartedAtMicros);
            command.Parameters.AddWithValue("$id", before.Id);
        }

        if (query.From is { } from)
        {
            Where("started_at >= $from", "$from", Micros(from));
        }

        if (query.To is { } to)
        {
            Where("started_at < $to", "$to", Micros(to));
        }

        if (query.KeyHash is { } key)
        {
            Where("key_hash = $key", "$key", KeyValue(key));
        }

        if (query.ModelGroup is { } group)
        {
            Where("model_group = $group", "$group", group);
        }

        // One row more than asked for says whether there is a next page.
        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" ORDER BY started_at DESC, id DESC LIMIT {query.PageSize + 1}").ToString();
        var entries = new List<LedgerEntry>(query.PageSize);
        LedgerCursor? last = null;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (entries.Count == query.PageSize)
            {
                return new LedgerPage(entries, last);
            }

            entries.Add(Entry(reader));
            last = new LedgerCursor(reader.GetInt64(2), reader.GetInt64(0));
        }

        return new LedgerPage(entries, null);
    }

    public IReadOnlyList<GroupTotal> TotalsByGroup(DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = database.OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT coalesce(model_group, ''), count(*), sum(outcome <> 'success'), sum(prompt_tokens), sum(completion_tokens),
                   sum(CASE WHEN cost_known THEN cost_nanos ELSE 0 END), sum(NOT cost_known)
            FROM request_log WHERE started_at >= $from AND started_at < $to GROUP BY model_group ORDER BY 1
            """;
        command.Parameters.AddWithValue("$from", Micros(from));
        command.Parameters.AddWithValue("$to", Micros(to));
        var totals = new List<GroupTotal>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            totals.Add(new GroupTotal(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), new Money(reader.GetInt64(5)), reader.GetInt64(6)));
        }

        return totals;
    }

    internal static LedgerEntry Entry(SqliteDataReader row)
    {
        var record = new RequestRecord
        {
            CallId = Text(row, 1),
            StartedAt = DateTimeOffset.UnixEpoch.AddTicks(row.GetInt64(2) * TimeSpan.TicksPerMicrosecond),
            Operation = LedgerNames.OperationOf(row.GetString(3)),
            Streamed = row.GetBoolean(4),
            KeyHash = row.GetValue(5) switch { byte[] hash => Convert.ToHexStringLower(hash), string text => text, _ => "" },
            RequestedModel = Text(row, 6),
            ModelGroup = Text(row, 7),
            DeploymentId = Text(row, 8),
            Provider = Text(row, 9),
            UpstreamModel = Text(row, 10),
            EndUser = Text(row, 11),
            Outcome = LedgerNames.OutcomeOf(row.GetString(12)),
            Status = row.GetInt32(13),
            ErrorType = Text(row, 14),
            Usage = new TokenUsage
            {
                Prompt = row.GetInt64(15),
                Completion = row.GetInt64(16),
                Total = row.GetInt64(17),
                CachedPrompt = row.GetInt64(18),
                CacheWrite = row.GetInt64(19),
                Reasoning = row.GetInt64(20),
                AudioPrompt = row.GetInt64(21),
                AudioCompletion = row.GetInt64(22),
                Estimated = row.GetBoolean(23),
            },
            Cost = new Money(row.GetInt64(24)),
            CostKnown = row.GetBoolean(25),
            Duration = Span(row.GetInt64(26)),
            TimeToFirstToken = row.IsDBNull(27) ? null : Span(row.GetInt64(27)),
            Overhead = Span(row.GetInt64(28)),
            Fallbacks = row.GetInt32(29),
            AttemptCount = row.GetInt32(30),
        };
        DecisionRecord.Read(row.GetFieldValue<byte[]>(31), record.Attempts);
        return new LedgerEntry(row.GetInt64(0), record);
    }

    private static object KeyValue(string key)
    {
        byte[] hash = new byte[32];
        return key.Length == 64 && Convert.FromHexString(key, hash, out _, out _) == OperationStatus.Done ? hash : key;
    }

    // As bytes: a text that a caller wrote may hold a zero, at which the driver would end it.
    private static string Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? "" : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(column));

    private static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static TimeSpan Span(long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
