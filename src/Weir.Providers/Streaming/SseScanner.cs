namespace Weir.Providers.Streaming;

/// <summary>One server-sent event inside a buffer.</summary>
/// <param name="Start">First byte of the event's first line.</param>
/// <param name="End">One past the blank line that ends it.</param>
/// <param name="DataStart">First byte of the first data line's value; equal to <paramref name="DataEnd"/> when the event has no data.</param>
/// <param name="DataEnd">One past the last byte of the last data line's value. For several data lines the field names lie in between.</param>
/// <param name="DataLines">Number of data lines; 0 for comments and keep-alives.</param>
/// <param name="NameStart">First byte of the event's name (the last <c>event</c> field's value).</param>
/// <param name="NameEnd">One past its last byte; equal to <paramref name="NameStart"/> when the event has no name.</param>
public readonly record struct SseEvent(int Start, int End, int DataStart, int DataEnd, int DataLines, int NameStart, int NameEnd);

/// <summary>
/// Finds complete server-sent events in a growing buffer (WHATWG HTML, "9.2.6 Interpreting an event stream"): lines end with LF, CR LF or
/// CR; a blank line ends an event; a byte order mark may stand in front. Keeps its place between reads, so no byte is looked at twice, and
/// finds the same events however the stream is cut. Allocates nothing.
/// </summary>
public struct SseScanner
{
    private int _at;
    private int _lineStart;
    private int _eventStart;
    private int _dataStart;
    private int _dataEnd;
    private int _dataLines;
    private int _nameStart;
    private int _nameEnd;
    private bool _afterCr;
    private bool _lastLineWasCrLf;
    private bool _blankAwaitsLf;
    private bool _begun;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Where the event that is not complete yet begins: bytes before it can be given away.</summary>
    public readonly int Pending => _eventStart;

    /// <summary>Length of the line that is not complete yet.</summary>
    public readonly int OpenLine => _at - _lineStart;

    /// <summary>Finds the next complete event in <paramref name="buffer"/>; false when more bytes are needed.</summary>
    /// <param name="buffer">All bytes that have not been given away.</param>
    /// <param name="ended">No more bytes will come.</param>
    /// <param name="found">The event.</param>
    public bool TryRead(ReadOnlySpan<byte> buffer, bool ended, out SseEvent found)
    {
        found = default;
        while (true)
        {
            if (_afterCr && _at < buffer.Length)
            {
                TakeLfAfterCr(buffer[_at] == (byte)'\n');
            }
            if (_blankAwaitsLf && (!_afterCr || ended))
            {
                _blankAwaitsLf = false;
                found = Complete();
                return true;
            }
            var length = buffer[_at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                _at = buffer.Length;
                return false;
            }
            var lineEnd = _at + length;
            var line = buffer[_lineStart..lineEnd];
            var start = _lineStart;
            _at = _lineStart = lineEnd + 1;
            _afterCr = buffer[lineEnd] == (byte)'\r';
            if (!line.IsEmpty)
            {
                _lastLineWasCrLf = false;
                ReadField(line, start);
            }
            else if (_afterCr && _lastLineWasCrLf)
            {
                // In a stream of CR LF lines the LF of the blank line is sure to come, and belongs to this event.
                _blankAwaitsLf = true;
            }
            else
            {
                // After a bare CR nobody can tell whether an LF will follow: the event ends here, and such an LF lies between two events.
                found = Complete();
                return true;
            }
        }
    }

    /// <summary>
    /// The bytes before <see cref="Pending"/> have been moved out of the buffer: positions shift by <paramref name="count"/>.
    /// </summary>
    public void Shift(int count)
    {
        _at -= count;
        _lineStart -= count;
        _eventStart -= count;
        if (_dataLines > 0)
        {
            _dataStart -= count;
            _dataEnd -= count;
        }
        if (_nameEnd > 0)
        {
            _nameStart -= count;
            _nameEnd -= count;
        }
    }

    private void TakeLfAfterCr(bool isLf)
    {
        _afterCr = false;
        if (!isLf)
        {
            return;
        }
        var betweenEvents = _eventStart == _at && !_blankAwaitsLf;
        _lineStart = ++_at;
        _lastLineWasCrLf = !betweenEvents;
        if (betweenEvents)
        {
            _eventStart = _at;
        }
    }

    private SseEvent Complete()
    {
        var complete = new SseEvent(_eventStart, _at, _dataStart, _dataEnd, _dataLines, _nameStart, _nameEnd);
        _eventStart = _at;
        _dataStart = _dataEnd = _dataLines = 0;
        _nameStart = _nameEnd = 0;
        _lastLineWasCrLf = false;
        return complete;
    }

    private void ReadField(ReadOnlySpan<byte> line, int start)
    {
        if (!_begun)
        {
            _begun = true;
            if (line.StartsWith(ByteOrderMark))
            {
                line = line[ByteOrderMark.Length..];
                start += ByteOrderMark.Length;
            }
        }
        if (Holds(line, "data"u8, out var value))
        {
            if (_dataLines++ == 0)
            {
                _dataStart = start + value;
            }
            _dataEnd = start + line.Length;
        }
        else if (Holds(line, "event"u8, out value))
        {
            _nameStart = start + value;
            _nameEnd = start + line.Length;
        }
    }

    /// <summary>True when the line is the field <paramref name="field"/>; <paramref name="value"/> is where its value begins.</summary>
    private static bool Holds(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field, out int value)
    {
        value = field.Length;
        if (!line.StartsWith(field) || (line.Length > value && line[value] != (byte)':'))
        {
            return false;
        }
        value = line.Length == value ? value : line.Length > value + 1 && line[value + 1] == (byte)' ' ? value + 2 : value + 1;
        return true;
    }
}
