using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>
/// The request ledger in PostgreSQL. A batch is one transaction: the segment's progress row is taken first, which also makes a batch that
/// is sent again wait for its own earlier try, should that still be alive on the server; then one COPY, what the rows charge, and the progress.
/// </summary>
internal sealed class PostgresLedgerStore(PostgresDatabase database) : ILedgerStore, IDisposable
{
    private readonly string _progress =
        $"INSERT INTO {database.Name("journal_progress")} AS p (segment, position) VALUES ($1, 0) ON CONFLICT (segment) DO UPDATE SET moved_at = now() RETURNING position";

    private readonly string _moved = $"UPDATE {database.Name("journal_progress")} SET position = $2 WHERE segment = $1";

    // A segment lives for as long as the store is away; a year covers every outage, and the table stays small.
    private readonly string _forgetOld = $"DELETE FROM {database.Name("journal_progress")} WHERE moved_at < now() - interval '1 year'";

    private readonly PostgresLedgerQueries _queries = new(database);
    private readonly PostgresBookings _bookings = new(database);
    private readonly LedgerCopy _copy = new(database);
    private readonly OpenRequests _open = new(database);
    private readonly ChargeSums _sums = new();
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
                await PostgresSql.ExecuteAsync(connection, _forgetOld, [], cancellationToken);
            }

            long done = await PostgresSql.NumberAsync(connection, _progress, [batch.Segment], cancellationToken);

            // A thousand rows are no work for a thread that serves sockets, nor is what the journal does after this.
            await PostgresDatabase.LeaveSocketThread();
            Encode(batch, done);
            await _copy.SendAsync(connection, cancellationToken);
            await _open.WriteAsync(connection, batch, done, cancellationToken);
            await _bookings.BookAsync(connection, _sums.Of(batch, done), cancellationToken);
            if (batch.EndPosition > done)
            {
                await PostgresSql.ExecuteAsync(connection, _moved, [batch.Segment, batch.EndPosition], cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            _forgotten = true;
            await PostgresDatabase.LeaveSocketThread();
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

    private void Encode(LedgerBatch batch, long done)
    {
        _copy.Begin();
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.PositionOf(i) >= done && batch.Row(i) is { IsOpening: false } row)
            {
                _copy.Add(row);
            }
        }
    }
}
