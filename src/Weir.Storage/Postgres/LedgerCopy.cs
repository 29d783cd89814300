using Npgsql;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>Writes rows of the request log with COPY. Not safe for concurrent use.</summary>
internal sealed class LedgerCopy(PostgresDatabase database)
{
    private const string CopyColumns = """
        call_id, started_at, operation, streamed, key_hash, requested_model, model_group, deployment_id, provider, upstream_model,
        end_user, outcome, status, error_type, prompt_tokens, completion_tokens, total_tokens, cached_prompt_tokens, cache_write_tokens,
        reasoning_tokens, audio_prompt_tokens, audio_completion_tokens, usage_estimated, cost_nanos, cost_known, duration_us, ttft_us,
        overhead_us, fallbacks, attempts, decision
        """;

    private readonly string _copy = $"COPY {database.Name("request_log")} ({CopyColumns}) FROM STDIN (FORMAT binary)";
    private readonly CopyRows _rows = new();
    private int _count;

    /// <summary>Forgets what was added.</summary>
    public void Begin()
    {
        _rows.Begin();
        _count = 0;
    }

    /// <summary>Sends what was added.</summary>
    public async Task SendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_count == 0)
        {
            return;
        }

        _rows.End();
        await using var copy = await connection.BeginRawBinaryCopyAsync(_copy, cancellationToken);
        await copy.WriteAsync(_rows.Written, cancellationToken);
    }

    /// <summary>Adds a row.</summary>
    public void Add(in LedgerRow row)
    {
        _count++;
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
