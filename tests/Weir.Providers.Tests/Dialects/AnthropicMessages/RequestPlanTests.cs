using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

/// <summary>Members that depend on each other and on the model.</summary>
public sealed class RequestPlanTests
{
    [Theory]
    [InlineData("claude-sonnet-4-5", "low", 4000L, """{"type":"enabled","budget_tokens":1024}""", null, "")]
    [InlineData("claude-sonnet-4-5", "minimal", 4000L, """{"type":"enabled","budget_tokens":1024}""", null, "")]
    [InlineData("claude-sonnet-4-5", "high", 8000L, """{"type":"enabled","budget_tokens":4096}""", null, "")]
    [InlineData("claude-sonnet-4-5", "high", 3000L, """{"type":"enabled","budget_tokens":1500}""", null, "")]
    [InlineData("claude-sonnet-4-5", "high", 1024L, null, null, "reasoning_effort")]
    [InlineData("claude-sonnet-4-5", "none", 4000L, null, null, "")]
    [InlineData("claude-3-5-haiku-20241022", "low", 4000L, null, null, "reasoning_effort")]
    [InlineData("claude-opus-4-6", "high", 4000L, """{"type":"adaptive"}""", "high", "")]
    [InlineData("claude-opus-4-6", "max", 4000L, """{"type":"adaptive"}""", "max", "")]
    [InlineData("claude-sonnet-4-6", "max", 4000L, """{"type":"adaptive"}""", "high", "reasoning_effort")]
    [InlineData("claude-opus-4-7", "xhigh", 4000L, """{"type":"adaptive"}""", "xhigh", "")]
    [InlineData("claude-opus-4-7", "minimal", 4000L, """{"type":"adaptive"}""", "low", "")]
    [InlineData("claude-opus-4-7", "sideways", 4000L, """{"type":"adaptive"}""", null, "reasoning_effort")]
    [InlineData("claude-sonnet-5", "none", 4000L, """{"type":"disabled"}""", null, "")]
    [InlineData("claude-mythos-preview", "none", 4000L, null, null, "reasoning_effort")]
    [InlineData("glm-4.6", "medium", 4000L, """{"type":"enabled","budget_tokens":2048}""", null, "")]
    public void An_effort_is_told_as_the_model_takes_it(string model, string effort, long maxTokens, string? thinking, string? written, string names)
    {
        var turn = Claude.Turn(model);
        (turn.Reasoning, turn.MaxTokens) = (new ReasoningWish { Effort = effort }, maxTokens);
        var dropped = new Dropped();
        Assert.Equal(thinking, Claude.Member(turn, "thinking", dropped));
        Assert.Equal(written is null ? null : $"\"{written}\"", Claude.Member(turn, "output_config.effort"));
        Assert.Equal(names, string.Join(' ', dropped.Names));
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", 5000L, 4000L, """{"type":"enabled","budget_tokens":2000}""")]
    [InlineData("claude-opus-4-6", 3000L, 8000L, """{"type":"enabled","budget_tokens":3000}""")]
    [InlineData("claude-opus-4-7", 3000L, 8000L, """{"type":"adaptive"}""")]
    [InlineData("claude-opus-4-7", 0L, 8000L, null)]
    public void A_budget_is_told_as_the_model_takes_it(string model, long budget, long maxTokens, string? thinking)
    {
        var turn = Claude.Turn(model);
        (turn.Reasoning, turn.MaxTokens) = (new ReasoningWish { BudgetTokens = budget }, maxTokens);
        Assert.Equal(thinking, Claude.Member(turn, "thinking"));
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", null, "4096")]
    [InlineData("claude-sonnet-4-5", "medium", "6144")]
    [InlineData("claude-opus-4-6", "medium", "6144")]
    public void Without_a_limit_there_is_room_for_the_answer_and_the_thoughts(string model, string? effort, string maxTokens)
    {
        var turn = Claude.Turn(model);
        (turn.MaxTokens, turn.Reasoning) = (null, effort is null ? null : new ReasoningWish { Effort = effort });
        Assert.Equal(maxTokens, Claude.Member(turn, "max_tokens"));
    }

    [Fact]
    public void A_call_that_has_to_be_made_is_made_without_thoughts()
    {
        var turn = Claude.Turn("claude-sonnet-4-5");
        turn.Tools.Add(Claude.Tool("f"));
        (turn.Reasoning, turn.ToolChoice) = (new ReasoningWish { Effort = "low" }, new ToolChoice(ToolChoiceKind.Required));
        var dropped = new Dropped();
        Assert.Null(Claude.Member(turn, "thinking", dropped));
        Assert.Equal("""{"type":"any"}""", Claude.Member(turn, "tool_choice"));
        Assert.Equal(["reasoning_effort"], dropped.Names);

        turn.Model = "claude-opus-5-5";
        dropped = new Dropped();
        Assert.Equal("""{"type":"auto"}""", Claude.Member(turn, "tool_choice", dropped));
        Assert.Equal(["tool_choice"], dropped.Names);

        (turn.Model, turn.Reasoning) = ("claude-sonnet-5", null);
        Assert.Equal("""{"type":"disabled"}""", Claude.Member(turn, "thinking"));
        Assert.Equal("""{"type":"any"}""", Claude.Member(turn, "tool_choice"));
    }

    [Fact]
    public void Thoughts_on_top_of_a_call_need_the_thoughts_before_it()
    {
        var call = new ToolCallPart("c1", "f", "{}");
        var turn = Claude.Turn("claude-sonnet-4-5", Claude.User("a"), Claude.Assistant(call), Claude.Results(new ToolResultPart("c1", [new TextPart("x")])));
        turn.Tools.Add(Claude.Tool("f"));
        (turn.Reasoning, turn.MaxTokens) = (new ReasoningWish { Effort = "low" }, 4000);
        Assert.Null(Claude.Member(turn, "thinking"));
        turn.Messages[1].Parts.Insert(0, new ThinkingPart("hm") { Signature = "seal" });
        Assert.NotNull(Claude.Member(turn, "thinking"));
        turn.Messages[1].Parts.RemoveAt(0);
        turn.Messages.Add(Claude.Assistant(new TextPart("done")));
        turn.Messages.Add(Claude.User("more"));
        Assert.NotNull(Claude.Member(turn, "thinking"));
    }

    [Theory]
    [InlineData("claude-3-5-sonnet-20241022", 0.5, 0.9, "0.5", "0.9", "")]
    [InlineData("claude-3-5-sonnet-20241022", 1.7, null, "1", null, "temperature")]
    [InlineData("claude-3-5-sonnet-20241022", -1.0, null, "0", null, "temperature")]
    [InlineData("claude-sonnet-4-5", 0.5, 0.9, "0.5", null, "top_p")]
    [InlineData("claude-sonnet-4-5", 0.5, 1.0, "0.5", null, "")]
    [InlineData("claude-sonnet-4-5", 1.0, 0.9, null, "0.9", "")]
    [InlineData("claude-opus-4-7", 0.5, 0.9, null, null, "temperature top_p")]
    [InlineData("claude-opus-4-7", 1.0, 1.0, null, null, "")]
    public void Sampling_is_told_as_the_model_takes_it(string model, double? temperature, double? topP, string? writtenTemperature, string? writtenTopP, string names)
    {
        var turn = Claude.Turn(model);
        (turn.Temperature, turn.TopP) = (temperature, topP);
        var dropped = new Dropped();
        Assert.Equal(writtenTemperature, Claude.Member(turn, "temperature", dropped));
        Assert.Equal(writtenTopP, Claude.Member(turn, "top_p"));
        Assert.Equal(names, string.Join(' ', dropped.Names));
    }

    [Fact]
    public void A_model_that_thinks_takes_no_sampling()
    {
        var turn = Claude.Turn("claude-sonnet-4-5");
        (turn.Reasoning, turn.MaxTokens, turn.Temperature, turn.TopK, turn.TopP) = (new ReasoningWish { Effort = "low" }, 4000, 0.2, 5, 0.97);
        var dropped = new Dropped();
        Assert.Equal("0.97", Claude.Member(turn, "top_p", dropped));
        Assert.Equal(["temperature", "top_k"], dropped.Names);
    }

    [Fact]
    public void What_nobody_at_Anthropic_takes_is_named()
    {
        var turn = Claude.Turn();
        (turn.Seed, turn.PresencePenalty, turn.FrequencyPenalty, turn.Choices, turn.ServiceTier, turn.EndUser) = (7, 1, 1, 2, "flex", "jane@example.com");
        turn.Stop.AddRange(["\n", "END"]);
        var dropped = new Dropped();
        var body = Claude.Write(turn, dropped);
        Assert.Equal(["presence_penalty", "frequency_penalty", "seed", "n", "stop", "user", "service_tier"], dropped.Names);
        Assert.Contains("""
            "stop_sequences":["END"]
            """.Trim(), body, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_is_enforced_where_the_model_can_and_asked_for_by_a_tool_where_it_cannot()
    {
        var schema = Claude.Raw("""{"type":"object","properties":{"n":{"type":"number"}},"required":["n"]}""");
        var turn = Claude.Turn("claude-sonnet-4-5");
        turn.Format = new OutputFormat(schema);
        Assert.Equal("""{"format":{"type":"json_schema","schema":{"type":"object","properties":{"n":{"type":"number"}},"required":["n"],"additionalProperties":false}}}""", Claude.Member(turn, "output_config"));
        Assert.Null(Claude.Member(turn, "tools"));

        turn.Model = "claude-3-7-sonnet-latest";
        Assert.Null(Claude.Member(turn, "output_config"));
        Assert.Equal("""{"type":"tool","name":"json_tool_call"}""", Claude.Member(turn, "tool_choice"));
        Assert.Equal(schema.ToString(), Claude.Member(turn, "tools.0.input_schema"));

        turn.Tools.Add(Claude.Tool("f"));
        Assert.Equal("""{"type":"any"}""", Claude.Member(turn, "tool_choice"));
        Assert.Equal("\"json_tool_call\"", Claude.Member(turn, "tools.1.name"));

        (turn.Reasoning, turn.MaxTokens) = (new ReasoningWish { Effort = "low" }, 4000);
        Assert.Null(Claude.Member(turn, "tool_choice"));
        Assert.NotNull(Claude.Member(turn, "thinking"));
    }

    [Fact]
    public void A_schema_that_leaves_objects_open_is_not_closed()
    {
        var turn = Claude.Turn("claude-sonnet-4-5");
        turn.Format = new OutputFormat(Claude.Raw("""{"type":"object","additionalProperties":{"type":"number"}}"""));
        Assert.Null(Claude.Member(turn, "output_config"));
        Assert.Equal("""{"type":"object","additionalProperties":{"type":"number"}}""", Claude.Member(turn, "tools.0.input_schema"));
    }

    [Fact]
    public void Any_JSON_object_is_asked_for_by_a_tool_or_in_words()
    {
        var turn = Claude.Turn("claude-sonnet-4-5");
        turn.Format = new OutputFormat(default(RawJson));
        Assert.Equal("""{"type":"object","properties":{}}""", Claude.Member(turn, "tools.0.input_schema"));
        turn.Model = "claude-opus-5";
        var dropped = new Dropped();
        Assert.Contains("JSON", Claude.Member(turn, "system", dropped), StringComparison.Ordinal);
        Assert.Null(Claude.Member(turn, "tools"));
        Assert.Equal(["response_format"], dropped.Names);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"n":{"type":"number"}},"required":["n"]}""")]
    [InlineData(null)]
    public void A_wish_for_JSON_that_was_said_by_a_tool_is_read_as_the_wish(string? schema)
    {
        var turn = Claude.Turn("claude-3-5-sonnet-latest");
        turn.Format = new OutputFormat(schema is null ? default : Claude.Raw(schema));
        var back = Claude.Read(Claude.Write(turn));
        Assert.Equal(schema ?? "", back.Format?.Schema.ToString());
        Assert.Empty(back.Tools);
        Assert.Null(back.ToolChoice);
        turn.Tools.Add(Claude.Tool("f"));
        back = Claude.Read(Claude.Write(turn));
        Assert.NotNull(back.Format);
        Assert.Equal("f", Assert.Single(back.Tools).Name);
        Assert.Null(back.ToolChoice);
    }

    [Fact]
    public void Nobody_but_the_gateway_may_name_a_tool_as_it_names_its_own()
    {
        var turn = Claude.Turn();
        turn.Tools.Add(Claude.Tool("json_tool_call"));
        Assert.Equal("tools", Assert.Throws<DialectException>(() => Claude.Write(turn)).Member);
    }

    [Fact]
    public void Writing_leaves_the_turn_as_it_is()
    {
        var turn = Claude.Turn("claude-3-5-sonnet-latest", Claude.User("a"), Claude.User("b"), Claude.Assistant(new TextPart("c ")));
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "thinking", Claude.Raw("""{"type":"enabled","budget_tokens":2000}""")));
        turn.Format = new OutputFormat(default(RawJson));
        var before = NeutralText.Of(turn);
        var first = Claude.Write(turn);
        Assert.Equal(first, Claude.Write(turn));
        Assert.Equal(before, NeutralText.Of(turn));
    }
}
