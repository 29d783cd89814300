using Npgsql;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Postgres;

/// <summary>Remembers which requests were begun, until their rows come. Not safe for concurrent use.</summary>
internal sealed class OpenRequests(PostgresDatabase database)
{
    private readonly string _table = database.Name("open_requests");
    private readonly HashSet<long> _ended = [];
    private readonly List<long> _tickets = [];
    private readonly List<byte[]> _rows = [];

    /// <summary>Takes what the batch's new rows say.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, LedgerBatch batch, long done, CancellationToken cancellationToken)
    {
        Read(batch, done);
        if (_tickets.Count > 0)
        {
            await PostgresSql.ExecuteAsync(
                connection, $"INSERT INTO {_table} (replica, ticket, row) SELECT $1, t, r FROM unnest($2, $3) AS o(t, r) ON CONFLICT DO NOTHING",
                [batch.Replica, _tickets.ToArray(), _rows.ToArray()], cancellationToken);
        }

        if (_ended.Count > 0)
        {
            await PostgresSql.ExecuteAsync(connection, $"DELETE FROM {_table} WHERE replica = $1 AND ticket = ANY ($2)", [batch.Replica, _ended.ToArray()], cancellationToken);
        }
    }

    /// <summary>Takes out what a replica began and did not finish.</summary>
    public async Task<List<byte[]>> TakeAsync(NpgsqlConnection connection, string replica, CancellationToken cancellationToken)
    {
        var rows = new List<(long Ticket, byte[] Row)>();
        await using var command = PostgresSql.Command(connection, $"DELETE FROM {_table} WHERE replica = $1 RETURNING ticket, row", replica);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
        }

        return [.. rows.OrderBy(row => row.Ticket).Select(row => row.Row)];
    }

    private void Read(LedgerBatch batch, long done)
    {
        _ended.Clear();
        _tickets.Clear();
        _rows.Clear();

        // From the end: a request whose row is in this batch too needs no trace of its beginning.
        for (int i = batch.Count - 1; i >= 0 && batch.PositionOf(i) >= done; i--)
        {
            var row = batch.Row(i);
            if (row.IsOpening && !_ended.Contains(row.Ticket))
            {
                _tickets.Add(row.Ticket);
                _rows.Add(row.Payload.ToArray());
            }
            else if (!row.IsOpening && row.Ticket != 0)
            {
                _ended.Add(row.Ticket);
            }
        }
    }
}
