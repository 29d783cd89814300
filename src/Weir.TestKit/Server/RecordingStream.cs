namespace Weir.TestKit.Server;

/// <summary>A request's body while it is read: counted as it comes, its start kept for the record.</summary>
internal sealed class RecordingStream(Stream inner, Traffic traffic, int most) : Stream
{
    private readonly MemoryStream _start = new();

    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    /// <summary>The first bytes of the body.</summary>
    public byte[] Beginning => _start.ToArray();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        var kept = (int)Math.Min(read, Math.Max(0, most - _start.Length));
        _start.Write(buffer.Span[..kept]);
        Count += read;
        traffic.BytesReceived(read);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _start.Dispose();
        base.Dispose(disposing);
    }
}
