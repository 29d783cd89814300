using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weir.Gateway.Audit;
using Weir.Gateway.Ledger;

namespace Weir.Storage.Sqlite;

/// <summary>Chains and writes audit rows over the connection that writes the ledger. Needs a transaction.</summary>
internal sealed class AuditInsert : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _head;
    private readonly sqlite3_stmt _last;
    private readonly sqlite3_stmt _insert;
    private readonly sqlite3_stmt _move;
    private readonly AuditRows _rows = new();

    public AuditInsert(SqliteConnection connection)
    {
        _db = connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        _head = Prepare("SELECT seq, hash FROM audit_chains WHERE chain = ?");
        _last = Prepare("SELECT seq, hash FROM audit_log WHERE chain = ? ORDER BY seq DESC LIMIT 1");
        _insert = Prepare("INSERT INTO audit_log (chain, seq, at, kind, call_id, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?)");
        _move = Prepare("INSERT INTO audit_chains (chain, seq, hash) VALUES (?, ?, ?) ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash");
    }

    /// <summary>Writes what a batch brings at or behind a position. A batch of no replica has no chain.</summary>
    public void Write(LedgerBatch batch, long from, ReadOnlySpan<byte> replica)
    {
        if (!replica.IsEmpty)
        {
            _rows.Read(batch, from);
            Write(replica);
        }
    }

    /// <summary>Writes what rows of the ledger say that come from no batch.</summary>
    public void Write(IEnumerable<byte[]> payloads, string replica)
    {
        _rows.Clear();
        foreach (var payload in payloads)
        {
            _rows.Add(LedgerBatch.RowOf(payload));
        }
        if (replica.Length > 0)
        {
            Write(Encoding.UTF8.GetBytes(replica));
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _head.Dispose();
        _last.Dispose();
        _insert.Dispose();
        _move.Dispose();
    }

    private void Write(ReadOnlySpan<byte> chain)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        // The further of both: who deletes rows leaves a hole, and who deletes the head does not stop the ledger.
        Span<byte> hash = stackalloc byte[AuditLink.HashBytes];
        Span<byte> other = stackalloc byte[AuditLink.HashBytes];
        hash.Clear();
        other.Clear();
        var seq = Read(_head, chain, hash);
        if (Read(_last, chain, other) is var last && last > seq)
        {
            seq = last;
            other.CopyTo(hash);
        }
        _rows.Link(chain, seq, hash);
        Check(raw.sqlite3_bind_text(_insert, 1, chain));
        for (var i = 0; i < _rows.Count; i++)
        {
            Check(raw.sqlite3_bind_int64(_insert, 2, _rows.FirstSeq + i));
            Check(raw.sqlite3_bind_int64(_insert, 3, _rows.AtMicros(i)));
            Check(raw.sqlite3_bind_text(_insert, 4, AuditNames.Of(_rows.Kind(i))));
            Check(_rows.CallId(i).IsEmpty ? raw.sqlite3_bind_null(_insert, 5) : raw.sqlite3_bind_text(_insert, 5, _rows.CallId(i)));
            Check(raw.sqlite3_bind_text(_insert, 6, _rows.Body(i)));
            Check(raw.sqlite3_bind_blob(_insert, 7, _rows.Hash(i)));
            Run(_insert);
        }
        Check(raw.sqlite3_bind_text(_move, 1, chain));
        Check(raw.sqlite3_bind_int64(_move, 2, _rows.FirstSeq + _rows.Count - 1));
        Check(raw.sqlite3_bind_blob(_move, 3, _rows.Hash(_rows.Count - 1)));
        Run(_move);
    }

    private long Read(sqlite3_stmt statement, ReadOnlySpan<byte> chain, Span<byte> hash)
    {
        Check(raw.sqlite3_bind_text(statement, 1, chain));
        var result = raw.sqlite3_step(statement);
        var seq = 0L;
        if (result == raw.SQLITE_ROW)
        {
            seq = raw.sqlite3_column_int64(statement, 0);
            var stored = raw.sqlite3_column_blob(statement, 1);
            stored[..Math.Min(stored.Length, hash.Length)].CopyTo(hash);
        }
        var reset = raw.sqlite3_reset(statement);
        Check(result is raw.SQLITE_ROW or raw.SQLITE_DONE ? reset : result);
        return seq;
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return statement;
    }

    private void Run(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        var reset = raw.sqlite3_reset(statement);
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
