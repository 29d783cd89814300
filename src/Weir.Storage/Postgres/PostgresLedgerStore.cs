using Npgsql;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>
/// The request ledger in PostgreSQL. A batch is one transaction: the segment's progress row is taken first, which also makes a batch that
/// is sent again wait for its own earlier try, should that still be alive on the server; then one COPY; then the progress.
/// </summary>
internal sealed class PostgresLedgerStore(PostgresDatabase database) : ILedgerStore, IDisposable
{
    private const string CopyColumns = """
        call_id, started_at, operation, streamed, key_hash, requested_model, model_group, deployment_id, provider, upstream_model,
        end_user, outcome, status, error_type, prompt_tokens, completion_tokens, total_tokens, cached_prompt_tokens, cache_write_tokens,
        reasoning_tokens, audio_prompt_tokens, audio_completion_tokens, usage_estimated, cost_nanos, cost_known, duration_us, ttft_us,
        overhead_us, fallbacks, attempts, decision
        """;

    private readonly string _progress =
        $"INSERT INTO {database.Name("journal_progress")} AS p (segment, position) VALUES ($1, 0) ON CONFLICT (segment) DO UPDATE SET moved_at = now() RETURNING position";

    private readonly string _copy = $"COPY {database.Name("request_log")} ({CopyColumns}) FROM STDIN (FORMAT binary)";
    private readonly string _moved = $"UPDATE {database.Name("journal_progress")} SET position = $2 WHERE segment = $1";

    // A segment lives for as long as the store is away; a year covers every outage, and the table stays small.
    private readonly string _forgetOld = $"DELETE FROM {database.Name("journal_progress")} WHERE moved_at < now() - interval '1 year'";

    private readonly PostgresLedgerQueries _queries = new(database);
    private readonly CopyRows _rows = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _forgotten;

    public async ValueTask WriteAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!_forgotten)
            {
                await ExecuteAsync(connection, _forgetOld, [], cancellationToken);
            }

            long done = await ProgressAsync(connection, batch.Segment, cancellationToken);
            if (Encode(batch, done))
            {
                await using var copy = await connection.BeginRawBinaryCopyAsync(_copy, cancellationToken);
                await copy.WriteAsync(_rows.Written, cancellationToken);
            }

            if (batch.EndPosition > done)
            {
                await ExecuteAsync(connection, _moved, [batch.Segment, batch.EndPosition], cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            _forgotten = true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask<LedgerEntry?> FindAsync(string callId, CancellationToken cancellationToken) => _queries.FindAsync(callId, cancellationToken);

    public ValueTask<LedgerPage> ListAsync(LedgerQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, LedgerQuery.MaxPageSize);
        return _queries.ListAsync(query, cancellationToken);
    }

    public ValueTask<IReadOnlyList<GroupTotal>> TotalsByGroupAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        _queries.TotalsByGroupAsync(from, to, cancellationToken);

    public void Dispose()
    {
        _turn.Dispose();
        database.Dispose();
    }

    private async Task<long> ProgressAsync(NpgsqlConnection connection, long segment, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_progress, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = segment } } };
        return await command.ExecuteScalarAsync(cancellationToken) is long position ? position : throw new InvalidOperationException("journal_progress gave no position");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, long[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (long value in values)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The rows that are new; false when there are none.</summary>
    private bool Encode(LedgerBatch batch, long done)
    {
        bool any = false;
        _rows.Begin();
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.PositionOf(i) >= done)
            {
                Encode(batch.Row(i));
                any = true;
            }
        }

        _rows.End();
        return any;
    }

    private void Encode(in LedgerRow row)
    {
        var usage = row.Usage;
        _rows.Row(31);
        _rows.Text(row.CallId);
        _rows.Number(row.StartedAtMicros);
        _rows.Text(LedgerNames.Of(row.Operation));
        _rows.Flag(row.Streamed);
        if (row.KeyHashIsBinary)
        {
            _rows.Hex(row.KeyHash);
        }
        else
        {
            _rows.Text(row.KeyHash);
        }

        _rows.Text(row.RequestedModel);
        _rows.Text(row.ModelGroup);
        _rows.Text(row.DeploymentId);
        _rows.Text(row.Provider);
        _rows.Text(row.UpstreamModel);
        _rows.Text(row.EndUser);
        _rows.Text(LedgerNames.Of(row.Outcome));
        _rows.Integer(row.Status);
        _rows.Text(row.ErrorType);
        _rows.Number(usage.Prompt);
        _rows.Number(usage.Completion);
        _rows.Number(usage.Total);
        _rows.Number(usage.CachedPrompt);
        _rows.Number(usage.CacheWrite);
        _rows.Number(usage.Reasoning);
        _rows.Number(usage.AudioPrompt);
        _rows.Number(usage.AudioCompletion);
        _rows.Flag(usage.Estimated);
        _rows.Number(row.CostNanos);
        _rows.Flag(row.CostKnown);
        _rows.Number(row.DurationMicros);
        if (row.TimeToFirstTokenMicros is { } firstToken)
        {
            _rows.Number(firstToken);
        }
        else
        {
            _rows.Null();
        }

        _rows.Number(row.OverheadMicros);
        _rows.Integer(row.Fallbacks);
        _rows.Integer(row.AttemptCount);
        _rows.Bytes(row.Decision);
    }
}
