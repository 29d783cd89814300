using System.Text;
using CsCheck;
using Weir.Providers.Dialects;
using Weir.Providers.Streaming;

namespace Weir.Providers.Tests.Streaming;

/// <summary>Reading along while the bytes belong to somebody else.</summary>
public sealed class PassingStreamTests
{
    private const string Chat =
        "data: {\"choices\":[{\"delta\":{\"content\":\"Grüße, 世界\"}}]}\n\n: still here\r\n\r\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2,\"total_tokens\":9}}\n\ndata: [DONE]\n\n";

    private const string Claude =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}}\n\n"
        + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"hi\"}}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    private const string Gemini =
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}],\"usageMetadata\":{\"promptTokenCount\":7,\"totalTokenCount\":7}}\n\n"
        + "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":7,\"candidatesTokenCount\":2,\"totalTokenCount\":9}}\n\n";

    private const string Array =
        "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a, [b]\"}]}}],\"usageMetadata\":{\"promptTokenCount\":7}}\n,\r\n"
        + "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":7,\"candidatesTokenCount\":2,\"totalTokenCount\":9}}\n]\n";

    private static readonly byte[] Amazon =
    [
        .. EventStreamWire.Event("messageStart", """{"role":"assistant"}"""),
        .. EventStreamWire.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"hi"}}"""),
        .. EventStreamWire.Event("messageStop", """{"stopReason":"end_turn"}"""),
        .. EventStreamWire.Event("metadata", """{"usage":{"inputTokens":7,"outputTokens":2,"totalTokens":9}}"""),
    ];

    public static TheoryData<WireFormat, string, byte[]> Streams => new()
    {
        { WireFormat.OpenAIChat, "text/event-stream", Encoding.UTF8.GetBytes(Chat) },
        { WireFormat.AnthropicMessages, "text/event-stream", Encoding.UTF8.GetBytes(Claude) },
        { WireFormat.GeminiGenerate, "text/event-stream", Encoding.UTF8.GetBytes(Gemini) },
        { WireFormat.GeminiGenerate, "application/json", Encoding.UTF8.GetBytes(Array) },
        { WireFormat.BedrockConverse, "application/vnd.amazon.eventstream", Amazon },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void However_the_bytes_come_the_same_is_read(WireFormat format, string type, byte[] bytes) =>
        Gen.Int[1, 40].Array[1, 20].Sample(cuts =>
        {
            var at = 0;
            var read = Read(format, type, bytes, () => cuts[at++ % cuts.Length]);
            return read is { Prompt: 7, Completion: 2, IsWhole: true, IsBlind: false, HasFailed: false };
        }, iter: 200);

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_that_is_cut_anywhere_before_its_end_is_not_whole_and_keeps_what_it_told(WireFormat format, string type, byte[] bytes)
    {
        // Up to the word that says why the model stopped: without it nothing is whole.
        var finish = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(format switch
        {
            WireFormat.AnthropicMessages => "stop_reason",
            WireFormat.GeminiGenerate => "STOP",
            WireFormat.BedrockConverse => "messageStop",
            _ => "finish_reason",
        }));
        Assert.True(finish > 100);
        for (var length = 0; length < finish; length++)
        {
            var read = Read(format, type, bytes[..length], () => int.MaxValue);
            Assert.False(read.IsWhole, $"{length} of {bytes.Length}");
            Assert.False(read.HasFailed, $"{length} of {bytes.Length}");
        }
    }

    [Fact]
    public void The_terminal_event_is_seen_with_its_last_byte()
    {
        var bytes = Encoding.UTF8.GetBytes(Chat);
        using var stream = new PassingStream(ChatDialects.GlanceOf(WireFormat.OpenAIChat), "text/event-stream", StreamCaps.Default);

        Assert.False(stream.Look(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.True(stream.Look(bytes.AsSpan(bytes.Length - 1)));
    }

    [Fact]
    public void An_error_among_the_events_is_seen_and_an_event_too_long_to_read_is_passed_over()
    {
        using var failed = new PassingStream(ChatDialects.GlanceOf(WireFormat.AnthropicMessages), "text/event-stream", StreamCaps.Default);
        failed.Look("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n"u8);
        using var blind = new PassingStream(ChatDialects.GlanceOf(WireFormat.OpenAIChat), "text/event-stream", new StreamCaps(1000, 1 << 20));
        blind.Look(Encoding.ASCII.GetBytes("data: " + new string('x', 100_000)));
        blind.End();

        Assert.True(failed.HasFailed);
        Assert.Equal((true, false), (blind.IsBlind, blind.IsWhole));
    }

    private static (long Prompt, long Completion, bool IsWhole, bool IsBlind, bool HasFailed) Read(WireFormat format, string type, byte[] bytes, Func<int> nextCut)
    {
        using var stream = new PassingStream(ChatDialects.GlanceOf(format), type, StreamCaps.Default);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(nextCut(), bytes.Length - at);
            stream.Look(bytes.AsSpan(at, count));
            at += count;
        }

        stream.End();
        return (stream.Facts.Usage.Prompt, stream.Facts.Usage.Completion, stream.IsWhole, stream.IsBlind, stream.HasFailed);
    }
}
