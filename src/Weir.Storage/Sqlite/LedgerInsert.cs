using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weir.Gateway.Ledger;
using Weir.Providers;

namespace Weir.Storage.Sqlite;

/// <summary>
/// Writes batches over one connection. Rows are bound straight from the journal's UTF-8 with the native calls:
/// thirty parameters looked up by name and boxed would cost more than the insert.
/// </summary>
internal sealed class LedgerInsert : IDisposable
{
    private const string Insert = """
        INSERT INTO request_log (
            call_id, started_at, operation, streamed, key_hash, requested_model, model_group, deployment_id, provider, upstream_model,
            end_user, outcome, status, error_type, prompt_tokens, completion_tokens, total_tokens, cached_prompt_tokens, cache_write_tokens,
            reasoning_tokens, audio_prompt_tokens, audio_completion_tokens, usage_estimated, cost_nanos, cost_known, duration_us, ttft_us,
            overhead_us, fallbacks, attempts, decision)
        VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        """;

    private const string ReadProgress = "SELECT position FROM journal_progress WHERE segment = ?";

    private const string WriteProgress =
        "INSERT INTO journal_progress (segment, position) VALUES (?, ?) ON CONFLICT (segment) DO UPDATE SET position = excluded.position, moved_at = unixepoch()";

    // A segment lives for as long as the store is away; a year covers every outage, and the table stays small.
    private const string ForgetOld = "DELETE FROM journal_progress WHERE moved_at < unixepoch() - 31536000";

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _begin;
    private readonly sqlite3_stmt _commit;
    private readonly sqlite3_stmt _rollback;
    private readonly sqlite3_stmt _insert;
    private readonly sqlite3_stmt _readProgress;
    private readonly sqlite3_stmt _writeProgress;
    private readonly sqlite3_stmt _open;
    private readonly sqlite3_stmt _close;
    private readonly ChargeSums _sums = new();
    private readonly HashSet<long> _ended = [];

    public LedgerInsert(SqliteConnection connection)
    {
        _connection = connection;
        _db = connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insert = Prepare(Insert);
        _readProgress = Prepare(ReadProgress);
        _writeProgress = Prepare(WriteProgress);
        _open = Prepare("INSERT INTO open_requests (replica, ticket, row) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
        _close = Prepare("DELETE FROM open_requests WHERE replica = ? AND ticket = ?");
        Settlement = new ChargeBooking(connection);
        using var forget = Prepare(ForgetOld);
        Run(forget);
    }

    /// <summary>The connection that writes.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>Books what rows charge, over the same connection.</summary>
    public ChargeBooking Settlement { get; }

    /// <summary>One transaction: the rows that are new, what they charge, and how far the segment is now.</summary>
    public void Write(LedgerBatch batch) => InTransaction(() =>
        {
            long done = Progress(batch.Segment);
            var replica = Encoding.UTF8.GetBytes(batch.Replica);
            InsertRows(batch, done, replica);
            foreach (var charge in _sums.Of(batch, done))
            {
                Settlement.Book(charge);
            }

            if (batch.EndPosition > done)
            {
                Check(raw.sqlite3_bind_int64(_writeProgress, 1, batch.Segment));
                Check(raw.sqlite3_bind_int64(_writeProgress, 2, batch.EndPosition));
                Run(_writeProgress);
            }
        });

    /// <summary>Runs the work whole or not at all.</summary>
    public void InTransaction(Action work)
    {
        Run(_begin);
        try
        {
            work();
            Run(_commit);
        }
        catch
        {
            // SQLite ends the transaction itself after some errors; then there is nothing to roll back.
            if (raw.sqlite3_get_autocommit(_db) == 0)
            {
                Run(_rollback);
            }

            throw;
        }
    }

    /// <summary>Adds one row. Needs a transaction.</summary>
    public void Add(in LedgerRow row)
    {
        Bind(row);
        Run(_insert);
    }

    public void Dispose()
    {
        Settlement.Dispose();
        _open.Dispose();
        _close.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _insert.Dispose();
        _readProgress.Dispose();
        _writeProgress.Dispose();
        _connection.Dispose();
    }

    private void InsertRows(LedgerBatch batch, long done, byte[] replica)
    {
        // From the end: a request whose row is in this batch too needs no trace of its beginning.
        _ended.Clear();
        for (int i = batch.Count - 1; i >= 0 && batch.PositionOf(i) >= done; i--)
        {
            var row = batch.Row(i);
            if (row.IsOpening && !_ended.Contains(row.Ticket))
            {
                Check(raw.sqlite3_bind_text(_open, 1, replica));
                Check(raw.sqlite3_bind_int64(_open, 2, row.Ticket));
                Check(raw.sqlite3_bind_blob(_open, 3, row.Payload));
                Run(_open);
            }
            else if (!row.IsOpening && row.Ticket != 0)
            {
                _ended.Add(row.Ticket);
                Check(raw.sqlite3_bind_text(_close, 1, replica));
                Check(raw.sqlite3_bind_int64(_close, 2, row.Ticket));
                Run(_close);
            }
        }

        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.PositionOf(i) >= done && batch.Row(i) is { IsOpening: false } row)
            {
                Add(row);
            }
        }
    }

    private long Progress(long segment)
    {
        Check(raw.sqlite3_bind_int64(_readProgress, 1, segment));
        int result = raw.sqlite3_step(_readProgress);
        long position = result == raw.SQLITE_ROW ? raw.sqlite3_column_int64(_readProgress, 0) : 0;
        int reset = raw.sqlite3_reset(_readProgress);
        Check(result is raw.SQLITE_ROW or raw.SQLITE_DONE ? reset : result);
        return position;
    }

    private void Bind(in LedgerRow row)
    {
        var usage = row.Usage;
        Text(1, row.CallId);
        Number(2, row.StartedAtMicros);
        Text(3, LedgerNames.Of(row.Operation));
        Number(4, row.Streamed ? 1 : 0);
        if (row.KeyHashIsBinary)
        {
            Check(raw.sqlite3_bind_blob(_insert, 5, row.KeyHash));
        }
        else
        {
            Text(5, row.KeyHash);
        }

        Text(6, row.RequestedModel);
        Text(7, row.ModelGroup);
        Text(8, row.DeploymentId);
        Text(9, row.Provider);
        Text(10, row.UpstreamModel);
        Text(11, row.EndUser);
        Text(12, LedgerNames.Of(row.Outcome));
        Number(13, row.Status);
        Text(14, row.ErrorType);
        Number(15, usage.Prompt);
        Number(16, usage.Completion);
        Number(17, usage.Total);
        Number(18, usage.CachedPrompt);
        Number(19, usage.CacheWrite);
        Number(20, usage.Reasoning);
        Number(21, usage.AudioPrompt);
        Number(22, usage.AudioCompletion);
        Number(23, usage.Estimated ? 1 : 0);
        Number(24, row.CostNanos);
        Number(25, row.CostKnown ? 1 : 0);
        Number(26, row.DurationMicros);
        if (row.TimeToFirstTokenMicros is { } firstToken)
        {
            Number(27, firstToken);
        }
        else
        {
            Check(raw.sqlite3_bind_null(_insert, 27));
        }

        Number(28, row.OverheadMicros);
        Number(29, row.Fallbacks);
        Number(30, row.AttemptCount);
        Check(raw.sqlite3_bind_blob(_insert, 31, row.Decision));
    }

    private void Number(int index, long value) => Check(raw.sqlite3_bind_int64(_insert, index, value));

    private void Text(int index, ReadOnlySpan<byte> utf8) =>
        Check(utf8.IsEmpty ? raw.sqlite3_bind_null(_insert, index) : raw.sqlite3_bind_text(_insert, index, utf8));

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return statement;
    }

    private void Run(sqlite3_stmt statement)
    {
        int result = raw.sqlite3_step(statement);
        int reset = raw.sqlite3_reset(statement);
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
