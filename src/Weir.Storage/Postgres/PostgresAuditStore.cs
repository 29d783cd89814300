using System.Globalization;
using Npgsql;
using Weir.Gateway.Audit;

namespace Weir.Storage.Postgres;

/// <summary>The audit in PostgreSQL.</summary>
internal sealed class PostgresAuditStore(PostgresDatabase database) : IAuditStore
{
    private const string Columns = "chain, seq, at, kind, call_id, body, hash";

    private readonly string _log = database.Name("audit_log");
    private readonly string _chains = database.Name("audit_chains");
    private readonly string _checkpoints = database.Name("audit_checkpoints");
    private readonly string _stretches = database.Name("audit_stretches");
    private readonly string _ledger = database.Name("request_log");

    public ValueTask<IReadOnlyList<AuditHead>> HeadsAsync(CancellationToken cancellationToken) => RowsAsync(
        $"SELECT chain, seq, hash FROM {_chains} ORDER BY chain COLLATE \"C\"", static row => new AuditHead(row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)), cancellationToken);

    public ValueTask<IReadOnlyList<string>> ChainsAsync(CancellationToken cancellationToken) => RowsAsync(
        // One step of the index for each chain.
        $"""
        WITH RECURSIVE c(chain) AS (SELECT min(chain) FROM {_log} UNION ALL SELECT (SELECT min(chain) FROM {_log} WHERE chain > c.chain) FROM c WHERE chain IS NOT NULL)
        SELECT chain FROM c WHERE chain IS NOT NULL ORDER BY chain COLLATE "C"
        """,
        static row => row.GetString(0), cancellationToken);

    public ValueTask<IReadOnlyList<AuditRow>> ReadAsync(string chain, long after, int most, CancellationToken cancellationToken) =>
        RowsAsync($"SELECT {Columns} FROM {_log} WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3", Row, cancellationToken, chain, after, most);

    public ValueTask<IReadOnlyList<AuditRow>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, AuditQuery.MaxPageSize);
        var values = new List<object> { query.PageSize };
        string sql = AuditListSql.Of(query, Columns, _log, _ledger, value =>
        {
            values.Add(value);
            return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
        }, "$1");
        return RowsAsync(sql, Row, cancellationToken, [.. values]);
    }

    public async ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        await using var command = PostgresSql.Command(
            database.Source, $"INSERT INTO {_checkpoints} (signer, number, at, token) VALUES ($1, $2, $3, $4)", checkpoint.Signer, checkpoint.Number, checkpoint.AtMicros, checkpoint.Token);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoredCheckpoint>> CheckpointsAsync(CancellationToken cancellationToken) => RowsAsync(
        $"SELECT signer, number, at, token FROM {_checkpoints} ORDER BY signer COLLATE \"C\", number",
        static row => new StoredCheckpoint(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)), cancellationToken);

    public async ValueTask<long> LastCheckpointAsync(string signer, CancellationToken cancellationToken) =>
        (await RowsAsync($"SELECT coalesce(max(number), 0) FROM {_checkpoints} WHERE signer = $1", static row => row.GetInt64(0), cancellationToken, signer))[0];

    public async ValueTask<long> PruneAsync(AuditStretch stretch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        int deleted = await PostgresSql.ExecuteAsync(
            connection, $"DELETE FROM {_log} WHERE chain = $1 AND seq BETWEEN $2 AND $3", [stretch.Chain, stretch.From, stretch.To], cancellationToken);
        await PostgresSql.ExecuteAsync(
            connection, $"INSERT INTO {_stretches} (chain, from_seq, to_seq, previous, last, token) VALUES ($1, $2, $3, $4, $5, $6)",
            [stretch.Chain, stretch.From, stretch.To, stretch.Previous.ToArray(), stretch.Last.ToArray(), stretch.Token], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted;
    }

    public ValueTask<IReadOnlyList<AuditStretch>> StretchesAsync(CancellationToken cancellationToken) => RowsAsync(
        $"SELECT chain, from_seq, to_seq, previous, last, token FROM {_stretches} ORDER BY chain COLLATE \"C\", from_seq",
        static row => new AuditStretch(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4), row.GetString(5)), cancellationToken);

    public async ValueTask<IReadOnlyList<LedgerCall>> LedgerCallsAsync(IReadOnlyCollection<string> callIds, CancellationToken cancellationToken)
    {
        using var body = new AuditBody();
        return await RowsAsync(
            $"SELECT {PostgresLedgerQueries.Columns} FROM {_ledger} WHERE call_id = ANY ($1) ORDER BY id",
            row => AuditRows.CallOf(PostgresLedgerQueries.Entry(row).Record, body), cancellationToken, [callIds.Select(PostgresSql.Clean).ToArray()]);
    }

    public async ValueTask<long> UnauditedCallsAsync(CancellationToken cancellationToken) => (await RowsAsync(
        $"""
        SELECT count(*) FROM {_ledger} r
        WHERE NOT EXISTS (SELECT 1 FROM {_log} a WHERE a.at = r.started_at AND a.kind = 'model_call' AND coalesce(a.call_id, '') = coalesce(r.call_id, ''))
        """,
        static row => row.GetInt64(0), cancellationToken))[0];

    private static AuditRow Row(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.IsDBNull(4) ? "" : row.GetString(4),
        System.Text.Encoding.UTF8.GetBytes(row.GetString(5)), row.GetFieldValue<byte[]>(6));

    private async ValueTask<IReadOnlyList<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = PostgresSql.Command(database.Source, sql, values);
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
