using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Weir.Gateway.Ledger;

/// <summary>Appends LEB128 varints and length-prefixed UTF-8 to a buffer that is known to be large enough.</summary>
internal ref struct WireWriter(Span<byte> buffer)
{
    /// <summary>A longer text is cut at a character: a caller's free text must not be able to fill the journal.</summary>
    public const int MaxTextBytes = 1024;

    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    /// <summary>Most bytes that <see cref="Text"/> needs for this text.</summary>
    public static int TextBound(string text) => 2 + Math.Min(text.Length * 3, MaxTextBytes);

    public void Byte(byte value) => _buffer[Length++] = value;

    public void Unsigned(ulong value)
    {
        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[Length++] = (byte)value;
    }

    /// <summary>Zigzag: small numbers of either sign stay short.</summary>
    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        Unsigned((uint)bytes.Length);
        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }

    [SkipLocalsInit]
    public void Text(string text)
    {
        // Nearly every text is under 42 characters, so that one length byte is sure to do and nothing moves afterwards.
        if (text.Length * 3 < 0x80)
        {
            int written = Encoding.UTF8.GetBytes(text, _buffer[(Length + 1)..]);
            _buffer[Length] = (byte)written;
            Length += 1 + written;
            return;
        }

        Span<byte> scratch = stackalloc byte[MaxTextBytes];
        Utf8.FromUtf16(text, scratch, out _, out int length, replaceInvalidSequences: true);
        Bytes(scratch[..length]);
    }
}
