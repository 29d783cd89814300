using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Providers.Streaming;

namespace Weir.Providers.Tests.Dialects;

/// <summary>Bytes of the wire as text for people, and streams as events.</summary>
internal static class WireText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A JSON body, indented. Fails on what is not JSON.</summary>
    internal static string Pretty(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 200 });
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            document.WriteTo(writer);
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>A client's stream: server-sent events as they are, Bedrock's binary messages as lines of the same form.</summary>
    internal static string Stream(WireFormat format, byte[] stream) => format == WireFormat.BedrockConverse
        ? string.Concat(BinaryMessages(stream).Select(e => $"event: {Encoding.UTF8.GetString(e.Name)}\ndata: {Encoding.UTF8.GetString(e.Data)}\n\n"))
        : Encoding.UTF8.GetString(stream);

    /// <summary>The events of a stream.</summary>
    internal static List<CaseEvent> Events(WireFormat format, byte[] stream) => format == WireFormat.BedrockConverse ? BinaryMessages(stream) : Sse(stream, () => int.MaxValue);

    /// <summary>Events written as a server sends them.</summary>
    internal static byte[] ToSse(IEnumerable<CaseEvent> events, string line = "\n") => Encoding.UTF8.GetBytes(string.Concat(events.Select(e =>
        (e.Name.Length > 0 ? $"event: {Encoding.UTF8.GetString(e.Name)}{line}" : "") + $"data: {Encoding.UTF8.GetString(e.Data)}{line}{line}")));

    /// <summary>The events that are found when the bytes come in pieces.</summary>
    internal static List<CaseEvent> Sse(byte[] stream, Func<int> nextCut)
    {
        var events = new List<CaseEvent>();
        var scanner = default(SseScanner);
        for (var filled = 0; ;)
        {
            var ended = filled == stream.Length;
            while (scanner.TryRead(stream.AsSpan(0, filled), ended, out var found))
            {
                if (found.DataLines > 0)
                {
                    events.Add(new CaseEvent(NameOf(stream.AsSpan(found.Start, found.End - found.Start)), stream[found.DataStart..found.DataEnd]));
                }
            }
            if (ended)
            {
                return events;
            }
            filled += Math.Clamp(nextCut(), 1, stream.Length - filled);
        }
    }

    private static byte[] NameOf(ReadOnlySpan<byte> lines)
    {
        foreach (var range in lines.SplitAny("\r\n"u8))
        {
            if (lines[range].StartsWith("event:"u8))
            {
                return lines[range][6..].TrimStart((byte)' ').ToArray();
            }
        }
        return [];
    }

    /// <summary><c>application/vnd.amazon.eventstream</c>: lengths, headers, payload and checksums; only the event's type and the payload are shown.</summary>
    private static List<CaseEvent> BinaryMessages(byte[] stream)
    {
        var events = new List<CaseEvent>();
        for (var at = 0; at < stream.Length;)
        {
            var total = BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(at));
            var headers = BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(at + 4));
            events.Add(new CaseEvent(EventType(stream.AsSpan(at + 12, headers)), stream[(at + 12 + headers)..(at + total - 4)]));
            at += total;
        }
        return events;
    }

    private static byte[] EventType(ReadOnlySpan<byte> headers)
    {
        while (!headers.IsEmpty)
        {
            var name = headers.Slice(1, headers[0]);
            headers = headers[(1 + name.Length)..];
            Assert.Equal(7, headers[0]);
            var value = headers.Slice(3, BinaryPrimitives.ReadUInt16BigEndian(headers[1..]));
            headers = headers[(3 + value.Length)..];
            if (name.SequenceEqual(":event-type"u8) || name.SequenceEqual(":exception-type"u8))
            {
                return value.ToArray();
            }
        }
        return [];
    }
}
