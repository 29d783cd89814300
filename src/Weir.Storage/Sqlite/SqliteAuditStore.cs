using System.Globalization;
using Microsoft.Data.Sqlite;
using Weir.Gateway.Audit;

namespace Weir.Storage.Sqlite;

/// <summary>The audit in the SQLite file. Reads are a cold path; writes take their turn with the ledger's.</summary>
internal sealed class SqliteAuditStore(SqliteLedgerStore store, SqliteDatabase database) : IAuditStore
{
    private const string Columns = "chain, seq, at, kind, call_id, body, hash";

    public ValueTask<IReadOnlyList<AuditHead>> HeadsAsync(CancellationToken cancellationToken) =>
        RowsAsync("SELECT chain, seq, hash FROM audit_chains ORDER BY chain", static row => new AuditHead(row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)), cancellationToken);

    public ValueTask<IReadOnlyList<string>> ChainsAsync(CancellationToken cancellationToken) => RowsAsync(
        // One step of the index for each chain.
        """
        WITH RECURSIVE c(chain) AS (SELECT min(chain) FROM audit_log UNION ALL SELECT (SELECT min(chain) FROM audit_log WHERE chain > c.chain) FROM c WHERE chain IS NOT NULL)
        SELECT chain FROM c WHERE chain IS NOT NULL
        """,
        static row => row.GetString(0), cancellationToken);

    public ValueTask<IReadOnlyList<AuditRow>> ReadAsync(string chain, long after, int most, CancellationToken cancellationToken) => RowsAsync(
        $"SELECT {Columns} FROM audit_log WHERE chain = $chain AND seq > $after ORDER BY seq LIMIT $most", Row, cancellationToken, ("$chain", chain), ("$after", after), ("$most", most));

    public ValueTask<IReadOnlyList<AuditRow>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, AuditQuery.MaxPageSize);
        var values = new List<(string, object)> { ("$limit", query.PageSize) };
        return RowsAsync(AuditListSql.Of(query, Columns, "audit_log", "request_log", value =>
        {
            values.Add((string.Create(CultureInfo.InvariantCulture, $"$p{values.Count}"), value));
            return values[^1].Item1;
        }, "$limit"), Row, cancellationToken, [.. values]);
    }

    public async ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        await store.WriteAsync(
            (insert, connection) =>
            {
                insert.InTransaction(() => Execute(
                    connection, "INSERT INTO audit_checkpoints (signer, number, at, token) VALUES ($signer, $number, $at, $token)",
                    ("$signer", checkpoint.Signer), ("$number", checkpoint.Number), ("$at", checkpoint.AtMicros), ("$token", checkpoint.Token)));
                return true;
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoredCheckpoint>> CheckpointsAsync(CancellationToken cancellationToken) => RowsAsync(
        "SELECT signer, number, at, token FROM audit_checkpoints ORDER BY signer, number",
        static row => new StoredCheckpoint(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)), cancellationToken);

    public async ValueTask<long> LastCheckpointAsync(string signer, CancellationToken cancellationToken) =>
        (await RowsAsync("SELECT coalesce(max(number), 0) FROM audit_checkpoints WHERE signer = $signer", static row => row.GetInt64(0), cancellationToken, ("$signer", signer)))[0];

    public async ValueTask<long> PruneAsync(AuditStretch stretch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        return await store.WriteAsync(
            (insert, connection) =>
            {
                var deleted = 0L;
                insert.InTransaction(() =>
                {
                    deleted = Execute(
                        connection, "DELETE FROM audit_log WHERE chain = $chain AND seq BETWEEN $from AND $to",
                        ("$chain", stretch.Chain), ("$from", stretch.From), ("$to", stretch.To));
                    Execute(
                        connection, "INSERT INTO audit_stretches (chain, from_seq, to_seq, previous, last, token) VALUES ($chain, $from, $to, $previous, $last, $token)",
                        ("$chain", stretch.Chain), ("$from", stretch.From), ("$to", stretch.To), ("$previous", stretch.Previous.ToArray()), ("$last", stretch.Last.ToArray()), ("$token", stretch.Token));
                });
                return deleted;
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<AuditStretch>> StretchesAsync(CancellationToken cancellationToken) => RowsAsync(
        "SELECT chain, from_seq, to_seq, previous, last, token FROM audit_stretches ORDER BY chain, from_seq",
        static row => new AuditStretch(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4), row.GetString(5)), cancellationToken);

    public async ValueTask<IReadOnlyList<LedgerCall>> LedgerCallsAsync(IReadOnlyCollection<string> callIds, CancellationToken cancellationToken)
    {
        using var body = new AuditBody();
        var (names, values) = Names(callIds);
        return await RowsAsync(
            $"SELECT {LedgerQueries.Columns} FROM request_log WHERE call_id IN ({names}) ORDER BY id", row => AuditRows.CallOf(LedgerQueries.Entry(row).Record, body), cancellationToken, values);
    }

    public async ValueTask<long> UnauditedCallsAsync(CancellationToken cancellationToken) => (await RowsAsync(
        // By time first, which both tables have an index on.
        "SELECT count(*) FROM request_log r WHERE NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.at = r.started_at AND a.kind = 'model_call' AND a.call_id IS r.call_id)",
        static row => row.GetInt64(0), cancellationToken))[0];

    private static (string Names, (string, object)[] Values) Names(IReadOnlyCollection<string> texts)
    {
        var values = texts.Select(static (text, i) => (string.Create(CultureInfo.InvariantCulture, $"$p{i}"), (object)text)).ToArray();
        return (string.Join(", ", values.Select(static value => value.Item1)), values);
    }

    private static AuditRow Row(SqliteDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.IsDBNull(4) ? "" : row.GetString(4), row.GetFieldValue<byte[]>(5), row.GetFieldValue<byte[]>(6));

    private static int Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }
        return command.ExecuteNonQuery();
    }

    private ValueTask<IReadOnlyList<T>> RowsAsync<T>(string sql, Func<SqliteDataReader, T> read, CancellationToken cancellationToken, params (string Name, object Value)[] values) => new(Task.Run<IReadOnlyList<T>>(
        () =>
        {
            using var connection = database.OpenForReading();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in values)
            {
                command.Parameters.AddWithValue(name, value);
            }
            var rows = new List<T>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add(read(reader));
            }
            return rows;
        },
        cancellationToken));
}
