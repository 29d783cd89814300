using System.Text;
using System.Text.Unicode;

namespace Weir.Providers.Dialects.Forms;

/// <summary>
/// Finds the parts of a <c>multipart/form-data</c> body (RFC 7578) as it streams by, and keeps the text of its fields but no byte of its
/// files. Whatever two readers could take differently is refused: the boundary anywhere but at a delimiter, text before or after the form, folded
/// or repeated headers, encoded or repeated parameters. So the upstream finds the same fields as the gateway that judged them.
/// </summary>
public sealed class FormScanner
{
    /// <summary>Most parts of a form.</summary>
    public const int MostParts = 256;

    /// <summary>Longest header block of a part.</summary>
    public const int LongestHeaders = 16 << 10;

    /// <summary>Longest text of all fields together.</summary>
    public const int LongestText = 4 << 20;

    private const int LongestBoundary = 70;
    private const int LongestEpilogue = 4;

    private enum Place
    {
        Start,
        Delimiter,
        Headers,
        Value,
        End,
    }

    private readonly string _boundary;
    private readonly byte[] _delimiter;
    private readonly List<FormPart> _parts = [];
    private byte[] _window = new byte[32 << 10];
    private int _filled;
    private long _base;
    private Place _place;
    private FormHeaders _headers;
    private long _partStart;
    private long _valueStart;
    private MemoryStream? _text;
    private long _textBytes;
    private int _epilogue;
    private bool _lineBreakSkipped;
    private FormRefusal? _refusal;

    /// <summary>Starts on a form with this boundary; see <see cref="IsBoundary"/>.</summary>
    public FormScanner(string boundary)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        _boundary = boundary;
        _delimiter = Encoding.ASCII.GetBytes("--" + boundary);
    }

    /// <summary>Whether <paramref name="text"/> can be a boundary (RFC 2046, section 5.1.1), spaces left out, on whose end readers disagree.</summary>
    public static bool IsBoundary(string? text) =>
        text is { Length: > 0 and <= LongestBoundary } && text.All(static c => char.IsAsciiLetterOrDigit(c) || "'()+_,-./:=?".Contains(c, StringComparison.Ordinal));

    /// <summary>Looks at the next bytes. Null while the form is fine.</summary>
    public FormRefusal? Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _refusal is null)
        {
            var room = Math.Min(bytes.Length, _window.Length - _filled);
            bytes[..room].CopyTo(_window.AsSpan(_filled));
            _filled += room;
            bytes = bytes[room..];
            while (_refusal is null && Step())
            {
            }
        }
        return _refusal;
    }

    /// <summary>The form, once all bytes have been fed; a refusal when it is not whole.</summary>
    public FormRefusal? Complete(out FormIndex? form)
    {
        form = null;
        if (_refusal is not null)
        {
            return _refusal;
        }
        if (_place != Place.End)
        {
            return new FormRefusal("The form ends before its closing boundary.");
        }
        form = new FormIndex(_boundary, _parts, _partStart, _base + _filled);
        return null;
    }

    /// <summary>Goes on as far as one construct; false when more bytes are needed.</summary>
    private bool Step() => _place switch
    {
        Place.Start => AtStart(),
        Place.Delimiter => AtDelimiter(),
        Place.Headers => AtHeaders(),
        Place.Value => AtValue(),
        _ => AtEnd(),
    };

    private bool AtStart()
    {
        if (!_lineBreakSkipped && _filled >= 2)
        {
            _lineBreakSkipped = true;
            if (Window.StartsWith("\r\n"u8))
            {
                Consume(2);
            }
        }
        if (_filled < _delimiter.Length)
        {
            return false;
        }
        if (!Window.StartsWith(_delimiter))
        {
            return Refuse("The form must begin with the boundary that its Content-Type names.");
        }
        return PassDelimiter();
    }

    private bool PassDelimiter()
    {
        _partStart = _base;
        Consume(_delimiter.Length);
        _place = Place.Delimiter;
        return true;
    }

    private bool AtDelimiter()
    {
        if (_filled < 2)
        {
            return false;
        }
        if (Window.StartsWith("--"u8))
        {
            _place = Place.End;
        }
        else if (Window.StartsWith("\r\n"u8))
        {
            _place = Place.Headers;
        }
        else
        {
            return Refuse("The form's boundary occurs where no part begins, or something follows it on its line.");
        }
        Consume(2);
        return true;
    }

    private bool AtHeaders()
    {
        var end = Window.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return _filled > LongestHeaders ? Refuse($"The headers of a part are longer than {LongestHeaders} bytes.") : false;
        }
        if (_parts.Count == MostParts)
        {
            return TooLarge($"The form has more than {MostParts} parts.");
        }
        var block = Window[..end];
        if (block.IndexOf(_delimiter) >= 0)
        {
            return Refuse("The form's boundary occurs inside the headers of a part.");
        }
        if (FormHeaders.Read(block, out _headers) is { } wrong)
        {
            return Refuse(wrong, _headers.Name ?? "");
        }
        Consume(end + 4);
        _valueStart = _base;
        _text = _headers.IsFile ? null : new MemoryStream();
        _place = Place.Value;
        return true;
    }

    private bool AtValue()
    {
        // A delimiter that has not come whole stays in the window, with the line break before it.
        var found = Window.IndexOf(_delimiter);
        var passed = found < 0 ? _filled - (_delimiter.Length + 1) : found - 2;
        if (found >= 0 && (_base + passed < _valueStart || !Window[passed..].StartsWith("\r\n"u8)))
        {
            return Refuse("The form's boundary occurs inside a part.", _headers.Name ?? "");
        }
        if (passed > 0)
        {
            _textBytes += _text is null ? 0 : passed;
            if (_textBytes > LongestText)
            {
                return TooLarge($"The fields of the form are longer than {LongestText} bytes; a file needs a file name.", _headers.Name ?? "");
            }
            _text?.Write(Window[..passed]);
            Consume(passed);
        }
        if (found < 0)
        {
            return false;
        }
        var text = _text?.ToArray();
        if (text is not null && !Utf8.IsValid(text))
        {
            return Refuse($"The field '{_headers.Name}' is not valid UTF-8; a file needs a file name.", _headers.Name ?? "");
        }
        _parts.Add(new FormPart(_headers.Name ?? "", _partStart, _valueStart, _base, text is null ? default(ReadOnlyMemory<byte>?) : text));
        Consume(2);
        return PassDelimiter();
    }

    private bool AtEnd()
    {
        _epilogue += _filled;
        if (_epilogue > LongestEpilogue || Window.ContainsAnyExcept((byte)'\r', (byte)'\n'))
        {
            return Refuse("Something follows the form's closing boundary.");
        }
        Consume(_filled);
        return false;
    }

    private ReadOnlySpan<byte> Window => _window.AsSpan(0, _filled);

    private void Consume(int count)
    {
        Buffer.BlockCopy(_window, count, _window, 0, _filled - count);
        _filled -= count;
        _base += count;
    }

    private bool Refuse(string message, string part = "")
    {
        _refusal = new FormRefusal(message, part);
        return false;
    }

    private bool TooLarge(string message, string part = "")
    {
        _refusal = new FormRefusal(message, part, TooLarge: true);
        return false;
    }
}
