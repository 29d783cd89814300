using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

public sealed class StreamTests
{
    private const string Start = """{"type":"message_start","message":{"id":"msg_1","model":"claude","usage":{"input_tokens":5,"output_tokens":1}}}""";

    [Fact]
    public void A_stream_tells_what_a_whole_answer_tells()
    {
        var deltas = Claude.Steps(
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"seal"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"1}"}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}""",
            """{"type":"message_stop"}""");
        var whole = Claude.ReadAnswer("""
            {"id":"msg_1","model":"claude","content":[{"type":"thinking","thinking":"hm","signature":"seal"},{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}],
            "stop_reason":"tool_use","usage":{"input_tokens":5,"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}
            """);
        Assert.Equal(NeutralText.Of(whole), NeutralText.Of(DeltaSum.Of(deltas)));
    }

    [Fact]
    public void Pieces_without_a_block_and_blocks_without_an_end_are_put_in_order()
    {
        var deltas = Claude.Steps(
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"b"}}""",
            """{"type":"content_block_delta","index":7,"delta":{"type":"text_delta","text":"c"}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"x":1}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"late"}}""");
        var result = DeltaSum.Of(deltas);
        Assert.Equal([new TextPart("a"), new TextPart("bc"), new ToolCallPart("t", "f", """{"x":1}""")], result.Choices[0].Parts);
    }

    [Fact]
    public void Usage_may_come_in_the_middle()
    {
        var deltas = Claude.Steps(
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""",
            """{"type":"message_delta","delta":{},"usage":{"output_tokens":3}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":0}}""");
        var result = DeltaSum.Of(deltas);
        Assert.Equal(new ThinkingPart("hm"), Assert.Single(result.Choices[0].Parts));
        Assert.Equal((5, 3), (result.Usage.Prompt, result.Usage.Completion));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\ud800"}}""")]
    public void An_event_that_breaks_changes_nothing(string broken)
    {
        var deltas = new List<ChatDelta>();
        var reader = Claude.Dialect.NewReader();
        reader.Read([], Encoding.UTF8.GetBytes(Start), deltas);
        Assert.Throws<DialectException>(() => reader.Read([], Encoding.UTF8.GetBytes(broken), deltas));
        Assert.Single(deltas);
        reader.Read([], """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}"""u8, deltas);
        reader.Finish(deltas);
        Assert.Equal([new TextPart("b")], DeltaSum.Of(deltas).Choices[0].Parts);
    }

    [Fact]
    public void The_events_name_speaks_where_the_data_does_not()
    {
        var deltas = new List<ChatDelta>();
        var reader = Claude.Dialect.NewReader();
        reader.Read("message_start"u8, """{"message":{"id":"x","model":"y"}}"""u8, deltas);
        Assert.Equal(("x", "y"), (deltas[0].Id, deltas[0].Name));
    }

    [Fact]
    public void A_writer_closes_what_is_open_and_tells_usage_at_the_end()
    {
        var stream = Encoding.UTF8.GetString(Crossing.WriteStream(Claude.Dialect,
        [
            new ChatDelta(DeltaKind.Start) { Id = "x", Name = "y" },
            new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.Text },
            new ChatDelta(DeltaKind.Text) { Part = DeltaPart.Text, Text = "Hi" },
            new ChatDelta(DeltaKind.Usage) { Usage = new TokenUsage { Prompt = 7, CachedPrompt = 4, Completion = 2 } },
            new ChatDelta(DeltaKind.End),
        ]));
        Assert.Equal("""
            event: message_start
            data: {"type":"message_start","message":{"id":"x","type":"message","role":"assistant","model":"y","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":3,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":2}}

            event: message_stop
            data: {"type":"message_stop"}


            """, stream);
    }

    [Fact]
    public void A_vendor_that_calls_a_tool_and_says_stop_is_corrected()
    {
        var stream = Encoding.UTF8.GetString(Crossing.WriteStream(Claude.Dialect,
        [
            new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.ToolCall, Id = "", Name = "f", Signature = "seal" },
            new ChatDelta(DeltaKind.PartEnd) { Part = DeltaPart.ToolCall },
            new ChatDelta(DeltaKind.Stop) { Stop = StopReason.EndTurn },
            new ChatDelta(DeltaKind.End),
        ]));
        Assert.Contains("\"stop_reason\":\"tool_use\"", stream, StringComparison.Ordinal);
        Assert.Contains("\"id\":\"toolu_0123456789abcdefghijklmn0__thought__seal\"", stream, StringComparison.Ordinal);
        Assert.Contains("\"model\":\"asked-model\"", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_that_say_nothing_are_not_written()
    {
        var stream = Encoding.UTF8.GetString(Crossing.WriteStream(Claude.Dialect,
        [
            new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.Text },
            new ChatDelta(DeltaKind.PartEnd) { Part = DeltaPart.Text },
            new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.Thinking, Index = 1 },
            new ChatDelta(DeltaKind.PartEnd) { Part = DeltaPart.Thinking, Index = 1 },
            new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.Text, Choice = 1 },
            new ChatDelta(DeltaKind.Text) { Part = DeltaPart.Text, Choice = 1, Text = "other choice" },
            new ChatDelta(DeltaKind.End),
        ]));
        Assert.DoesNotContain("content_block", stream, StringComparison.Ordinal);
    }
}
