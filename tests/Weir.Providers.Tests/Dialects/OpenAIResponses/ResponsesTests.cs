using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.OpenAIResponses;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.OpenAIResponses;

/// <summary>What the golden texts do not say by themselves.</summary>
public sealed class ResponsesTests
{
    private static readonly OpenAIResponsesDialect Dialect = new();

    [Theory]
    [InlineData("""{"input":1}""", "input")]
    [InlineData("""{"input":[1]}""", "input[0]")]
    [InlineData("""{"input":[{"role":"user","content":7}]}""", "input[0].content")]
    [InlineData("""{"input":[{"role":"user","content":"a"},{"role":"user","content":[{"type":"input_text","text":{}}]}]}""", "input[1].content[0].text")]
    [InlineData("""{"input":[{"role":"critic","content":"a"}]}""", "input[0].role")]
    [InlineData("""{"input":[{"content":"a"}]}""", "input[0].type")]
    [InlineData("""{"input":[{"type":"function_call","name":"f","arguments":"{}"}]}""", "input[0].call_id")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":{}}]}""", "input[0].arguments")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image"}]}]}""", "input[0].content[0].image_url")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f"}}]}""", "tools[0].name")]
    [InlineData("""{"tool_choice":"any"}""", "tool_choice")]
    [InlineData("""{"temperature":"hot"}""", "temperature")]
    [InlineData("""{"max_output_tokens":-1}""", "max_output_tokens")]
    [InlineData("""{"text":{"format":{"type":"grammar"}}}""", "text.format.type")]
    [InlineData("""{"previous_response_id":"resp_1"}""", "previous_response_id")]
    [InlineData("""{"conversation":{"id":"conv_1"}}""", "conversation")]
    [InlineData("""{"background":true}""", "background")]
    [InlineData("""{"tools":[{"type":"web_search"}],"tool_choice":{"type":"web_search"}}""", "tool_choice")]
    public void A_member_that_can_not_be_read_is_named(string body, string member)
    {
        var refused = Assert.Throws<DialectException>(() => Dialect.ReadRequest(Encoding.UTF8.GetBytes(body)));
        Assert.Equal(member, refused.Member);
        Assert.Contains(member.Split('.')[^1], refused.Message);
    }

    [Fact]
    public void Members_that_are_null_are_not_there()
    {
        var turn = Dialect.ReadRequest("""{"model":"m","input":"hi","previous_response_id":null,"conversation":null,"prompt":null,"background":null,"tools":null,"tool_choice":null,"text":null,"reasoning":null,"metadata":null,"temperature":null,"user":null}"""u8);
        Assert.Empty(turn.Extras);
        Assert.Single(turn.Messages);
    }

    [Fact]
    public void A_free_form_tool_is_offered_as_a_function_and_its_call_told_as_free_text()
    {
        var turn = Dialect.ReadRequest("""{"input":"Fix it.","tools":[{"type":"custom","name":"apply_patch","format":{"type":"grammar","syntax":"lark","definition":"start: \"x\""}}]}"""u8);
        var tool = Assert.Single(turn.Tools);
        using var schema = JsonDocument.Parse(tool.Parameters.Utf8);
        Assert.Contains("start: \"x\"", schema.RootElement.GetProperty("properties").GetProperty("input").GetProperty("description").GetString());

        var result = new ChatResult { Choices = { new ChatChoice { Stop = StopReason.ToolUse, Parts = { new ToolCallPart("call_1", "apply_patch", """{ "input": "a \"b\"\n" }""") } } } };
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        Dialect.WriteAnswer(result, new AnswerContext(turn, "0123456789abcdefghijklmn", 1), target);
        using var answer = JsonDocument.Parse(target.WrittenMemory);
        var call = answer.RootElement.GetProperty("output")[0];
        Assert.Equal(("custom_tool_call", "a \"b\"\n"), (call.GetProperty("type").GetString(), call.GetProperty("input").GetString()));
    }

    [Fact]
    public void An_answer_repeats_what_was_asked()
    {
        var turn = Dialect.ReadRequest(
            """{"model":"m","input":"hi","instructions":"Be brief.","temperature":0.5,"metadata":{"a":"b"},"text":{"verbosity":"low"},"reasoning":{"effort":"low"},"truncation":"auto","tools":[{"type":"function","name":"f","parameters":null,"strict":null}],"tool_choice":"required"}"""u8);
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        Dialect.WriteAnswer(new ChatResult { Id = "msg_01", Model = "claude" }, new AnswerContext(turn, "0123456789abcdefghijklmn", 7), target);
        using var document = JsonDocument.Parse(target.WrittenMemory);
        var answer = document.RootElement;
        StrictClient.Whole(answer);
        Assert.Equal("resp_0123456789abcdefghijklmn", answer.GetProperty("id").GetString());
        Assert.Equal("Be brief.", answer.GetProperty("instructions").GetString());
        Assert.Equal("""{"a":"b"}""", answer.GetProperty("metadata").GetRawText());
        Assert.Equal("low", answer.GetProperty("text").GetProperty("verbosity").GetString());
        Assert.Equal("low", answer.GetProperty("reasoning").GetProperty("effort").GetString());
        Assert.Equal("auto", answer.GetProperty("truncation").GetString());
        Assert.Equal("required", answer.GetProperty("tool_choice").GetString());
        Assert.Equal(0.5, answer.GetProperty("temperature").GetDouble());
    }

    [Fact]
    public void A_chat_request_may_not_reach_what_another_tenant_stored()
    {
        var turn = new ChatTurn { Model = "m" };
        turn.Messages.Add(new ChatMessage(ChatRole.User, [new TextPart("hi")]));
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "previous_response_id", RawJson.Of("\"resp_1\""u8)));
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "metadata", RawJson.Of("{}"u8)));
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "verbosity", RawJson.Of("\"low\""u8)));
        var dropped = new Dropped();
        var body = Encoding.UTF8.GetString(Crossing.WriteRequest(Dialect, turn, dropped));
        Assert.Equal(["previous_response_id"], dropped.Names);
        Assert.DoesNotContain("resp_1", body);
        Assert.Contains("\"metadata\":{}", body);
        Assert.Contains("\"text\":{\"verbosity\":\"low\"}", body);
        Assert.Contains("\"store\":false", body);
    }

    [Fact]
    public void A_failed_response_tells_that_it_failed_and_an_unfinished_one_is_no_answer()
    {
        Assert.Equal(StopReason.Error, Dialect.ReadAnswer("""{"status":"failed","error":{"code":"x","message":"sk-secret"}}"""u8).Choices[0].Stop);
        Assert.Equal("status", Assert.Throws<DialectException>(() => Dialect.ReadAnswer("""{"status":"queued","output":[]}"""u8)).Member);
        Assert.Throws<DialectException>(() => Dialect.ReadAnswer("[]"u8));
    }

    [Fact]
    public void A_pair_of_surrogates_that_is_split_over_two_events_costs_the_character_and_not_the_stream()
    {
        var deltas = new List<ChatDelta>();
        var reader = Dialect.NewReader();
        reader.Read([], """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a\ud83d"}"""u8, deltas);
        reader.Read([], """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"\ude42b\n"}"""u8, deltas);
        reader.Finish(deltas);
        var text = Assert.IsType<TextPart>(Assert.Single(DeltaSum.Of(deltas).Choices[0].Parts));
        Assert.Equal("a\uFFFD\uFFFDb\n", text.Text);
    }

    [Fact]
    public void A_first_event_that_can_not_be_read_does_not_cost_the_start()
    {
        var deltas = new List<ChatDelta>();
        var reader = Dialect.NewReader();
        Assert.Throws<DialectException>(() => reader.Read([], """{"type":"response.created","response":{"\ud800":1}}"""u8, deltas));
        reader.Read([], """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi"}"""u8, deltas);
        reader.Finish(deltas);
        Assert.Equal("Hi", Assert.IsType<TextPart>(Assert.Single(DeltaSum.Of(deltas).Choices[0].Parts)).Text);
    }

    [Fact]
    public void A_writer_is_right_without_usage_and_without_a_stop()
    {
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = Dialect.NewWriter(Crossing.Context(stream: true));
        foreach (var delta in new[]
        {
            new ChatDelta(DeltaKind.Start), new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.Text }, new ChatDelta(DeltaKind.Text) { Part = DeltaPart.Text, Text = "Hi" },
            new ChatDelta(DeltaKind.PartEnd) { Part = DeltaPart.Text }, new ChatDelta(DeltaKind.End),
        })
        {
            writer.Write(delta, target);
        }
        Assert.Equal("completed", StrictClient.Read(target.WrittenSpan.ToArray()).GetProperty("status").GetString());
    }
}
