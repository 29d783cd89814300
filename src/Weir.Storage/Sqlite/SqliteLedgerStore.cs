using Microsoft.Data.Sqlite;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Sqlite;

/// <summary>The request ledger in an embedded SQLite file: one writer, readers that never wait for it (WAL).</summary>
internal sealed class SqliteLedgerStore(SqliteDatabase database) : ILedgerStore, IDisposable
{
    private readonly WriterThread _writer = new("weir ledger writer");
    private readonly LedgerQueries _queries = new(database);
    private LedgerInsert? _insert;
    private bool _disposed;

    public async ValueTask WriteAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Not cancelled in the middle: the batch may be reused only when nobody reads it any more.
        await _writer.RunAsync(() => Write(batch));
    }

    public ValueTask<LedgerEntry?> FindAsync(string callId, CancellationToken cancellationToken) =>
        Query(static (queries, callId) => queries.Find(callId), callId, cancellationToken);

    public ValueTask<LedgerPage> ListAsync(LedgerQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, LedgerQuery.MaxPageSize);
        return Query(static (queries, query) => queries.List(query), query, cancellationToken);
    }

    public ValueTask<IReadOnlyList<GroupTotal>> TotalsByGroupAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        Query(static (queries, range) => queries.TotalsByGroup(range.from, range.to), (from, to), cancellationToken);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _writer.Dispose();
        _insert?.Dispose();
        database.ClearPool();
    }

    /// <summary>Reads block on the disk, so they leave the caller's thread.</summary>
    private ValueTask<T> Query<TArg, T>(Func<LedgerQueries, TArg, T> query, TArg argument, CancellationToken cancellationToken) =>
        new(Task.Run(() => query(_queries, argument), cancellationToken));

    /// <summary>Runs a write of another kind on the one connection that writes, after those that wait already.</summary>
    internal async Task<T> WriteAsync<T>(Func<LedgerInsert, SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        T? result = default;
        await _writer.RunAsync(() => Write(insert => result = work(insert, insert.Connection)));
        return result!; // Set by the work, which ran or threw.
    }

    /// <summary>Opens a connection that reads, off the caller's thread.</summary>
    internal Task<T> ReadAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var connection = database.OpenForReading();
            return work(connection);
        },
        cancellationToken);

    private void Write(LedgerBatch batch) => Write(insert => insert.Write(batch));

    private void Write(Action<LedgerInsert> work)
    {
        _insert ??= Open();
        try
        {
            work(_insert);
        }
        catch (SqliteException)
        {
            // A file that was replaced, a disk that came back: a fresh connection is the way to find out.
            _insert.Dispose();
            _insert = null;
            throw;
        }
    }

    private LedgerInsert Open()
    {
        var connection = database.OpenForWriting();
        try
        {
            return new LedgerInsert(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
