using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Weir.Gateway.Tests.Telemetry.Tracing;

/// <summary>Reads protobuf by field numbers, without a schema.</summary>
internal static class Proto
{
    /// <summary>Every length-delimited value of a field.</summary>
    internal static List<byte[]> Messages(byte[] message, int field) => [.. Fields(message).Where(f => f.Field == field && f.Wire == 2).Select(static f => f.Bytes)];

    internal static string Text(byte[] message, int field) => Messages(message, field) is [.., var last] ? Encoding.UTF8.GetString(last) : "";

    internal static long Number(byte[] message, int field) => Fields(message).Where(f => f.Field == field && f.Wire == 0).Select(static f => f.Number).LastOrDefault();

    internal static double Double(byte[] message, int field) =>
        Fields(message).Where(f => f.Field == field && f.Wire == 1).Select(static f => BitConverter.Int64BitsToDouble(f.Number)).LastOrDefault();

    /// <summary>A repeated <c>KeyValue</c>, values as text.</summary>
    internal static Dictionary<string, string> Attributes(byte[] message, int field) => Messages(message, field).ToDictionary(
        static pair => Text(pair, 1),
        static pair => Messages(pair, 2) is [var value, ..]
            ? Fields(value) is [var any, ..] ? any.Field switch
            {
                1 => Encoding.UTF8.GetString(any.Bytes),
                2 => any.Number != 0 ? "true" : "false",
                4 => BitConverter.Int64BitsToDouble(any.Number).ToString(CultureInfo.InvariantCulture),
                _ => any.Number.ToString(CultureInfo.InvariantCulture),
            }
            : ""
            : "",
        StringComparer.Ordinal);

    private static List<(int Field, int Wire, long Number, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, int, long, byte[])>();
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            var (field, wire) = ((int)(tag >> 3), (int)(tag & 7));
            switch (wire)
            {
                case 0:
                    fields.Add((field, wire, Varint(message, ref at), []));
                    break;
                case 1:
                    fields.Add((field, wire, BinaryPrimitives.ReadInt64LittleEndian(message.AsSpan(at)), []));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    fields.Add((field, wire, 0, message[at..(at + length)]));
                    at += length;
                    break;
                case 5:
                    fields.Add((field, wire, BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(at)), []));
                    at += 4;
                    break;
                default:
                    throw new FormatException($"wire type {wire} at byte {at}");
            }
        }

        return fields;
    }

    private static long Varint(byte[] message, ref int at)
    {
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = message[at++];
            value |= (long)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }
}
