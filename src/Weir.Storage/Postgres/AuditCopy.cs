using System.Text;
using Npgsql;
using Weir.Gateway.Audit;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>Chains audit rows and writes them with COPY, in the transaction of the ledger's rows. Not safe for concurrent use.</summary>
internal sealed class AuditCopy(PostgresDatabase database) : IDisposable
{
    // Taking the head also makes two who write the same chain wait for each other.
    private readonly string _head = $"""
        INSERT INTO {database.Name("audit_chains")} AS c (chain, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (chain) DO UPDATE SET seq = c.seq RETURNING seq, hash
        """;

    private readonly string _last = $"SELECT seq, hash FROM {database.Name("audit_log")} WHERE chain = $1 ORDER BY seq DESC LIMIT 1";
    private readonly string _copy = $"COPY {database.Name("audit_log")} (chain, seq, at, kind, call_id, body, hash) FROM STDIN (FORMAT binary)";
    private readonly string _move = $"UPDATE {database.Name("audit_chains")} SET seq = $2, hash = $3 WHERE chain = $1";
    private readonly AuditRows _rows = new();
    private readonly CopyRows _copyRows = new();

    /// <summary>Writes what a batch brings at or behind a position. A batch of no replica has no chain.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, LedgerBatch batch, long from, CancellationToken cancellationToken)
    {
        if (batch.Replica.Length > 0)
        {
            _rows.Read(batch, from);
            await WriteAsync(connection, batch.Replica, cancellationToken);
        }
    }

    /// <summary>Writes what rows of the ledger say that come from no batch.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, IEnumerable<byte[]> payloads, string replica, CancellationToken cancellationToken)
    {
        _rows.Clear();
        foreach (byte[] payload in payloads)
        {
            _rows.Add(LedgerBatch.RowOf(payload));
        }

        if (replica.Length > 0)
        {
            await WriteAsync(connection, replica, cancellationToken);
        }
    }

    public void Dispose() => _rows.Dispose();

    private async Task WriteAsync(NpgsqlConnection connection, string chain, CancellationToken cancellationToken)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        // The further of both: who deletes rows leaves a hole, and who deletes the head does not stop the ledger.
        var head = await ReadAsync(connection, _head, [chain, AuditLink.Zero], cancellationToken);
        var last = await ReadAsync(connection, _last, [chain], cancellationToken);
        var (seq, hash) = last.Seq > head.Seq ? last : head;
        Encode(Encoding.UTF8.GetBytes(chain), seq, hash);
        await using (var copy = await connection.BeginRawBinaryCopyAsync(_copy, cancellationToken))
        {
            await copy.WriteAsync(_copyRows.Written, cancellationToken);
        }

        await PostgresSql.ExecuteAsync(connection, _move, [chain, _rows.FirstSeq + _rows.Count - 1, _rows.Hash(_rows.Count - 1).ToArray()], cancellationToken);
    }

    private void Encode(byte[] chain, long seq, byte[] hash)
    {
        _rows.Link(chain, seq, hash);
        _copyRows.Begin();
        for (int i = 0; i < _rows.Count; i++)
        {
            _copyRows.Row(7);
            _copyRows.Text(chain);
            _copyRows.Number(_rows.FirstSeq + i);
            _copyRows.Number(_rows.AtMicros(i));
            _copyRows.Text(Encoding.UTF8.GetBytes(AuditNames.Of(_rows.Kind(i))));
            _copyRows.Text(_rows.CallId(i));
            _copyRows.Text(_rows.Body(i));
            _copyRows.Bytes(_rows.Hash(i));
        }

        _copyRows.End();
    }

    private static async Task<(long Seq, byte[] Hash)> ReadAsync(NpgsqlConnection connection, string sql, object?[] values, CancellationToken cancellationToken)
    {
        await using var command = PostgresSql.Command(connection, sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return (0, AuditLink.Zero);
        }

        // Whoever put another length there is found out by the next verification; the ledger goes on.
        byte[] hash = reader.GetFieldValue<byte[]>(1);
        Array.Resize(ref hash, AuditLink.HashBytes);
        return (reader.GetInt64(0), hash);
    }
}
