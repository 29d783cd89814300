using System.Buffers;
using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tests.Streaming;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Dialects.BedrockConverse;

public sealed class StreamTests
{
    [Fact]
    public void The_steps_of_a_stream_with_text_and_a_call()
    {
        var deltas = Crossing.ReadStream(Converse.Dialect, DialectCase.Find("streams/BedrockConverse/tools").Events);
        Assert.Equal(
            ["Start", "PartStart 0 Text", "Text 0 I look it up.", "PartEnd 0", "PartStart 1 ToolCall tooluse_1 get_weather", "Text 1 {\"ci", "Text 1 ty\":\"Bonn\"}", "PartEnd 1", "Stop ToolUse", "Usage 10 5", "End"],
            deltas.Select(Say));
    }

    [Fact]
    public void A_block_that_is_not_closed_is_closed_by_the_next_and_by_the_end()
    {
        var deltas = Crossing.ReadStream(Converse.Dialect, DialectCase.Find("streams/BedrockConverse/without_block_stops").Events);
        Assert.Equal(["One", "Two", "{}"], DeltaSum.Of(deltas).Choices[0].Parts.Select(p => p is ToolCallPart call ? call.Arguments : ((TextPart)p).Text));
    }

    [Fact]
    public void A_stream_without_its_last_events_is_ended_by_Finish()
    {
        var deltas = Read(("messageStart", """{"role":"assistant"}"""), ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"a"}}"""));
        Assert.Equal(["Start", "PartStart 0 Text", "Text 0 a", "PartEnd 0", "Stop None", "End"], deltas.Select(Say));
        Assert.Equal(["Start", "Stop None", "End"], Read().Select(Say));
    }

    [Fact]
    public void Usage_before_the_stop_does_not_end_the_stream()
    {
        var deltas = Read(("metadata", """{"usage":{"inputTokens":1,"outputTokens":2}}"""), ("messageStop", """{"stopReason":"end_turn"}"""));
        Assert.Equal(["Start", "Usage 1 2", "Stop EndTurn", "End"], deltas.Select(Say));
    }

    [Theory]
    [InlineData("contentBlockDelta", "{")]
    [InlineData("contentBlockDelta", "[]")]
    [InlineData("contentBlockDelta", """{"delta":"x"}""")]
    [InlineData("messageStop", """{"stopReason":1}""")]
    [InlineData("metadata", """{} {}""")]
    public void A_malformed_event_is_an_error_of_the_dialect_and_leaves_the_reader_as_it_was(string name, string data)
    {
        var reader = Converse.Dialect.NewReader();
        var deltas = new List<ChatDelta>();
        reader.Read("messageStart"u8, """{"role":"assistant"}"""u8, deltas);
        Assert.Throws<DialectException>(() => reader.Read(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(data), deltas));
        Assert.Single(deltas);
        reader.Finish(deltas);
        DeltaSum.Of(deltas);
    }

    [Fact]
    public void Reading_usage_sums_what_Converse_counts_apart()
    {
        var usage = Converse.Dialect.ReadAnswer(DialectCase.Find("answers/BedrockConverse/cache").Body).Usage;
        Assert.Equal((127, 3, 100, 20, 130), (usage.Prompt, usage.Completion, usage.CachedPrompt, usage.CacheWrite, usage.Total));
    }

    [Fact]
    public void The_glance_sees_content_finish_usage_and_the_end()
    {
        var seen = new List<EventTraits>();
        var facts = default(StreamFacts);
        foreach (var one in DialectCase.Find("streams/BedrockConverse/service_tier").Events)
        {
            seen.Add(Converse.Dialect.Look(one.Name, one.Data, seen.Contains(EventTraits.Content), ref facts));
        }
        Assert.Equal([EventTraits.None, EventTraits.Content, EventTraits.None, EventTraits.Content | EventTraits.Finish, EventTraits.Usage | EventTraits.Terminal], seen);
        Assert.Equal((10, 5, ServiceTier.Flex), (facts.Usage.Prompt, facts.Usage.Completion, facts.Tier));
        Assert.Equal(EventTraits.Error, Converse.Dialect.Look("error"u8, """{"error":{}}"""u8, true, ref facts));
        Assert.Equal(EventTraits.Error, Converse.Dialect.Look("throttlingException"u8, "{}"u8, true, ref facts));
        Assert.Equal(EventTraits.Garbage, Converse.Dialect.Look("messageStart"u8, "<html>"u8, false, ref facts));
    }

    [Theory]
    [InlineData("""{"output":{"message":{"content":[]}},"usage":{"inputTokens":3,"outputTokens":4}}""", true, false, 3)]
    [InlineData("""{"message":"Too many requests"}""", true, true, 0)]
    [InlineData("""{"Message":"x","__type":"ThrottlingException"}""", true, true, 0)]
    [InlineData("""{"output":{}} x""", false, false, 0)]
    [InlineData("""{"output":{""", false, false, 0)]
    [InlineData("[]", false, false, 0)]
    public void The_glance_at_a_whole_answer_tells_errors_garbage_and_usage(string answer, bool isObject, bool hasError, long prompt)
    {
        var facts = Converse.Dialect.ReadFacts(Encoding.UTF8.GetBytes(answer));
        Assert.Equal((isObject, hasError, prompt), (facts.IsJsonObject, facts.HasError, facts.Usage.Prompt));
    }

    [Fact]
    public void The_glance_allocates_nothing()
    {
        var events = DialectCase.Find("streams/BedrockConverse/tools").Events.ToArray();
        var answer = DialectCase.Find("answers/BedrockConverse/tools").Body;
        var facts = default(StreamFacts);
        Assert.Equal(0, Allocations.Least(() =>
        {
            foreach (var one in events)
            {
                Converse.Dialect.Look(one.Name, one.Data, true, ref facts);
            }
            Converse.Dialect.ReadFacts(answer);
        }));
    }

    [Fact]
    public void The_text_of_a_stream_is_kept_for_counting()
    {
        using var output = new OutputText();
        foreach (var one in DialectCase.Find("streams/BedrockConverse/reasoning_tool").Events)
        {
            Converse.Dialect.KeepText(one.Data, output);
        }
        var text = "";
        output.Count(t => (text = t).Length);
        Assert.Equal("I need the weather.{\"city\":\"Bonn\"}", text);
    }

    [Fact]
    public void A_writer_that_is_told_only_the_end_writes_a_whole_stream()
    {
        var target = new ArrayBufferWriter<byte>();
        Converse.Dialect.NewWriter(Crossing.Context(stream: true)).Write(new ChatDelta(DeltaKind.End), target);
        byte[] expected =
        [
            .. EventStreamWire.Event("messageStart", """{"role":"assistant"}"""),
            .. EventStreamWire.Event("messageStop", """{"stopReason":"end_turn"}"""),
            .. EventStreamWire.Event("metadata", """{"usage":{"inputTokens":0,"outputTokens":0,"totalTokens":0},"metrics":{"latencyMs":0}}"""),
        ];
        Assert.Equal(expected, target.WrittenSpan.ToArray());
    }

    private static List<ChatDelta> Read(params (string Name, string Data)[] events) =>
        Crossing.ReadStream(Converse.Dialect, events.Select(e => new CaseEvent(Encoding.UTF8.GetBytes(e.Name), Encoding.UTF8.GetBytes(e.Data))));

    private static string Say(ChatDelta delta) => (delta.Kind switch
    {
        DeltaKind.PartStart => $"PartStart {delta.Index} {delta.Part} {delta.Id} {delta.Name}",
        DeltaKind.Text => $"Text {delta.Index} {delta.Text}",
        DeltaKind.PartEnd => $"PartEnd {delta.Index}",
        DeltaKind.Stop => $"Stop {delta.Stop}",
        DeltaKind.Usage => $"Usage {delta.Usage.Prompt} {delta.Usage.Completion}",
        _ => delta.Kind.ToString(),
    }).TrimEnd();
}
