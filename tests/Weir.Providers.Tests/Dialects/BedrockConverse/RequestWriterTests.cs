using System.Text.Json;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.BedrockConverse;

/// <summary>What other dialects say, in Converse's words: by model, because what one takes another refuses.</summary>
public sealed class RequestWriterTests
{
    private const string Claude35 = "anthropic.claude-3-5-sonnet-20241022-v2:0";
    private const string Claude4 = "us.anthropic.claude-sonnet-4-20250514-v1:0";
    private const string Claude45 = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Claude46 = "anthropic.claude-opus-4-6-v1";
    private const string Nova = "us.amazon.nova-pro-v1:0";
    private const string Nova2 = "us.amazon.nova-2-lite-v1:0";
    private const string GptOss = "openai.gpt-oss-120b-1:0";
    private const string Llama = "meta.llama3-1-70b-instruct-v1:0";
    private const string Arn = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";

    private static readonly RawJson Schema = RawJson.Of("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"""u8);
    private static readonly RawJson Mark = RawJson.Of("""{"type":"ephemeral","ttl":"1h"}"""u8);

    [Theory]
    [InlineData(Claude35, """{"thinking":{"type":"enabled","budget_tokens":4096}}""", 8192, null)]
    [InlineData(Claude4, """{"thinking":{"type":"enabled","budget_tokens":4096}}""", 8192, null)]
    [InlineData(Claude46, """{"thinking":{"type":"adaptive"}}""", null, "high")]
    [InlineData(Nova2, """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"}}""", null, null)]
    [InlineData(GptOss, """{"reasoning_effort":"high"}""", null, null)]
    [InlineData(Arn, """{"thinking":{"type":"enabled","budget_tokens":4096}}""", 8192, null)]
    public void Effort_is_said_as_the_model_takes_it(string model, string fields, int? maxTokens, string? effort)
    {
        var turn = Converse.Ask(model);
        turn.Reasoning = new ReasoningWish { Effort = "high" };
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal("", dropped);
        Assert.Equal(fields, body.GetProperty("additionalModelRequestFields").GetRawText());
        Assert.Equal(maxTokens, body.TryGetProperty("inferenceConfig", out var config) ? config.GetProperty("maxTokens").GetInt32() : null);
        Assert.Equal(effort, body.TryGetProperty("outputConfig", out var output) ? output.GetProperty("effort").GetString() : null);
    }

    [Theory]
    [InlineData(Llama)]
    [InlineData(Nova)]
    public void A_model_that_can_not_think_on_demand_is_not_asked_to(string model)
    {
        var turn = Converse.Ask(model);
        turn.Reasoning = new ReasoningWish { Effort = "low" };
        var (body, dropped) = Converse.Write(turn);
        Assert.False(body.TryGetProperty("additionalModelRequestFields", out _));
        Assert.Equal("reasoning_effort", dropped);
    }

    [Theory]
    [InlineData(500L, null, 2000L, 1024L, null)]
    [InlineData(5000L, null, 3000L, 2999L, null)]
    [InlineData(5000L, null, 1000L, null, "reasoning_effort")]
    [InlineData(null, "minimal", null, 1024L, null)]
    public void A_budget_stays_between_what_Bedrock_takes_and_what_the_caller_allows(long? budget, string? effort, long? most, long? said, string? dropped)
    {
        var turn = Converse.Ask(Claude4);
        turn.Reasoning = new ReasoningWish { Enabled = true, BudgetTokens = budget, Effort = effort };
        turn.MaxTokens = most;
        var (body, names) = Converse.Write(turn);
        Assert.Equal(said, body.TryGetProperty("additionalModelRequestFields", out var fields) ? fields.GetProperty("thinking").GetProperty("budget_tokens").GetInt64() : null);
        Assert.Equal(dropped ?? "", names);
    }

    [Fact]
    public void Not_to_think_is_the_default_and_needs_no_word_for_old_models()
    {
        var turn = Converse.Ask(Claude35);
        turn.Reasoning = new ReasoningWish { Enabled = false, Effort = "none" };
        var (body, dropped) = Converse.Write(turn);
        Assert.False(body.TryGetProperty("additionalModelRequestFields", out _));
        Assert.Equal("", dropped);
    }

    [Fact]
    public void A_tool_loop_whose_thoughts_got_lost_goes_on_without_thinking()
    {
        var turn = Loop(Claude4);
        turn.Reasoning = new ReasoningWish { Effort = "low" };
        var (body, dropped) = Converse.Write(turn);
        Assert.False(body.TryGetProperty("additionalModelRequestFields", out _));
        Assert.Equal("reasoning_effort", dropped);

        turn.Messages[1].Parts.Insert(0, new ThinkingPart("Hm.") { Signature = "seal" });
        (body, dropped) = Converse.Write(turn);
        Assert.True(body.TryGetProperty("additionalModelRequestFields", out _));
        Assert.Equal("", dropped);
    }

    [Fact]
    public void Thoughts_without_a_seal_or_with_anothers_are_left_out_for_Claude()
    {
        var turn = Converse.Ask(Claude4);
        turn.Messages.Add(new ChatMessage(ChatRole.Assistant, [new ThinkingPart("a"), new ThinkingPart("b") { Signature = "s", Id = "rs_1" }, new ThinkingPart("c") { Signature = "seal" }, new TextPart("ok")]));
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal("""[{"reasoningContent":{"reasoningText":{"text":"c","signature":"seal"}}},{"text":"ok"}]""", body.GetProperty("messages")[1].GetProperty("content").GetRawText());
        Assert.Equal("reasoning", dropped);
    }

    [Fact]
    public void Calls_in_the_history_bring_a_tool_that_does_nothing_when_none_is_offered()
    {
        var turn = Loop(Claude4);
        turn.Tools.Clear();
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal("""{"tools":[{"toolSpec":{"name":"dummy_tool","description":"This is a dummy tool call","inputSchema":{"json":{"type":"object","properties":{}}}}}]}""", body.GetProperty("toolConfig").GetRawText());
        Assert.Equal("", dropped);
    }

    [Fact]
    public void A_ban_on_calls_takes_the_tools_away_unless_the_history_needs_them()
    {
        var turn = Converse.Ask(Claude4);
        turn.Tools.Add(new ToolDefinition("f"));
        turn.ToolChoice = new ToolChoice(ToolChoiceKind.None);
        var (body, dropped) = Converse.Write(turn);
        Assert.False(body.TryGetProperty("toolConfig", out _));
        Assert.Equal("", dropped);

        turn = Loop(Claude4);
        turn.ToolChoice = new ToolChoice(ToolChoiceKind.None);
        (body, dropped) = Converse.Write(turn);
        Assert.False(body.GetProperty("toolConfig").TryGetProperty("toolChoice", out _));
        Assert.Equal("tool_choice", dropped);
    }

    [Theory]
    [InlineData(ToolChoiceKind.Auto, null, """{"auto":{}}""", "")]
    [InlineData(ToolChoiceKind.Required, null, """{"any":{}}""", "")]
    [InlineData(ToolChoiceKind.Named, null, """{"tool":{"name":"f"}}""", "")]
    [InlineData(ToolChoiceKind.Required, "high", """{"auto":{}}""", "tool_choice")]
    public void A_choice_of_tools_is_carried_but_not_against_thinking(ToolChoiceKind kind, string? effort, string expected, string expectedDropped)
    {
        var turn = Converse.Ask(Claude4);
        turn.Tools.Add(new ToolDefinition("f"));
        turn.ToolChoice = new ToolChoice(kind, kind == ToolChoiceKind.Named ? "f" : null);
        turn.Reasoning = effort is null ? null : new ReasoningWish { Effort = effort };
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal(expected, body.GetProperty("toolConfig").GetProperty("toolChoice").GetRawText());
        Assert.Equal(expectedDropped, dropped);
    }

    [Fact]
    public void A_model_that_can_not_be_forced_is_not()
    {
        var turn = Converse.Ask(Llama);
        turn.Tools.Add(new ToolDefinition("f"));
        turn.ToolChoice = new ToolChoice(ToolChoiceKind.Required);
        var (body, dropped) = Converse.Write(turn);
        Assert.False(body.GetProperty("toolConfig").TryGetProperty("toolChoice", out _));
        Assert.Equal("tool_choice", dropped);
    }

    [Fact]
    public void Tools_that_are_not_allowed_or_run_elsewhere_are_left_out()
    {
        var turn = Converse.Ask(Claude4);
        turn.Tools.AddRange([
            new ToolDefinition("a") { CacheControl = Mark }, new ToolDefinition("b"),
            new ToolDefinition("web_search") { BuiltIn = RawJson.Of("""{"type":"web_search"}"""u8), BuiltInFrom = WireFormat.OpenAIResponses },
        ]);
        turn.ToolChoice = new ToolChoice(ToolChoiceKind.Auto) { Allowed = ["a"] };
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal("""[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"object","properties":{}}}}},{"cachePoint":{"type":"default"}}]""", body.GetProperty("toolConfig").GetProperty("tools").GetRawText());
        Assert.Equal("tools[web_search]", dropped);
    }

    [Theory]
    [InlineData(Claude45, """{"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}""", "")]
    [InlineData(Claude35, null, "parallel_tool_calls")]
    public void One_call_at_a_time_is_said_to_those_who_understand(string model, string? fields, string expectedDropped)
    {
        var turn = Converse.Ask(model);
        turn.Tools.Add(new ToolDefinition("f"));
        turn.ParallelToolCalls = false;
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal(fields, body.TryGetProperty("additionalModelRequestFields", out var said) ? said.GetRawText() : null);
        Assert.Equal(expectedDropped, dropped);
    }

    [Fact]
    public void A_schema_is_native_where_the_model_takes_it_and_a_tool_elsewhere()
    {
        var turn = Converse.Ask(Claude45);
        turn.Format = new OutputFormat(Schema) { Name = "n", Strict = true };
        var (body, _) = Converse.Write(turn);
        var format = body.GetProperty("outputConfig").GetProperty("textFormat");
        Assert.Equal(Schema.ToString(), format.GetProperty("structure").GetProperty("jsonSchema").GetProperty("schema").GetString());
        Assert.False(body.TryGetProperty("toolConfig", out _));

        turn.Model = Claude35;
        (body, _) = Converse.Write(turn);
        Assert.False(body.TryGetProperty("outputConfig", out _));
        Assert.Equal(
            """{"tools":[{"toolSpec":{"name":"json_tool_call","inputSchema":{"json":SCHEMA}}}],"toolChoice":{"tool":{"name":"json_tool_call"}}}""".Replace("SCHEMA", Schema.ToString()),
            body.GetProperty("toolConfig").GetRawText());
    }

    [Fact]
    public void Any_JSON_is_asked_for_by_a_tool_and_the_callers_own_tools_stay_callable()
    {
        var turn = Converse.Ask(Claude45);
        turn.Format = new OutputFormat(default(RawJson));
        turn.Tools.Add(new ToolDefinition("f"));
        var (body, _) = Converse.Write(turn);
        Assert.Equal(["f", "json_tool_call"], body.GetProperty("toolConfig").GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("toolSpec").GetProperty("name").GetString()));
        Assert.Equal("""{"any":{}}""", body.GetProperty("toolConfig").GetProperty("toolChoice").GetRawText());
    }

    [Fact]
    public void Roles_take_turns_and_results_belong_to_the_user()
    {
        var turn = new ChatTurn
        {
            Model = Claude4,
            Messages =
            {
                new ChatMessage(ChatRole.System, [new TextPart("s1")]),
                new ChatMessage(ChatRole.User, [new TextPart("a")]),
                new ChatMessage(ChatRole.User, [new TextPart("b")]),
                new ChatMessage(ChatRole.Assistant, [new TextPart(""), new ToolCallPart("call_1", "f", "")]),
                new ChatMessage(ChatRole.Tool, [new ToolResultPart("call_1", [new TextPart("1")])]),
                new ChatMessage(ChatRole.Developer, [new TextPart("s2")]),
                new ChatMessage(ChatRole.User, [new TextPart("c") { CacheControl = Mark }]) { Name = "eve" },
            },
            Tools = { new ToolDefinition("f") },
        };
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal(
            """[{"role":"user","content":[{"text":"a"},{"text":"b"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"call_1","name":"f","input":{}}}]},"""
            + """{"role":"user","content":[{"toolResult":{"toolUseId":"call_1","content":[{"text":"1"}]}},{"text":"c"},{"cachePoint":{"type":"default"}}]}]""",
            body.GetProperty("messages").GetRawText());
        Assert.Equal("""[{"text":"s1"},{"text":"s2"}]""", body.GetProperty("system").GetRawText());
        Assert.Equal("name", dropped);
    }

    [Fact]
    public void Ids_that_Converse_refuses_are_changed_alike_in_call_and_result()
    {
        var id = "call:1/" + new string('x', 80);
        var turn = Loop(Claude4);
        turn.Messages[1].Parts[0] = new ToolCallPart(id, "f", "{}");
        turn.Messages[2].Parts[0] = new ToolResultPart(id, [new TextPart("1")]);
        var (body, _) = Converse.Write(turn);
        var call = body.GetProperty("messages")[1].GetProperty("content")[0].GetProperty("toolUse").GetProperty("toolUseId").GetString();
        Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", call);
        Assert.Equal(call, body.GetProperty("messages")[2].GetProperty("content")[0].GetProperty("toolResult").GetProperty("toolUseId").GetString());
    }

    [Fact]
    public void Documents_get_names_that_Converse_takes_each_once()
    {
        var turn = Converse.Ask(Claude4);
        foreach (var name in (string?[])["report.pdf", "Report: Q1/Q2  (final)_v2.pdf", "report.pdf", null, "ünïcode.pdf", new string('n', 300)])
        {
            turn.Messages[0].Parts.Add(new DocumentPart("application/pdf", MediaSource.OfBase64("JVBERg==")) { Name = name });
        }
        var (body, _) = Converse.Write(turn);
        var names = body.GetProperty("messages")[0].GetProperty("content").EnumerateArray().Skip(1).Select(b => b.GetProperty("document").GetProperty("name").GetString() ?? "").ToList();
        Assert.Equal(["report", "Report- Q1-Q2 (final)-v2", "report 2", "document", "-n-code"], names.Take(5));
        Assert.All(names, name => Assert.Matches(@"^[a-zA-Z0-9\-()\[\]]+( [a-zA-Z0-9\-()\[\]]+)*$", name));
        Assert.All(names, name => Assert.InRange(name.Length, 1, 200));
    }

    [Theory]
    [InlineData("https://example.com/a.png", null, null)]
    [InlineData(null, "file-1", null)]
    [InlineData(null, null, "image/tiff")]
    public void A_picture_that_Converse_can_not_hold_is_refused_by_its_path(string? url, string? file, string? type)
    {
        var turn = Converse.Ask(Claude4);
        turn.Messages[0].Parts.Add(new ImagePart(type, url is not null ? MediaSource.OfUrl(url) : file is not null ? MediaSource.OfFile(file) : MediaSource.OfBase64("AAAA")));
        var refused = Assert.Throws<DialectException>(() => Converse.Write(turn));
        Assert.Equal("messages[0].content[1]", refused.Member);
    }

    [Fact]
    public void A_picture_without_a_type_is_known_by_its_first_bytes()
    {
        var turn = Converse.Ask(Claude4);
        turn.Messages[0].Parts.Add(new ImagePart(null, MediaSource.OfBase64("/9j/4AAQ")) { Detail = "low" });
        turn.Messages[0].Parts.Add(new DocumentPart(null, MediaSource.OfBase64("QQ==")) { Name = "data.xlsx" });
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal("jpeg", body.GetProperty("messages")[0].GetProperty("content")[1].GetProperty("image").GetProperty("format").GetString());
        Assert.Equal("xlsx", body.GetProperty("messages")[0].GetProperty("content")[2].GetProperty("document").GetProperty("format").GetString());
        Assert.Equal("detail", dropped);
    }

    [Fact]
    public void Arguments_that_are_no_JSON_object_are_refused_by_their_path()
    {
        var turn = Loop(Claude4);
        turn.Messages[1].Parts[0] = new ToolCallPart("call_1", "f", "{\"a\":");
        Assert.Equal("messages[1].content[0]", Assert.Throws<DialectException>(() => Converse.Write(turn)).Member);
    }

    [Fact]
    public void What_Converse_has_no_word_for_is_named()
    {
        var turn = Converse.Ask(Llama);
        (turn.Choices, turn.Seed, turn.PresencePenalty, turn.FrequencyPenalty, turn.EndUser, turn.TopK, turn.ServiceTier) = (2, 7, 0.5, 0.5, "u", 40, "batch");
        turn.Stop.AddRange(["", "END"]);
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "logit_bias", RawJson.Of("{}"u8)));
        turn.Extras.Add(new Extra(WireFormat.GeminiGenerate, "safetySettings", RawJson.Of("[]"u8)));
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal("logit_bias, safetySettings, top_k, n, seed, presence_penalty, frequency_penalty, user, service_tier", dropped);
        Assert.Equal("""{"stopSequences":["END"]}""", body.GetProperty("inferenceConfig").GetRawText());
    }

    [Theory]
    [InlineData(Claude4, """{"top_k":40}""")]
    [InlineData(Nova, """{"inferenceConfig":{"topK":40}}""")]
    public void The_k_likeliest_tokens_go_where_the_model_looks_for_them(string model, string fields)
    {
        var turn = Converse.Ask(model);
        turn.TopK = 40;
        Assert.Equal(fields, Converse.Write(turn).Body.GetProperty("additionalModelRequestFields").GetRawText());
    }

    [Fact]
    public void Members_of_Converse_and_of_the_model_pass_from_OpenAIs_clients_as_LiteLLM_lets_them()
    {
        var turn = Converse.Ask(Claude4);
        Extra("guardrailConfig", """{"guardrailIdentifier":"g"}""");
        Extra("requestMetadata", """{"a":"b"}""");
        Extra("thinking", """{"type":"enabled","budget_tokens":2000}""");
        Extra("additionalModelRequestFields", """{"x":1}""");
        Extra("anthropic_beta", """["b"]""");
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal("", dropped);
        Assert.Equal("""{"x":1,"anthropic_beta":["b"],"thinking":{"type":"enabled","budget_tokens":2000}}""", body.GetProperty("additionalModelRequestFields").GetRawText());
        Assert.Equal("""{"guardrailIdentifier":"g"}""", body.GetProperty("guardrailConfig").GetRawText());
        Assert.True(body.TryGetProperty("requestMetadata", out _));

        void Extra(string name, string json) => turn.Extras.Add(new Extra(WireFormat.OpenAIChat, name, RawJson.Of(System.Text.Encoding.UTF8.GetBytes(json))));
    }

    [Fact]
    public void A_search_of_the_web_is_Novas_own_tool()
    {
        var turn = Converse.Ask(Nova);
        turn.Extras.Add(new Extra(WireFormat.OpenAIChat, "web_search_options", RawJson.Of("{}"u8)));
        var (body, dropped) = Converse.Write(turn);
        Assert.Equal("""{"tools":[{"systemTool":{"name":"nova_grounding"}}]}""", body.GetProperty("toolConfig").GetRawText());
        Assert.Equal("", dropped);
    }

    [Theory]
    [InlineData("""{"messages":{}}""", "messages")]
    [InlineData("""{"messages":[{"role":"model","content":[]}]}""", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":1}]}]}""", "messages[0].content[0].text")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"a"},{"toolResult":{"toolUseId":"x","content":[{"image":[]}]}}]}]}""", "messages[0].content[1].toolResult.content[0].image")]
    [InlineData("""{"system":[{"text":false}]}""", "system[0].text")]
    [InlineData("""{"inferenceConfig":{"maxTokens":"many"}}""", "inferenceConfig.maxTokens")]
    [InlineData("""{"inferenceConfig":{"temperature":true}}""", "inferenceConfig.temperature")]
    [InlineData("""{"toolConfig":{"tools":[{"toolSpec":{}}]}}""", "toolConfig.tools[0].toolSpec.name")]
    [InlineData("""{"toolConfig":{"toolChoice":{"tool":{}}}}""", "toolConfig.toolChoice.tool.name")]
    [InlineData("""{"outputConfig":{"textFormat":{"structure":{"jsonSchema":{"schema":"no"}}}}}""", "outputConfig.textFormat.structure.jsonSchema.schema")]
    public void A_member_of_the_wrong_type_is_named_by_its_path(string body, string member) =>
        Assert.Equal(member, Assert.Throws<DialectException>(() => Converse.Dialect.ReadRequest(System.Text.Encoding.UTF8.GetBytes(body))).Member);

    [Fact]
    public void A_result_is_given_the_name_of_the_tool_that_was_called()
    {
        var turn = Converse.Dialect.ReadRequest(DialectCase.Find("requests/BedrockConverse/parallel_tools").Body);
        Assert.All(turn.Messages[2].Parts.OfType<ToolResultPart>(), result => Assert.Equal("get_weather", result.Name));
    }

    private static ChatTurn Loop(string model)
    {
        var turn = Converse.Ask(model);
        turn.Messages.Add(new ChatMessage(ChatRole.Assistant, [new ToolCallPart("call_1", "f", "{}")]));
        turn.Messages.Add(new ChatMessage(ChatRole.Tool, [new ToolResultPart("call_1", [new TextPart("1")])]));
        turn.Tools.Add(new ToolDefinition("f"));
        return turn;
    }
}
