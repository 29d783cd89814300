namespace Weir.Gateway.Ledger;

/// <summary>Reads what <see cref="WireWriter"/> wrote; anything else is a <see cref="LedgerFormatException"/>, never an overrun.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public readonly ReadOnlySpan<byte> Rest => _bytes[_position..];

    public readonly bool AtEnd => _position == _bytes.Length;

    public byte Byte()
    {
        if (_position >= _bytes.Length)
        {
            throw new LedgerFormatException("a row ends in the middle of a field");
        }

        return _bytes[_position++];
    }

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new LedgerFormatException("a number in a row is longer than 64 bits");
    }

    public long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Int32()
    {
        long value = Signed();
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw new LedgerFormatException("a number in a row does not fit its field");
    }

    public ReadOnlySpan<byte> Bytes()
    {
        ulong length = Unsigned();
        if (length > (ulong)(_bytes.Length - _position))
        {
            throw new LedgerFormatException("a text in a row is longer than the row");
        }

        var text = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return text;
    }
}
