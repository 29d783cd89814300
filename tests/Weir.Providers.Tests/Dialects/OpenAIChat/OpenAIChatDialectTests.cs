using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

/// <summary>What the golden texts don't say of OpenAI's chat.</summary>
public sealed class OpenAIChatDialectTests
{
    private static readonly IChatDialect Dialect = ChatDialects.Of(WireFormat.OpenAIChat);

    [Fact]
    public void What_OpenAI_itself_refuses_is_taken_out_and_named()
    {
        var turn = Dialect.ReadRequest(DialectCase.Find("requests/OpenAIChat/thinking_history").Body);
        turn.Messages.AddRange(Dialect.ReadRequest(DialectCase.Find("requests/OpenAIChat/cache_control").Body).Messages);
        turn.Messages.AddRange(Dialect.ReadRequest(DialectCase.Find("requests/OpenAIChat/gemini_seal").Body).Messages);
        var dropped = new Dropped();

        StrictOpenAI.Strip(turn, dropped);

        Assert.Equal(["thinking", "cache_control", "thought_signature"], dropped.Names);
        var sent = Encoding.UTF8.GetString(Crossing.WriteRequest(Dialect, turn, new Dropped()));
        foreach (var member in new[] { "reasoning_content", "thinking_blocks", "cache_control", "provider_specific_fields", "extra_content", "__thought__" })
        {
            Assert.DoesNotContain(member, sent, StringComparison.Ordinal);
        }
        Assert.Contains("I look it up.", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-4o", "max_tokens")]
    [InlineData("llama-3.3-70b", "max_tokens")]
    [InlineData("olmo-2", "max_tokens")]
    [InlineData("o3-mini", "max_completion_tokens")]
    [InlineData("gpt-5.1", "max_completion_tokens")]
    [InlineData("openai/gpt-5", "max_completion_tokens")]
    public void The_limit_has_the_name_that_the_model_takes(string model, string member)
    {
        var turn = new ChatTurn { Model = model, MaxTokens = 7 };
        Assert.Contains($"\"{member}\":7", Encoding.UTF8.GetString(Crossing.WriteRequest(Dialect, turn, new Dropped())), StringComparison.Ordinal);
    }

    [Fact]
    public void More_of_a_call_that_is_over_is_refused_and_not_lost()
    {
        var reader = Dialect.NewReader();
        var deltas = new List<ChatDelta>();
        reader.Read([], """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}},{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}]}}]}"""u8, deltas);

        var refused = Assert.Throws<DialectException>(() =>
            reader.Read([], """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"late\":1}"}}]}}]}"""u8, deltas));

        Assert.Equal("choices[].delta.tool_calls", refused.Member);
    }

    [Fact]
    public void Line_ends_inside_an_opaque_value_do_not_end_the_event()
    {
        var deltas = new List<ChatDelta>();
        var reader = Dialect.NewReader();
        reader.Read([], "{\"choices\":[{\"delta\":{\"annotations\":[{\n\"type\":\r\n\"url_citation\"}]},\"finish_reason\":\"stop\"}]}"u8, deltas);
        reader.Finish(deltas);

        var events = WireText.Events(WireFormat.OpenAIChat, Crossing.WriteStream(Dialect, deltas));

        Assert.All(events.SkipLast(1), one => Assert.StartsWith("{", WireText.Pretty(one.Data)));
        Assert.Contains(events, one => Encoding.UTF8.GetString(one.Data).Contains("url_citation", StringComparison.Ordinal));
    }

    [Fact]
    public void A_stream_without_a_stop_and_without_usage_still_ends_as_clients_expect()
    {
        ChatDelta[] deltas =
        [
            new(DeltaKind.Start) { Id = "a", Name = "m" },
            new(DeltaKind.PartStart) { Part = DeltaPart.ToolCall, Id = "c", Name = "f" },
            new(DeltaKind.PartEnd) { Part = DeltaPart.ToolCall },
            new(DeltaKind.End),
        ];

        var events = WireText.Events(WireFormat.OpenAIChat, Crossing.WriteStream(Dialect, deltas)).ConvertAll(one => Encoding.UTF8.GetString(one.Data));

        Assert.Contains("\"finish_reason\":\"tool_calls\"", events[^3], StringComparison.Ordinal);
        Assert.Contains("\"total_tokens\":0", events[^2], StringComparison.Ordinal);
        Assert.Equal("[DONE]", events[^1]);
    }
}
