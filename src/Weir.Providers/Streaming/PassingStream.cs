using System.Buffers;
using System.Text.Json;
using Weir.Providers.Dialects;
using Weir.Providers.Tokens;

namespace Weir.Providers.Streaming;

/// <summary>
/// Reads what a stream tells of its use while somebody else passes its bytes on as they are: server-sent events, Amazon's event stream, or
/// Gemini's array of objects. Whatever it can't read it passes over; it never holds a byte up.
/// </summary>
public sealed class PassingStream : IDisposable
{
    private const string AmazonEvents = "application/vnd.amazon.eventstream";
    private const string ServerSentEvents = "text/event-stream";

    private readonly IDialectGlance _glance;
    private readonly StreamCaps _caps;
    private readonly ArrayBufferWriter<byte>? _text;
    private readonly bool _isArray;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(8192);
    private int _filled;
    private SseScanner _scanner;
    private StreamFacts _facts;
    private bool _contentSeen;
    private bool _mayEnd;

    /// <summary>Reads a body of <paramref name="mediaType"/>.</summary>
    public PassingStream(IDialectGlance glance, string? mediaType, StreamCaps caps)
    {
        ArgumentNullException.ThrowIfNull(caps);
        _glance = glance;
        _caps = caps;
        _text = AmazonEvents.Equals(mediaType, StringComparison.OrdinalIgnoreCase) ? new(4096) : null;
        _isArray = _text is null && mediaType is not null && !ServerSentEvents.Equals(mediaType, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What the stream has told so far.</summary>
    public StreamFacts Facts => _facts;

    /// <summary>The generated text, kept for counting.</summary>
    public OutputText Output { get; } = new();

    /// <summary>True once the stream has told that its answer is whole: its terminal event, or a finish and nothing torn after it.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>True once an event was an error.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>True once something could not be read (too long, no JSON): what <see cref="Facts"/> says may not be all.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>Looks at the next bytes; true when the stream's own terminal event is among them.</summary>
    public bool Look(ReadOnlySpan<byte> bytes)
    {
        if (IsBlind || !Append(bytes))
        {
            return false;
        }
        return _text is null ? !_isArray && ScanEvents(ended: false) : ScanMessages();
    }

    /// <summary>No more bytes will come.</summary>
    public void End()
    {
        if (IsBlind)
        {
            return;
        }
        if (_isArray)
        {
            ReadArray();
            return;
        }
        if (_text is null)
        {
            ScanEvents(ended: true);
        }
        IsWhole |= _mayEnd && _filled == 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, []) is { Length: > 0 } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Output.Dispose();
        }
    }

    private bool Append(ReadOnlySpan<byte> bytes)
    {
        // An array is one value: it is kept whole, as far as answers of models go.
        if (_filled + (long)bytes.Length > (_isArray ? 4L * _caps.EventBytes : _caps.EventBytes + 64L * 1024))
        {
            IsBlind = true;
            return false;
        }
        if (_filled + bytes.Length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_filled + bytes.Length, _buffer.Length * 2));
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        bytes.CopyTo(_buffer.AsSpan(_filled));
        _filled += bytes.Length;
        return true;
    }

    private bool ScanEvents(bool ended)
    {
        var terminal = false;
        while (_scanner.TryRead(_buffer.AsSpan(0, _filled), ended, out var found))
        {
            terminal |= found.DataEnd > found.DataStart && LookAt(_buffer, found);
        }
        var done = Math.Min(_scanner.Pending, _filled);
        Buffer.BlockCopy(_buffer, done, _buffer, 0, _filled - done);
        _filled -= done;
        _scanner.Shift(done);
        return terminal;
    }

    private bool ScanMessages()
    {
        var (at, terminal) = (0, false);
        while (true)
        {
            _text!.ResetWrittenCount(); // Chosen by Look.
            IsBlind |= EventStreamMessage.Translate(_buffer.AsSpan(at, _filled - at), _caps.EventBytes, _text, out var length) is not null;
            if (length == 0)
            {
                break;
            }
            at += length;
            var scanner = default(SseScanner);
            var text = _text.WrittenSpan;
            while (scanner.TryRead(text, ended: true, out var found))
            {
                terminal |= found.DataEnd > found.DataStart && LookAt(text, found);
            }
        }
        Buffer.BlockCopy(_buffer, at, _buffer, 0, _filled - at);
        _filled -= at;
        return terminal;
    }

    private bool LookAt(ReadOnlySpan<byte> buffer, in SseEvent found)
    {
        var data = buffer[found.DataStart..found.DataEnd];
        return LookAt(buffer[found.NameStart..found.NameEnd], found.DataLines > 1 ? SseData.Join(data) : data);
    }

    private bool LookAt(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var traits = _glance.Look(name, data, _contentSeen, ref _facts);
        HasFailed |= (traits & EventTraits.Error) != 0;
        if ((traits & (EventTraits.Error | EventTraits.Terminal)) == 0)
        {
            _glance.KeepText(data, Output);
        }
        _contentSeen |= (traits & EventTraits.Content) != 0;
        IsWhole |= (traits & EventTraits.Terminal) != 0;
        _mayEnd |= (traits & (EventTraits.MayBeLast | EventTraits.Finish)) != 0;
        return (traits & EventTraits.Terminal) != 0;
    }

    /// <summary>Gemini's stream without <c>alt=sse</c>: one array whose elements are the events. A cut one is read as far as it goes.</summary>
    private void ReadArray()
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _filled);
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        try
        {
            var inArray = reader.Read() && reader.TokenType == JsonTokenType.StartArray && reader.Read();
            while (reader.TokenType == JsonTokenType.StartObject)
            {
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    return;
                }
                LookAt(default, bytes[start..(int)reader.BytesConsumed]);
                if (!inArray)
                {
                    // One object instead of an array: an error, or a vendor that did not stream.
                    IsWhole = true;
                    return;
                }
                reader.Read();
            }
            IsWhole = inArray && reader.TokenType == JsonTokenType.EndArray;
        }
        catch (JsonException)
        {
            IsBlind = true;
        }
    }
}
