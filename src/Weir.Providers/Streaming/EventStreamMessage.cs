using System.Buffers;
using System.Buffers.Binary;

namespace Weir.Providers.Streaming;

/// <summary>
/// One message of <c>application/vnd.amazon.eventstream</c>: total length (4), length of the headers (4), checksum of those eight bytes (4),
/// headers, payload, checksum of all before (4); numbers are big-endian. A header is its name's length (1), name, kind (1), value; the only
/// kind that Bedrock sends is text: kind 7, length (2), text.
/// </summary>
internal static class EventStreamMessage
{
    /// <summary>Bytes before the headers.</summary>
    internal const int Prelude = 12;

    /// <summary>Bytes of a message with neither headers nor payload.</summary>
    internal const int Shortest = Prelude + 4;

    private const byte TextKind = 7;

    /// <summary>Writes an event with a JSON payload.</summary>
    internal static void Write(IBufferWriter<byte> target, ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> json)
    {
        var headers = Length(":event-type"u8, eventType) + Length(":content-type"u8, "application/json"u8) + Length(":message-type"u8, "event"u8);
        var total = Shortest + headers + json.Length;
        var message = target.GetSpan(total)[..total];
        BinaryPrimitives.WriteInt32BigEndian(message, total);
        BinaryPrimitives.WriteInt32BigEndian(message[4..], headers);
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], Crc32.Of(message[..8]));
        var at = Prelude;
        Put(message, ref at, ":event-type"u8, eventType);
        Put(message, ref at, ":content-type"u8, "application/json"u8);
        Put(message, ref at, ":message-type"u8, "event"u8);
        json.CopyTo(message[at..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[(total - 4)..], Crc32.Of(message[..(total - 4)]));
        target.Advance(total);
    }

    /// <summary>
    /// Writes the message at the beginning of <paramref name="bytes"/> as a server-sent event. <paramref name="length"/> is the message's, 0 when
    /// it is not whole yet or broken; says what is broken, else null.
    /// </summary>
    internal static string? Translate(ReadOnlySpan<byte> bytes, int mostBytes, IBufferWriter<byte> text, out int length)
    {
        length = 0;
        if (bytes.Length < Prelude)
        {
            return null;
        }
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) != Crc32.Of(bytes[..8]))
        {
            return "The event stream holds a message whose head fails its checksum.";
        }
        var total = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (total > mostBytes)
        {
            return $"The event stream holds a message longer than {mostBytes} bytes.";
        }
        if (total < Shortest || headers > total - Shortest)
        {
            return "The event stream holds a message whose lengths contradict each other.";
        }
        if (bytes.Length < total)
        {
            return null;
        }
        var message = bytes[..(int)total];
        if (BinaryPrimitives.ReadUInt32BigEndian(message[^4..]) != Crc32.Of(message[..^4]))
        {
            return "The event stream holds a message that fails its checksum.";
        }
        if (!EventStreamText.TryWrite(message.Slice(Prelude, (int)headers), message[(Prelude + (int)headers)..^4], text))
        {
            return "The event stream holds a message whose headers can't be read.";
        }
        length = (int)total;
        return null;
    }

    /// <summary>Takes the next header off <paramref name="headers"/>; the value is empty for kinds other than text. False when they are malformed.</summary>
    internal static bool TryTake(scoped ref ReadOnlySpan<byte> headers, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var nameLength = headers[0];
        if (headers.Length < 2 + nameLength)
        {
            return false;
        }
        name = headers.Slice(1, nameLength);
        var kind = headers[1 + nameLength];
        headers = headers[(2 + nameLength)..];
        int length;
        switch (kind)
        {
            case 0 or 1:
                length = 0;
                break;
            case 2:
                length = 1;
                break;
            case 3:
                length = 2;
                break;
            case 4:
                length = 4;
                break;
            case 5 or 8:
                length = 8;
                break;
            case 9:
                length = 16;
                break;
            case 6 or TextKind when headers.Length >= 2:
                length = BinaryPrimitives.ReadUInt16BigEndian(headers);
                headers = headers[2..];
                break;
            default:
                return false;
        }
        if (headers.Length < length)
        {
            return false;
        }
        value = kind == TextKind ? headers[..length] : default;
        headers = headers[length..];
        return true;
    }

    private static int Length(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => 1 + name.Length + 1 + 2 + value.Length;

    private static void Put(Span<byte> message, ref int at, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        message[at++] = (byte)name.Length;
        name.CopyTo(message[at..]);
        at += name.Length;
        message[at++] = TextKind;
        BinaryPrimitives.WriteUInt16BigEndian(message[at..], (ushort)value.Length);
        at += 2;
        value.CopyTo(message[at..]);
        at += value.Length;
    }
}
