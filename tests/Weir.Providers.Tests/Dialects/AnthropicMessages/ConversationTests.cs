using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

/// <summary>Anthropic's rules of a conversation.</summary>
public sealed class ConversationTests
{
    private static readonly ToolCallPart Call = new("call_1", "get_weather", """{"city":"Bern"}""");

    [Fact]
    public void Neighbours_of_one_side_become_one_message()
    {
        var turn = Claude.Turn("claude-sonnet-4-5", Claude.User("a"), Claude.User("b"), Claude.Assistant(new TextPart("c")), Claude.Assistant(new TextPart("d")), Claude.User("e"));
        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"assistant","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}]},{"role":"user","content":"e"}]""",
            Claude.Member(turn, "messages"));
        Assert.Equal(5, turn.Messages.Count);
        Assert.All(turn.Messages, message => Assert.Single(message.Parts));
    }

    [Fact]
    public void Results_of_tools_come_first_and_in_one_message()
    {
        var turn = Claude.Turn("claude-sonnet-4-5", Claude.User("a"), Claude.Assistant(Call, Call with { Id = "call_2" }),
            Claude.User("wait"), Claude.Results(new ToolResultPart("call_1", [new TextPart("rain")])), Claude.Results(new ToolResultPart("call_2", []) { IsError = true }));
        turn.Tools.Add(Claude.Tool("get_weather"));
        Assert.Equal(
            """{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"rain"},{"type":"tool_result","tool_use_id":"call_2","is_error":true},{"type":"text","text":"wait"}]}""",
            Claude.Member(turn, "messages.2"));
    }

    [Fact]
    public void The_operators_words_are_gathered_wherever_they_stood()
    {
        var turn = Claude.Turn("claude-sonnet-4-5", new ChatMessage(ChatRole.System, [new TextPart("a")]), Claude.User("b"), new ChatMessage(ChatRole.Developer, [new TextPart("c")]));
        Assert.Equal("""[{"type":"text","text":"a"},{"type":"text","text":"c"}]""", Claude.Member(turn, "system"));
        Assert.Equal("""[{"role":"user","content":"b"}]""", Claude.Member(turn, "messages"));
    }

    [Fact]
    public void The_user_begins()
    {
        var turn = Claude.Turn("claude-sonnet-4-5", Claude.Assistant(new TextPart("Hi!")), Claude.User("b"));
        Assert.Equal("""{"role":"user","content":"."}""", Claude.Member(turn, "messages.0"));
        Assert.Equal("""[{"role":"user","content":"."}]""", Claude.Member(Claude.Turn("claude-sonnet-4-5", new ChatMessage(ChatRole.System, [new TextPart("a")])), "messages"));
    }

    [Fact]
    public void No_text_without_a_letter_is_sent()
    {
        var turn = Claude.Turn("claude-sonnet-4-5", Claude.User("a"), Claude.Assistant(new TextPart("")), Claude.User(new TextPart(" \n"), new TextPart("b")));
        Assert.Equal("""[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""", Claude.Member(turn, "messages"));
        Assert.Equal("""[{"role":"user","content":[{"type":"text","text":"."}]}]""", Claude.Member(Claude.Turn("m", Claude.User("")), "messages"));
    }

    [Fact]
    public void What_the_assistant_is_to_continue_does_not_end_in_white_space() =>
        Assert.Equal("""{"role":"assistant","content":[{"type":"text","text":"one,"}]}""",
            Claude.Member(Claude.Turn("claude-sonnet-4-5", Claude.User("count"), Claude.Assistant(new TextPart("one, \n"))), "messages.1"));

    [Fact]
    public void Thoughts_without_a_seal_stay_behind_and_are_named()
    {
        var dropped = new Dropped();
        var turn = Claude.Turn("claude-sonnet-4-5", Claude.User("a"), Claude.Assistant(new ThinkingPart("hm"), new TextPart("b")), Claude.User("c"));
        Assert.Equal("""{"role":"assistant","content":[{"type":"text","text":"b"}]}""", Claude.Member(turn, "messages.1", dropped));
        Assert.Equal(["thinking"], dropped.Names);
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("  ", "{}")]
    [InlineData("null", "{}")]
    [InlineData("""{"a": 1}""", """{"a": 1}""")]
    [InlineData("""{"a": """, """{"arguments":"{\"a\": "}""")]
    [InlineData("[1]", """{"arguments":[1]}""")]
    [InlineData("""{} {}""", """{"arguments":"{} {}"}""")]
    public void Arguments_are_an_object_whatever_the_model_wrote(string arguments, string input) =>
        Assert.Equal(input, Claude.Member(Claude.Turn("m", Claude.User("a"), Claude.Assistant(Call with { Arguments = arguments })), "messages.1.content.0.input"));

    [Fact]
    public void Ids_of_calls_have_only_the_characters_that_Anthropic_takes()
    {
        var turn = Claude.Turn("m", Claude.User("a"), Claude.Assistant(Call with { Id = "a+b/c=", Signature = "seal" }), Claude.Results(new ToolResultPart("a+b/c=", [])));
        Assert.Equal("\"a_b_c_\"", Claude.Member(turn, "messages.1.content.0.id"));
        Assert.Equal("\"a_b_c_\"", Claude.Member(turn, "messages.2.content.0.tool_use_id"));
    }

    [Fact]
    public void A_seal_of_Gemini_travels_in_the_id_of_a_call()
    {
        var turn = Claude.Read("""
            {"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"call_1__thought__c2VhbA==","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1__thought__c2VhbA==","content":"x"}]}]}
            """);
        var call = Assert.IsType<ToolCallPart>(turn.Messages[0].Parts[0]);
        Assert.Equal(("call_1", "c2VhbA=="), (call.Id, call.Signature));
        Assert.Equal(ChatRole.Tool, turn.Messages[1].Role);
        var result = Assert.IsType<ToolResultPart>(turn.Messages[1].Parts[0]);
        Assert.Equal(("call_1", "f"), (result.CallId, result.Name));
    }

    [Fact]
    public void A_sound_is_refused_with_its_place()
    {
        var turn = Claude.Turn("m", Claude.User("a"), Claude.Assistant(new TextPart("b")), Claude.User(new TextPart("c"), new MediaPart("audio/wav", MediaSource.OfBase64("UklGRg=="))));
        var refused = Assert.Throws<DialectException>(() => Claude.Write(turn));
        Assert.Equal("messages[2].content[1]", refused.Member);
        Assert.Contains("audio/wav", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_is_neither_text_nor_PDF_is_refused()
    {
        var turn = Claude.Turn("m", Claude.User(new DocumentPart("application/msword", MediaSource.OfBase64("0M8R"))));
        Assert.Equal("messages[0].content[0]", Assert.Throws<DialectException>(() => Claude.Write(turn)).Member);
    }

    [Theory]
    [InlineData("image/jpg", "AAAA", "image/jpeg")]
    [InlineData(null, "/9j/4AAQ", "image/jpeg")]
    [InlineData(null, "R0lGOD", "image/gif")]
    [InlineData(null, "UklGR", "image/webp")]
    [InlineData("", "iVBORw", "image/png")]
    public void The_type_of_a_picture_is_spelled_as_Anthropic_does(string? told, string data, string written) =>
        Assert.Equal($"\"{written}\"", Claude.Member(Claude.Turn("m", Claude.User(new ImagePart(told, MediaSource.OfBase64(data)))), "messages.0.content.0.source.media_type"));

    [Fact]
    public void The_operator_in_the_middle_of_a_message_is_read_apart()
    {
        var turn = Claude.Read("""
            {"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"mid_conv_system","content":[{"type":"text","text":"b"}]},{"type":"text","text":"c"}]}]}
            """);
        Assert.Equal([ChatRole.User, ChatRole.System, ChatRole.User], turn.Messages.Select(message => message.Role));
        Assert.Equal("b", Assert.IsType<TextPart>(turn.Messages[1].Parts[0]).Text);
    }

    [Fact]
    public void Parts_of_other_dialects_alone_are_named()
    {
        var dropped = new Dropped();
        var turn = Claude.Turn("m", Claude.User(new TextPart("a"), new OpaquePart(WireFormat.OpenAIResponses, "item_reference", Claude.Raw("{}"))));
        Assert.DoesNotContain("item_reference", Claude.Write(turn, dropped), StringComparison.Ordinal);
        Assert.Equal(["item_reference"], dropped.Names);
    }

    [Theory]
    [InlineData("""{"messages":{}}""", "messages")]
    [InlineData("""{"messages":[7]}""", "messages[0]")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":["x"]}]}""", "messages[0].content[0]")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":7}]}]}""", "messages[0].content[0].text")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image"}]}]}""", "messages[0].content[0].source")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"floppy"}}]}]}""", "messages[0].content[0].source.type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}""", "messages[0].content[0].tool_use_id")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text"}]}]}]}""", "messages[0].content[0].content[0].text")]
    [InlineData("""{"system":7}""", "system")]
    [InlineData("""{"system":[{"type":"text"}]}""", "system[0].text")]
    [InlineData("""{"tools":[{"description":"x"}]}""", "tools[0].name")]
    [InlineData("""{"tools":[{"name":"x","input_schema":7}]}""", "tools[0].input_schema")]
    [InlineData("""{"tool_choice":"auto"}""", "tool_choice")]
    [InlineData("""{"tool_choice":{"type":"required"}}""", "tool_choice.type")]
    [InlineData("""{"max_tokens":"7"}""", "max_tokens")]
    [InlineData("""{"max_tokens":7.5}""", "max_tokens")]
    [InlineData("""{"temperature":true}""", "temperature")]
    [InlineData("""{"stream":"yes"}""", "stream")]
    [InlineData("""{"stop_sequences":["a",7]}""", "stop_sequences[1]")]
    [InlineData("""{"thinking":{"type":"perhaps"}}""", "thinking.type")]
    [InlineData("""{"output_config":{"format":{"type":"json_schema"}}}""", "output_config.format.schema")]
    [InlineData("""{"metadata":{"user_id":7}}""", "metadata.user_id")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", "")]
    public void A_member_of_the_wrong_type_is_named(string body, string member) => Assert.Equal(member, Assert.Throws<DialectException>(() => Claude.Read(body)).Member);
}
