using System.Buffers.Binary;
using System.Text;

namespace Weir.Providers.Tests.Streaming;

/// <summary>Writes <c>application/vnd.amazon.eventstream</c> as AWS does; shares no code with the product.</summary>
internal static class EventStreamWire
{
    internal static byte[] Event(string type, string json) => Message([(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], Encoding.UTF8.GetBytes(json));

    internal static byte[] Exception(string type, string json) =>
        Message([(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")], Encoding.UTF8.GetBytes(json));

    internal static byte[] Error(string code, string text) => Message([(":message-type", "error"), (":error-code", code), (":error-message", text)], []);

    internal static byte[] Message((string Name, string Value)[] headers, byte[] payload)
    {
        var head = new List<byte>();
        foreach (var (name, value) in headers)
        {
            var utf8 = Encoding.UTF8.GetBytes(value);
            head.Add((byte)name.Length);
            head.AddRange(Encoding.ASCII.GetBytes(name));
            head.Add(7);
            head.Add((byte)(utf8.Length >> 8));
            head.Add((byte)utf8.Length);
            head.AddRange(utf8);
        }
        return Frame([.. head], payload);
    }

    internal static byte[] Frame(byte[] headers, byte[] payload)
    {
        var bytes = new byte[16 + headers.Length + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), Checksum(bytes.AsSpan(0, 8)));
        headers.CopyTo(bytes, 12);
        payload.CopyTo(bytes, 12 + headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - 4), Checksum(bytes.AsSpan(0, bytes.Length - 4)));
        return bytes;
    }

    /// <summary>CRC-32 bit by bit, from its definition.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }
        return ~crc;
    }
}
