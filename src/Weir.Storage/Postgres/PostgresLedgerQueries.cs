using System.Globalization;
using System.Text;
using Npgsql;
using Weir.Gateway.Ledger;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Storage.Postgres;

/// <summary>Reads of the request ledger; a cold path.</summary>
internal sealed class PostgresLedgerQueries(PostgresDatabase database)
{
    private const string Columns = """
        id, call_id, started_at, operation, streamed, key_hash, requested_model, model_group, deployment_id, provider, upstream_model,
        end_user, outcome, status, error_type, prompt_tokens, completion_tokens, total_tokens, cached_prompt_tokens, cache_write_tokens,
        reasoning_tokens, audio_prompt_tokens, audio_completion_tokens, usage_estimated, cost_nanos, cost_known, duration_us, ttft_us,
        overhead_us, fallbacks, attempts, decision
        """;

    private readonly string _select = $"SELECT {Columns} FROM {database.Name("request_log")}";

    private readonly string _totals = $"""
        SELECT coalesce(model_group, ''), count(*), count(*) FILTER (WHERE outcome <> 'success'), sum(prompt_tokens)::bigint, sum(completion_tokens)::bigint,
               coalesce(sum(cost_nanos) FILTER (WHERE cost_known), 0)::bigint, count(*) FILTER (WHERE NOT cost_known)
        FROM {database.Name("request_log")} WHERE started_at >= $1 AND started_at < $2 GROUP BY model_group ORDER BY coalesce(model_group, '') COLLATE "C"
        """;

    public async ValueTask<LedgerEntry?> FindAsync(string callId, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(_select + " WHERE call_id = $1 ORDER BY id DESC LIMIT 1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = callId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Entry(reader) : null;
    }

    public async ValueTask<LedgerPage> ListAsync(LedgerQuery query, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand();
        var sql = new StringBuilder(_select).Append(" WHERE true");
        int Number(long value)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
            return command.Parameters.Count;
        }

        int Text(string value)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
            return command.Parameters.Count;
        }

        if (query.Before is { } before)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND (started_at, id) < (${Number(before.StartedAtMicros)}, ${Number(before.Id)})");
        }

        if (query.From is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND started_at >= ${Number(Micros(from))}");
        }

        if (query.To is { } to)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND started_at < ${Number(Micros(to))}");
        }

        if (query.KeyHash is { } key)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND key_hash = ${Text(key)}");
        }

        if (query.ModelGroup is { } group)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND model_group = ${Text(group)}");
        }

        // One row more than asked for says whether there is a next page.
        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" ORDER BY started_at DESC, id DESC LIMIT {query.PageSize + 1}").ToString();
        var entries = new List<LedgerEntry>(query.PageSize);
        LedgerCursor? last = null;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
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

    public async ValueTask<IReadOnlyList<GroupTotal>> TotalsByGroupAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(_totals);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Micros(from) });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Micros(to) });
        var totals = new List<GroupTotal>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            totals.Add(new GroupTotal(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), new Money(reader.GetInt64(5)), reader.GetInt64(6)));
        }

        return totals;
    }

    private static LedgerEntry Entry(NpgsqlDataReader row)
    {
        var record = new RequestRecord
        {
            CallId = Text(row, 1),
            StartedAt = DateTimeOffset.UnixEpoch.AddTicks(row.GetInt64(2) * TimeSpan.TicksPerMicrosecond),
            Operation = LedgerNames.OperationOf(row.GetString(3)),
            Streamed = row.GetBoolean(4),
            KeyHash = Text(row, 5),
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

    private static string Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? "" : row.GetString(column);

    private static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static TimeSpan Span(long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
