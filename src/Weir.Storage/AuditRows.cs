using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Weir.Gateway.Audit;
using Weir.Gateway.Ledger;

namespace Weir.Storage;

/// <summary>
/// The audit rows of a batch: one for each audit event, and one derived from each row of the ledger, in the order of the journal. They are
/// chained here, behind the requests, so that the hot path pays nothing for it. Reused; not safe for concurrent use.
/// </summary>
internal sealed class AuditRows : IDisposable
{
    private readonly AuditBody _body = new();
    private readonly ArrayBufferWriter<byte> _bytes = new(256 << 10);
    private readonly List<Entry> _entries = [];
    private byte[] _hashes = new byte[LedgerBatch.MaxRows * AuditLink.HashBytes];

    /// <summary>Rows that were added.</summary>
    public int Count => _entries.Count;

    /// <summary>Number of the first row; valid after <see cref="Link"/>.</summary>
    public long FirstSeq { get; private set; }

    /// <summary>Forgets what was added.</summary>
    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _entries.Clear();
    }

    /// <summary>Takes what a batch brings at or behind a position. What says that a request begins is no row.</summary>
    public void Read(LedgerBatch batch, long from)
    {
        Clear();
        var next = 0;
        for (var i = 0; i <= batch.Count; i++)
        {
            var position = i < batch.Count ? batch.PositionOf(i) : long.MaxValue;
            for (; next < batch.EventCount && batch.PositionOfEvent(next) < position; next++)
            {
                if (batch.PositionOfEvent(next) >= from)
                {
                    var entry = batch.Event(next);
                    Add(entry.AtMicros, entry.Kind, entry.CallId, entry.Body);
                }
            }
            if (i < batch.Count && position >= from && batch.Row(i) is { IsOpening: false } row)
            {
                Add(row);
            }
        }
    }

    /// <summary>Adds what a row of the ledger says.</summary>
    public void Add(in LedgerRow row)
    {
        Write(_body, row);
        Add(row.StartedAtMicros, AuditKind.ModelCall, row.CallId, _body.Written);
    }

    /// <summary>Numbers and hashes what was added.</summary>
    /// <param name="chain">The chain's name, UTF-8.</param>
    /// <param name="seq">Number of the chain's last row.</param>
    /// <param name="hash">That row's hash.</param>
    public void Link(ReadOnlySpan<byte> chain, long seq, ReadOnlySpan<byte> hash)
    {
        FirstSeq = seq + 1;
        if (_hashes.Length < Count * AuditLink.HashBytes)
        {
            _hashes = new byte[Count * AuditLink.HashBytes];
        }
        for (var i = 0; i < Count; i++)
        {
            var own = _hashes.AsSpan(i * AuditLink.HashBytes, AuditLink.HashBytes);
            AuditLink.Hash(hash, FirstSeq + i, chain, Body(i), own);
            hash = own;
        }
    }

    public long AtMicros(int index) => _entries[index].AtMicros;

    public AuditKind Kind(int index) => _entries[index].Kind;

    /// <summary>As every database takes it.</summary>
    public ReadOnlySpan<byte> CallId(int index) => _bytes.WrittenSpan.Slice(_entries[index].Offset, _entries[index].CallLength);

    public ReadOnlySpan<byte> Body(int index) => _bytes.WrittenSpan.Slice(_entries[index].Offset + _entries[index].CallLength, _entries[index].BodyLength);

    public ReadOnlySpan<byte> Hash(int index) => _hashes.AsSpan(index * AuditLink.HashBytes, AuditLink.HashBytes);

    public void Dispose() => _body.Dispose();

    /// <summary>What a record of the ledger, read back from it, would be audited as.</summary>
    public static LedgerCall CallOf(RequestRecord record, AuditBody body)
    {
        Write(body, LedgerBatch.Of(0, 0, [record]).Row(0));
        return new LedgerCall(record.CallId, body.Written.ToArray());
    }

    private static void Write(AuditBody body, in LedgerRow row)
    {
        var usage = row.Usage;
        body.Begin(row.StartedAtMicros, AuditKind.ModelCall, row.CallId);
        body.Text("operation"u8, LedgerNames.Of(row.Operation));
        if (row.KeyHashIsBinary)
        {
            Span<byte> hex = stackalloc byte[64];
            Convert.TryToHexStringLower(row.KeyHash, hex, out _);
            body.Text("key"u8, hex);
        }
        else
        {
            body.Text("key"u8, row.KeyHash);
        }
        body.Text("end_user"u8, row.EndUser);
        body.Text("model"u8, row.RequestedModel);
        body.Text("group"u8, row.ModelGroup);
        body.Text("deployment"u8, row.DeploymentId);
        body.Text("provider"u8, row.Provider);
        body.Text("upstream_model"u8, row.UpstreamModel);
        body.Text("outcome"u8, LedgerNames.Of(row.Outcome));
        body.Number("status"u8, row.Status);
        body.Text("error"u8, row.ErrorType);
        body.Number("prompt_tokens"u8, usage.Prompt);
        body.Number("completion_tokens"u8, usage.Completion);
        body.Number("total_tokens"u8, usage.Total);
        body.Number("cached_prompt_tokens"u8, usage.CachedPrompt);
        body.Number("cache_write_tokens"u8, usage.CacheWrite);
        body.Number("reasoning_tokens"u8, usage.Reasoning);
        body.Number("audio_prompt_tokens"u8, usage.AudioPrompt);
        body.Number("audio_completion_tokens"u8, usage.AudioCompletion);
        body.Flag("usage_estimated"u8, usage.Estimated);
        body.Number("cost_nanos"u8, row.CostNanos);
        body.Flag("cost_unknown"u8, !row.CostKnown);
        body.End();
    }

    private void Add(long atMicros, AuditKind kind, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> body)
    {
        if (callId.Contains((byte)0) || !Utf8.IsValid(callId))
        {
            callId = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(callId).Replace('\0', '\uFFFD'));
        }
        _entries.Add(new Entry(atMicros, kind, _bytes.WrittenCount, callId.Length, body.Length));
        _bytes.Write(callId);
        _bytes.Write(body);
    }

    private readonly record struct Entry(long AtMicros, AuditKind Kind, int Offset, int CallLength, int BodyLength);
}
