namespace Weir.Providers.Streaming;

/// <summary>One server-sent event inside a buffer.</summary>
/// <param name="Start">First byte of the event's first line.</param>
/// <param name="End">One past the blank line that ends it.</param>
/// <param name="DataStart">First byte of the first data line's value; equal to <paramref name="DataEnd"/> when the event has no data.</param>
/// <param name="DataEnd">One past the last byte of the last data line's value. For several data lines the field names lie in between.</param>
/// <param name="DataLines">Number of data lines; 0 for comments and keep-alives.</param>
public readonly record struct SseEvent(int Start, int End, int DataStart, int DataEnd, int DataLines);

/// <summary>
/// Finds complete server-sent events in a growing buffer (WHATWG HTML, "9.2.6 Interpreting an event stream"): lines end with LF, CR LF or
/// CR; a blank line ends an event. Keeps its place between reads, so no byte is looked at twice. Allocates nothing.
/// </summary>
public struct SseScanner
{
    private int _at;
    private int _lineStart;
    private int _eventStart;
    private int _dataStart;
    private int _dataEnd;
    private int _dataLines;
    private bool _afterCr;

    /// <summary>Where the event that is not complete yet begins: bytes before it can be given away.</summary>
    public readonly int Pending => _eventStart;

    /// <summary>Length of the line that is not complete yet.</summary>
    public readonly int OpenLine => _at - _lineStart;

    /// <summary>Finds the next complete event in <paramref name="buffer"/>; false when more bytes are needed.</summary>
    public bool TryRead(ReadOnlySpan<byte> buffer, out SseEvent found)
    {
        found = default;
        while (true)
        {
            if (_afterCr && _at < buffer.Length)
            {
                _afterCr = false;
                if (buffer[_at] == (byte)'\n')
                {
                    // The LF of a CR LF belongs to the line that the CR ended.
                    _at++;
                    _lineStart = _at;
                    if (_dataLines == 0 && _eventStart == _at - 1)
                    {
                        _eventStart = _at;
                    }
                }
            }
            var length = buffer[_at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                _at = buffer.Length;
                return false;
            }
            var lineEnd = _at + length;
            _at = lineEnd + 1;
            _afterCr = buffer[lineEnd] == (byte)'\r';
            var line = buffer[_lineStart..lineEnd];
            var start = _lineStart;
            _lineStart = _at;
            if (line.IsEmpty)
            {
                if (_afterCr && _at < buffer.Length && buffer[_at] == (byte)'\n')
                {
                    _at++;
                    _lineStart = _at;
                    _afterCr = false;
                }
                found = new SseEvent(_eventStart, _at, _dataStart, _dataEnd, _dataLines);
                _eventStart = _at;
                _dataStart = _dataEnd = _dataLines = 0;
                return true;
            }
            ReadField(line, start);
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
    }

    private void ReadField(ReadOnlySpan<byte> line, int start)
    {
        if (!line.StartsWith("data"u8) || (line.Length > 4 && line[4] != (byte)':'))
        {
            return;
        }
        var value = line.Length == 4 ? 4 : line.Length > 5 && line[5] == (byte)' ' ? 6 : 5;
        if (_dataLines++ == 0)
        {
            _dataStart = start + value;
        }
        _dataEnd = start + line.Length;
    }
}
