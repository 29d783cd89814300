using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

/// <summary>Members of Anthropic's in other dialects' bodies, and tools of other vendors.</summary>
public sealed class RequestExtrasTests
{
    [Theory]
    [InlineData("thinking", """{"type":"enabled","budget_tokens":1500}""", "thinking", """{"type":"enabled","budget_tokens":1500}""")]
    [InlineData("top_k", "7", "top_k", "7")]
    [InlineData("context_management", """{"edits":[]}""", "context_management", """{"edits":[]}""")]
    [InlineData("output_config", """{"task_budget":{"total":9}}""", "output_config", """{"task_budget":{"total":9}}""")]
    [InlineData("output_format", """{"type":"json_schema","schema":{"type":"object","properties":{}}}""", "output_config.format.type", "\"json_schema\"")]
    public void What_clients_of_LiteLLM_put_into_a_chat_body_passes_on(string name, string value, string path, string written)
    {
        var turn = Claude.Turn();
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, name, Claude.Raw(value)));
        var dropped = new Dropped();
        Assert.Equal(written, Claude.Member(turn, path, dropped));
        Assert.Empty(dropped.Names);
    }

    [Fact]
    public void Other_members_are_named()
    {
        var turn = Claude.Turn();
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "logit_bias", Claude.Raw("{}")));
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "metadata", Claude.Raw("""{"a":"b"}""")));
        turn.Extras.Add(new Extra(WireFormat.GeminiGenerate, "safetySettings", Claude.Raw("[]")));
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "prediction", Claude.Raw("null")));
        turn.Extras.Add(new Extra(WireFormat.BedrockConverse, "anthropic_beta", Claude.Raw("""["x"]""")));
        var dropped = new Dropped();
        Assert.Null(Claude.Member(turn, "metadata", dropped));
        Assert.Equal(["logit_bias", "metadata", "safetySettings", "anthropic_beta"], dropped.Names);
    }

    [Fact]
    public void What_Bedrock_passes_to_the_model_is_looked_into()
    {
        var turn = Claude.Turn();
        turn.Extras.Add(new Extra(WireFormat.BedrockConverse, "additionalModelRequestFields", Claude.Raw("""{"top_k":5,"thinking":{"type":"enabled","budget_tokens":1200},"odd":1}""")));
        var dropped = new Dropped();
        Assert.Equal("""{"type":"enabled","budget_tokens":1200}""", Claude.Member(turn, "thinking", dropped));
        Assert.Equal(["odd", "top_k"], dropped.Names);
    }

    [Fact]
    public void A_wrong_type_in_a_passed_member_is_named()
    {
        var turn = Claude.Turn();
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "thinking", Claude.Raw("""{"type":"loud"}""")));
        Assert.Equal("thinking.type", Assert.Throws<DialectException>(() => Claude.Write(turn)).Member);
    }

    [Fact]
    public void Web_search_is_asked_for_in_every_dialects_words()
    {
        const string Search = """{"type":"web_search_20250305","name":"web_search","max_uses":1,"user_location":{"type":"approximate","country":"CH","city":"Bern"}}""";
        var turn = Claude.Turn();
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "web_search_options",
            Claude.Raw("""{"search_context_size":"low","user_location":{"type":"approximate","approximate":{"country":"CH","city":"Bern"}}}""")));
        Assert.Equal($"[{Search}]", Claude.Member(turn, "tools"));

        turn = Claude.Turn();
        turn.Tools.Add(new ToolDefinition("web_search")
        {
            BuiltIn = Claude.Raw("""{"type":"web_search_preview","search_context_size":"low","user_location":{"type":"approximate","country":"CH","city":"Bern"}}"""),
            BuiltInFrom = WireFormat.OpenAIResponses,
        });
        Assert.Equal($"[{Search}]", Claude.Member(turn, "tools"));

        turn = Claude.Turn();
        turn.Tools.Add(new ToolDefinition("googleSearch") { BuiltIn = Claude.Raw("""{"googleSearch":{}}"""), BuiltInFrom = WireFormat.GeminiGenerate });
        Assert.Equal("""[{"type":"web_search_20250305","name":"web_search"}]""", Claude.Member(turn, "tools"));
    }

    [Fact]
    public void Anthropics_own_tools_may_stand_in_a_chat_body()
    {
        var turn = Claude.Turn();
        turn.Tools.Add(new ToolDefinition("computer")
        {
            BuiltIn = Claude.Raw("""{"type":"computer_20250124","function":{"name":"computer","parameters":{"display_width_px":1024}}}"""),
            BuiltInFrom = WireFormat.OpenAIChat,
        });
        turn.Tools.Add(new ToolDefinition("file_search") { BuiltIn = Claude.Raw("""{"type":"file_search"}"""), BuiltInFrom = WireFormat.OpenAIResponses });
        var dropped = new Dropped();
        Assert.Equal("""[{"type":"computer_20250124","name":"computer","display_width_px":1024}]""", Claude.Member(turn, "tools", dropped));
        Assert.Equal(["tools[file_search]"], dropped.Names);
    }

    [Fact]
    public void Only_allowed_tools_are_offered()
    {
        var turn = Claude.Turn();
        turn.Tools.AddRange([Claude.Tool("a"), Claude.Tool("b"), Claude.Tool("c")]);
        turn.ToolChoice = new ToolChoice(ToolChoiceKind.Required) { Allowed = ["a", "c"] };
        turn.ParallelToolCalls = false;
        Assert.Equal("\"c\"", Claude.Member(turn, "tools.1.name"));
        Assert.Null(Claude.Member(turn, "tools.2"));
        Assert.Equal("""{"type":"any","disable_parallel_tool_use":true}""", Claude.Member(turn, "tool_choice"));
    }

    [Fact]
    public void A_conversation_with_calls_defines_a_tool()
    {
        var turn = Claude.Turn("m", Claude.User("a"), Claude.Assistant(new ToolCallPart("c", "f", "{}")), Claude.Results(new ToolResultPart("c", [])));
        Assert.Equal("\"dummy_tool\"", Claude.Member(turn, "tools.0.name"));
        Assert.Equal("""{"type":"none"}""", Claude.Member(turn, "tool_choice"));
    }

    [Fact]
    public void Tools_are_held_to_their_schemas_where_the_model_can()
    {
        var turn = Claude.Turn("claude-sonnet-4-5");
        turn.Tools.Add(Claude.Tool("a") with { Strict = true });
        Assert.Equal("true", Claude.Member(turn, "tools.0.strict"));
        Assert.Equal("false", Claude.Member(turn, "tools.0.input_schema.additionalProperties"));
        turn.Model = "claude-3-5-sonnet-latest";
        var dropped = new Dropped();
        Assert.Null(Claude.Member(turn, "tools.0.strict", dropped));
        Assert.Equal(["strict"], dropped.Names);
    }

    [Fact]
    public void A_schema_of_arguments_is_one_of_an_object()
    {
        var turn = Claude.Turn();
        turn.Tools.Add(new ToolDefinition("a") { Parameters = Claude.Raw("""{"properties":{"x":{}},"anyOf":[{"required":["x"]}]}""") });
        turn.Tools.Add(new ToolDefinition("b"));
        var dropped = new Dropped();
        Assert.Equal("""{"type":"object","properties":{"x":{}}}""", Claude.Member(turn, "tools.0.input_schema", dropped));
        Assert.Equal("""{"type":"object","properties":{}}""", Claude.Member(turn, "tools.1.input_schema"));
        Assert.Equal(["tools[].parameters.anyOf"], dropped.Names);
    }

    [Fact]
    public void What_an_enforced_schema_cannot_say_is_told_in_its_description()
    {
        var turn = Claude.Turn("claude-sonnet-4-5");
        turn.Format = new OutputFormat(Claude.Raw("""
            {"type":"object","properties":{"minimum":{"type":["integer","null"],"minimum":1,"description":"How many"},"tags":{"type":"array","items":{"$ref":"#/$defs/tag"},"minItems":2},
            "at":{"oneOf":[{"type":"string","format":"date"},{"type":"string","format":"odd"}]}},"$defs":{"tag":{"type":"object","properties":{"t":{"type":"string"}}}},"additionalProperties":false}
            """));
        Assert.Equal(
            """{"type":"object","properties":{"minimum":{"type":["integer","null"],"description":"How many\n\n{minimum: 1}"},"tags":{"type":"array","items":{"$ref":"#/$defs/tag"},"description":"{minItems: 2}"},"at":{"anyOf":[{"type":"string","format":"date"},{"type":"string","description":"{format: \"odd\"}"}]}},"$defs":{"tag":{"type":"object","properties":{"t":{"type":"string"}},"additionalProperties":false}},"additionalProperties":false}""",
            Claude.Member(turn, "output_config.format.schema"));
    }
}
