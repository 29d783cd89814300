using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Weir.Storage.Postgres;

/// <summary>
/// Rows in the binary form of COPY. The journal's UTF-8 goes into it without strings: PostgreSQL's binary text is the same bytes.
/// </summary>
internal sealed class CopyRows
{
    private readonly ArrayBufferWriter<byte> _output = new(64 << 10);

    public ReadOnlyMemory<byte> Written => _output.WrittenMemory;

    public void Begin()
    {
        _output.ResetWrittenCount();
        _output.Write("PGCOPY\n"u8);
        _output.Write((ReadOnlySpan<byte>)[0xFF, (byte)'\r', (byte)'\n', 0]);
        Int32(0);
        Int32(0);
    }

    public void Row(short columns) => Int16(columns);

    public void End() => Int16(-1);

    public void Number(long value)
    {
        Int32(8);
        BinaryPrimitives.WriteInt64BigEndian(_output.GetSpan(8), value);
        _output.Advance(8);
    }

    public void Integer(int value)
    {
        Int32(4);
        Int32(value);
    }

    public void Flag(bool value)
    {
        Int32(1);
        _output.Write([value ? (byte)1 : (byte)0]);
    }

    public void Null() => Int32(-1);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        _output.Write(value);
    }

    public void Hex(ReadOnlySpan<byte> value)
    {
        Int32(value.Length * 2);
        Convert.TryToHexStringLower(value, _output.GetSpan(value.Length * 2), out int written);
        _output.Advance(written);
    }

    /// <summary>
    /// An empty text is NULL. PostgreSQL takes no zero in a text and no broken UTF-8, both of which a caller may send: one such row would
    /// hold up every row behind it for good, so what it doesn't take becomes U+FFFD.
    /// </summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            Null();
        }
        else if (utf8.Contains((byte)0) || !Utf8.IsValid(utf8))
        {
            Bytes(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8).Replace('\0', '\uFFFD')));
        }
        else
        {
            Bytes(utf8);
        }
    }

    private void Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_output.GetSpan(2), value);
        _output.Advance(2);
    }

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_output.GetSpan(4), value);
        _output.Advance(4);
    }
}
