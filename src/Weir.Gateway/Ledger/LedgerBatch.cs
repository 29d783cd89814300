namespace Weir.Gateway.Ledger;

/// <summary>
/// Rows of one journal segment on their way into the store, in order. A row's identity is <see cref="Segment"/> and its
/// position: a store remembers, in the same transaction, up to where it has a segment, and skips what lies before.
/// The batch is reused; nothing of it may be kept after the write has completed.
/// </summary>
public sealed class LedgerBatch
{
    /// <summary>Rows per transaction at most: large enough to make the flush of a commit cheap per row, small enough to stay short.</summary>
    public const int MaxRows = 1000;

    private readonly Entry[] _entries = new Entry[MaxRows];
    private readonly byte[] _buffer;

    internal LedgerBatch(int bufferBytes) => _buffer = new byte[bufferBytes];

    /// <summary>Random id of the segment, never negative.</summary>
    public long Segment { get; private set; }

    /// <summary>Whose journal it is; empty when that does not matter.</summary>
    public string Replica { get; private set; } = "";

    /// <summary>Rows in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>The segment is committed up to here, exclusive, once this batch is.</summary>
    public long EndPosition { get; private set; }

    internal Span<byte> Buffer => _buffer;

    internal bool IsFull => Count == MaxRows;

    /// <summary>Where the row begins in its segment.</summary>
    public long PositionOf(int index) => At(index).Position;

    /// <summary>Decodes a row; its spans point into the batch.</summary>
    public LedgerRow Row(int index)
    {
        ref readonly var entry = ref At(index);
        return LedgerRowReader.Read(_buffer.AsSpan(entry.Offset, entry.Length));
    }

    /// <summary>A batch of records that come from no journal: for imports and for tests of a store.</summary>
    /// <param name="segment">Id of the segment to pretend.</param>
    /// <param name="position">Position of the first row; each row takes one.</param>
    /// <param name="records">At most <see cref="MaxRows"/>.</param>
    /// <param name="replica">Whose journal to pretend.</param>
    public static LedgerBatch Of(long segment, long position, IReadOnlyCollection<RequestRecord> records, string replica = "")
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(records.Count, MaxRows);
        var batch = new LedgerBatch(records.Sum(LedgerRowWriter.Bound));
        batch.Start(segment, replica);
        int offset = 0;
        foreach (var record in records)
        {
            int length = LedgerRowWriter.Write(record, batch._buffer.AsSpan(offset));
            batch.Add(position, offset, length);
            offset += length;
            batch.EndAt(++position);
        }

        return batch;
    }

    /// <summary>A row that was stored on its own, as <see cref="LedgerRow.Payload"/>.</summary>
    /// <exception cref="LedgerVersionException">A later build wrote it.</exception>
    /// <exception cref="LedgerFormatException">It is not a row.</exception>
    public static LedgerRow RowOf(ReadOnlySpan<byte> payload) => LedgerRowReader.Read(payload);

    internal void Start(long segment, string replica)
    {
        Segment = segment;
        Replica = replica;
        Count = 0;
    }

    internal void Add(long position, int offset, int length) => _entries[Count++] = new Entry(position, offset, length);

    internal void EndAt(long position) => EndPosition = position;

    private ref readonly Entry At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        return ref _entries[index];
    }

    private readonly record struct Entry(long Position, int Offset, int Length);
}
