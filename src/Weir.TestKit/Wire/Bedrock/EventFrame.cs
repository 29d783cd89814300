using System.Buffers.Binary;
using System.Text;

namespace Weir.TestKit.Wire.Bedrock;

/// <summary>
/// A frame of <c>application/vnd.amazon.eventstream</c>: total length, length of the headers, checksum of these two, headers,
/// payload, checksum of everything before; all numbers big-endian.
/// </summary>
internal static class EventFrame
{
    private const int PreludeLength = 12;
    private const byte StringHeader = 7;

    private static readonly uint[] Table = MakeTable();

    /// <param name="messageType"><c>event</c> or <c>exception</c>.</param>
    /// <param name="name">Name of the event or the exception.</param>
    /// <param name="payload">JSON.</param>
    public static byte[] Of(string messageType, string name, ReadOnlySpan<byte> payload)
    {
        using var headers = new MemoryStream();
        Header(headers, messageType == "event" ? ":event-type" : ":exception-type", name);
        Header(headers, ":content-type", "application/json");
        Header(headers, ":message-type", messageType);
        var length = (int)headers.Length;
        var frame = new byte[PreludeLength + length + payload.Length + 4];
        Prelude(frame.Length, length).CopyTo(frame, 0);
        headers.ToArray().CopyTo(frame, PreludeLength);
        payload.CopyTo(frame.AsSpan(PreludeLength + length));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc32(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    public static byte[] Prelude(int total, int headers)
    {
        var prelude = new byte[PreludeLength];
        BinaryPrimitives.WriteUInt32BigEndian(prelude, (uint)total);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), (uint)headers);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Crc32(prelude.AsSpan(0, 8)));
        return prelude;
    }

    /// <summary>CRC-32 of IEEE 802.3.</summary>
    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = Table[(crc ^ b) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static void Header(MemoryStream headers, string name, string value)
    {
        headers.WriteByte((byte)name.Length);
        headers.Write(Encoding.ASCII.GetBytes(name));
        headers.WriteByte(StringHeader);
        var bytes = Encoding.UTF8.GetBytes(value);
        headers.WriteByte((byte)(bytes.Length >> 8));
        headers.WriteByte((byte)bytes.Length);
        headers.Write(bytes);
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
