using System.Buffers;
using System.Runtime.CompilerServices;

namespace Weir.Providers.Streaming;

/// <summary>
/// Reads an upstream's <c>application/vnd.amazon.eventstream</c> as server-sent events, so that the rest of the gateway knows one kind of
/// stream: <c>event: contentBlockDelta</c>, <c>data: {...}</c>. An exception becomes <c>event: error</c> with OpenAI's shape of an error. A
/// message that is torn, too long or fails its checksum breaks the stream like a lost connection does, after what came before it in order.
/// </summary>
internal sealed class EventStreamToSse(Stream source, int mostBytes) : Stream
{
    /// <summary>Messages are translated ahead up to so much text.</summary>
    private const int Ahead = 16 << 10;

    private readonly ArrayBufferWriter<byte> _text = new(4096);
    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;
    private int _given;
    private bool _ended;
    private string? _broken;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A message is torn, too long, or not what its checksum says.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }
        while (true)
        {
            if (_given == _text.WrittenCount)
            {
                _text.ResetWrittenCount();
                _given = 0;
                Translate();
            }
            if (_given < _text.WrittenCount)
            {
                var count = Math.Min(buffer.Length, _text.WrittenCount - _given);
                _text.WrittenSpan.Slice(_given, count).CopyTo(buffer.Span);
                _given += count;
                return count;
            }
            if (_broken is not null)
            {
                throw new IOException(_broken);
            }
            if (_ended)
            {
                return _start == _end ? 0 : throw new IOException("The event stream ends in the middle of a message.");
            }
            MakeRoom();
            var read = await source.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
            _ended = read == 0;
            _end += read;
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An upstream's stream is read asynchronously.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Translates the whole messages that are there.</summary>
    private void Translate()
    {
        while (_broken is null && _text.WrittenCount < Ahead)
        {
            _broken = EventStreamMessage.Translate(_bytes.AsSpan(_start, _end - _start), mostBytes, _text, out var length);
            if (length == 0)
            {
                return;
            }
            _start += length;
        }
    }

    /// <summary>Room for the rest of the message, or for whatever comes.</summary>
    private void MakeRoom()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_bytes, _start, _bytes, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _bytes.Length)
        {
            // The message that fills the buffer is within the bound: longer ones have ended the stream.
            Array.Resize(ref _bytes, Math.Min(_bytes.Length * 2, Math.Max(mostBytes, EventStreamMessage.Shortest) + 4096));
        }
    }
}
