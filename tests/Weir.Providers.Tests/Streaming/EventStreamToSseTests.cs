using System.Text;
using CsCheck;
using Weir.Providers.Streaming;

namespace Weir.Providers.Tests.Streaming;

public sealed class EventStreamToSseTests
{
    private static readonly byte[] Hello =
    [
        .. EventStreamWire.Event("messageStart", """{"p":"ab","role":"assistant"}"""),
        .. EventStreamWire.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"Grüße, 世界 🙂"}}"""),
        .. EventStreamWire.Event("messageStop", """{"stopReason":"end_turn"}"""),
    ];

    private const string HelloText = "event: messageStart\ndata: {\"p\":\"ab\",\"role\":\"assistant\"}\n\n"
        + "event: contentBlockDelta\ndata: {\"contentBlockIndex\":0,\"delta\":{\"text\":\"Grüße, 世界 🙂\"}}\n\n"
        + "event: messageStop\ndata: {\"stopReason\":\"end_turn\"}\n\n";

    /// <summary>Messages of all kinds, whole, damaged and cut.</summary>
    private static readonly Gen<byte[]> Streams = Gen.Select(Gen.Int[0, Messages.Length - 1].Array[0, 12], Gen.Int[0, 9], Gen.Int[0, 100_000], Gen.Byte, (messages, fate, at, bits) =>
    {
        var bytes = messages.SelectMany(n => Messages[n]).ToArray();
        if (fate == 0 && bytes.Length > 0)
        {
            return bytes[..(at % bytes.Length)];
        }
        if (fate == 1 && bytes.Length > 0)
        {
            bytes[at % bytes.Length] ^= bits;
        }
        return bytes;
    });

    private static byte[][] Messages =>
    [
        EventStreamWire.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"a"}}"""),
        EventStreamWire.Event("metadata", """{"usage":{"inputTokens":1}}"""),
        EventStreamWire.Event("contentBlockDelta", "{\"delta\":\n{\"text\":\"" + new string('y', 9000) + "\"}}"),
        EventStreamWire.Exception("throttlingException", """{"message":"slow down"}"""),
        EventStreamWire.Event("empty", ""),
        EventStreamWire.Message([], [1, 2, 3]),
        EventStreamWire.Event("chunk", """{"bytes":"eyJ0eXBlIjoibWVzc2FnZV9zdG9wIn0="}"""),
    ];

    [Fact]
    public void Messages_become_events() => Assert.Equal(HelloText, Whole(Hello));

    [Fact]
    public void Where_the_bytes_are_cut_makes_no_difference() => Gen.Select(Streams, Gen.Int[1, 40].Array[1, 20], Gen.Int[1, 50]).Sample(
        (stream, cuts, room) =>
        {
            var whole = Read(stream, () => int.MaxValue, 1 << 16);
            var at = 0;
            var cut = Read(stream, () => cuts[at++ % cuts.Length], room);
            Assert.Equal(whole, cut);
        },
        iter: 3000);

    [Fact]
    public void A_torn_message_breaks_the_stream_after_what_came_whole()
    {
        for (var length = 0; length < Hello.Length; length++)
        {
            var (text, error) = Read(Hello[..length], () => 7, 100);
            Assert.StartsWith(text, HelloText, StringComparison.Ordinal);
            Assert.True(text.Length == 0 || text.EndsWith("\n\n", StringComparison.Ordinal));
            Assert.Equal(length != 0 && !Ends().Contains(length), error is not null);
        }

        static int[] Ends()
        {
            var first = Hello[3] + (Hello[2] << 8);
            var second = first + Hello[first + 3] + (Hello[first + 2] << 8);
            return [first, second];
        }
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        var message = EventStreamWire.Event("contentBlockDelta", """{"delta":{"text":"x"}}""");
        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            var damaged = (byte[])message.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            var (text, error) = Read(damaged, () => int.MaxValue, 4096);
            Assert.Equal("", text);
            Assert.NotNull(error);
        }
    }

    [Theory]
    [InlineData("throttlingException", 429)]
    [InlineData("validationException", 400)]
    [InlineData("modelStreamErrorException", 500)]
    [InlineData("internalServerException", 500)]
    [InlineData("serviceUnavailableException", 503)]
    [InlineData("modelTimeoutException", 408)]
    public void An_exception_becomes_an_error_event(string type, int code)
    {
        Assert.Equal(
            $$$"""event: error{{{"\n"}}}data: {"error":{"message":"Too \"fast\"","type":"{{{type}}}","code":{{{code}}}}}{{{"\n\n"}}}""",
            Whole(EventStreamWire.Exception(type, """{"message":"Too \"fast\""}""")));
    }

    [Fact]
    public void An_unmodelled_error_and_an_exception_without_JSON_are_told_too()
    {
        Assert.Equal("event: error\ndata: {\"error\":{\"message\":\"gone\",\"type\":\"InternalError\",\"code\":500}}\n\n", Whole(EventStreamWire.Error("InternalError", "gone")));
        Assert.Contains("\"message\":\"plain\"", Whole(EventStreamWire.Exception("x", "plain")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrapped_event_of_the_model_is_unwrapped()
    {
        var inner = """{"type":"message_start","message":{"id":"msg_1"}}""";
        Assert.Equal($"event: message_start\ndata: {inner}\n\n", Whole(EventStreamWire.Event("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(inner))}}","p":"abc"}""")));
        Assert.Equal("data: {\"completion\":1}\n\n", Whole(EventStreamWire.Event("chunk", $$"""{"bytes":"{{Convert.ToBase64String("{\"completion\":1}"u8)}}"}""")));
        Assert.Equal("data: {\"bytes\":\"?\"}\n\n", Whole(EventStreamWire.Event("chunk", """{"bytes":"?"}""")));
    }

    [Fact]
    public void A_line_break_between_tokens_does_not_break_an_event() =>
        Assert.Equal("event: a\ndata: { \"x\":  1}\n\n", Whole(EventStreamWire.Event("a", "{\n\"x\":\r\n1}")));

    [Fact]
    public void A_message_over_the_cap_ends_the_stream_before_it_is_kept()
    {
        var source = new CutStream(EventStreamWire.Event("a", "{\"x\":\"" + new string('x', 100_000) + "\"}"), () => 50);
        var stream = new EventStreamToSse(source, 10_000);
        var error = Assert.Throws<IOException>(() => Relayed.Now(stream.ReadAsync(new byte[100], CancellationToken.None)));
        Assert.Contains("10000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_would_break_the_lines_breaks_the_stream()
    {
        Assert.NotNull(Read(EventStreamWire.Event("a\ndata: x", "{}"), () => 99, 99).Error);
        Assert.NotNull(Read(EventStreamWire.Frame([5, 1, 2], []), () => 99, 99).Error);
    }

    [Fact]
    public void Headers_of_other_kinds_are_passed_over()
    {
        byte[] headers =
        [
            1, (byte)'a', 0, 1, (byte)'b', 1, 1, (byte)'c', 2, 9, 1, (byte)'d', 3, 0, 0, 1, (byte)'e', 4, 0, 0, 0, 0, 1, (byte)'f', 5, 0, 0, 0, 0, 0, 0, 0, 0,
            1, (byte)'g', 6, 0, 2, 7, 7, 1, (byte)'h', 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte)'i', 9, .. new byte[16],
            .. EventStreamWire.Event("late", "")[12..^4],
        ];
        Assert.Equal("event: late\ndata: {}\n\n", Whole(EventStreamWire.Frame(headers, "{}"u8.ToArray())));
    }

    [Fact]
    public void Random_and_mutated_messages_end_or_break_the_stream_in_order()
    {
        var rounds = Environment.GetEnvironmentVariable("WEIR_SOAK") == "1" ? 1_000_000 : 2_000;
        var random = new Random(int.TryParse(Environment.GetEnvironmentVariable("WEIR_SEED"), out var seed) ? seed : 1);
        var messages = Messages;
        for (var i = 0; i < rounds; i++)
        {
            byte[] stream;
            if (i % 4 == 0)
            {
                stream = new byte[random.Next(200)];
                random.NextBytes(stream);
            }
            else if (i % 4 == 1)
            {
                // Right checksums over wrong insides.
                var headers = new byte[random.Next(40)];
                var payload = new byte[random.Next(40)];
                random.NextBytes(headers);
                random.NextBytes(payload);
                stream = EventStreamWire.Frame(headers, payload);
            }
            else if (i % 4 == 2)
            {
                var payload = new byte[random.Next(40)];
                random.NextBytes(payload);
                stream = EventStreamWire.Message([(":message-type", "event exception error".Split(' ')[random.Next(3)]), (":event-type", random.Next(2) == 0 ? "chunk" : "é\uFFFD")], payload);
            }
            else
            {
                stream = (byte[])messages[random.Next(messages.Length)].Clone();
                stream[random.Next(stream.Length)] = (byte)random.Next(256);
            }
            var (text, _) = Read(stream, () => random.Next(1, 60), random.Next(1, 5000));
            Assert.True(text.Length == 0 || text.EndsWith("\n\n", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_the_product_writes_is_what_an_independent_writer_writes()
    {
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        EventStreamMessage.Write(target, "contentBlockStop"u8, """{"contentBlockIndex":0}"""u8);
        Assert.Equal(EventStreamWire.Event("contentBlockStop", """{"contentBlockIndex":0}"""), target.WrittenSpan.ToArray());

        // What AWS's SDK for JavaScript (its eventstream-codec 4.5.2) writes for the same message.
        Assert.Equal(
            "0000007d00000056e6680fd60b3a6576656e742d74797065070010636f6e74656e74426c6f636b53746f700d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
            + "0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f636b496e646578223a307db32e4d34",
            Convert.ToHexStringLower(target.WrittenSpan));
    }

    [Fact]
    public void The_checksum_is_that_of_gzip()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        Gen.Byte.Array[0, 100].Sample(bytes => Crc32.Of(bytes) == EventStreamWire.Checksum(bytes), iter: 2000);
    }

    [Fact]
    public void A_stream_without_a_message_is_empty_and_disposing_closes_the_source()
    {
        var source = new CutStream([], () => 1);
        var stream = new EventStreamToSse(source, 1000);
        Assert.Equal(0, Relayed.Now(stream.ReadAsync(new byte[10], CancellationToken.None)));
        stream.Dispose();
        Assert.True(source.IsDisposed);
    }

    private static string Whole(byte[] stream)
    {
        var (text, error) = Read(stream, () => int.MaxValue, 4096);
        Assert.Null(error);
        return text;
    }

    private static (string Text, string? Error) Read(byte[] bytes, Func<int> nextCut, int room)
    {
        using var stream = new EventStreamToSse(new CutStream(bytes, nextCut), 1 << 20);
        var text = new MemoryStream();
        var buffer = new byte[room];
        try
        {
            while (Relayed.Now(stream.ReadAsync(buffer, CancellationToken.None)) is var read and > 0)
            {
                text.Write(buffer, 0, read);
            }
        }
        catch (IOException broken)
        {
            return (Encoding.UTF8.GetString(text.ToArray()), broken.Message);
        }
        return (Encoding.UTF8.GetString(text.ToArray()), null);
    }
}
