using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Tests;

/// <summary>Anthropic's Messages.</summary>
public sealed class MessagesTests
{
    private const string Path = "/v1/messages";
    private const string Tools = $$""","tools":[{"name":"get_weather","description":"d","input_schema":{{Asking.Weather}}}]""";
    private const string Thinking = ""","thinking":{"type":"enabled","budget_tokens":1024}""";

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/anthropic/v1/messages")]
    public async Task A_message_has_blocks_a_reason_to_stop_and_usage_that_leaves_out_the_cache(string path)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.Enqueue(ScriptedReply.Say("hi") with { Usage = new ScriptedUsage(100, 7, CachedTokens: 60, CacheWriteTokens: 30) });

        var answer = await wired.AskAsync(path, Body("hello"));

        Assert.Equal("message", answer.GetProperty("type").GetString());
        Assert.Equal("end_turn", answer.GetProperty("stop_reason").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("stop_sequence").ValueKind);
        var usage = answer.GetProperty("usage");
        Assert.Equal((10, 60, 30, 7), (Count("input_tokens"), Count("cache_read_input_tokens"), Count("cache_creation_input_tokens"), Count("output_tokens")));

        int Count(string name) => usage.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task A_stream_has_the_events_of_the_real_one_in_its_order()
    {
        await using var wired = await Wired.StartAsync();

        var events = await wired.EventsAsync(Path, Body("a", extra: ""","stream":true"""));

        Assert.Equal(
            ["message_start", "content_block_start", "ping", "content_block_delta", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            events.Select(e => e.Name));
        Assert.All(events, e => Assert.Equal(e.Name, e.Data.GetProperty("type").GetString()));
        Assert.Equal(1, events[0].Data.GetProperty("message").GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.Equal("end_turn", events[^2].Data.GetProperty("delta").GetProperty("stop_reason").GetString());
        Assert.Equal(3, events[^2].Data.GetProperty("usage").GetProperty("output_tokens").GetInt32());
    }

    [Fact]
    public async Task Thoughts_come_signed_and_only_unchanged_ones_are_taken_back()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));
        var first = await wired.AskAsync(Path, Body("the weather?", extra: Tools + Thinking, max: 4_000));
        var content = first.GetProperty("content").GetRawText();

        var good = await wired.StatusAsync(Path, After(content));
        var changed = await wired.StatusAsync(Path, After(content.Replace("Thinking about", "Musing about", StringComparison.Ordinal)));
        var without = await wired.StatusAsync(Path, After($"[{first.GetProperty("content")[1].GetRawText()}]"));

        Assert.Equal("thinking", first.GetProperty("content")[0].GetProperty("type").GetString());
        Assert.Equal("tool_use", first.GetProperty("stop_reason").GetString());
        Assert.Equal(200, good.Status);
        Assert.Equal(400, changed.Status);
        Assert.Contains("Invalid `signature` in `thinking` block", changed.Body, StringComparison.Ordinal);
        Assert.Equal(400, without.Status);
        Assert.Contains("must start with a thinking block", without.Body, StringComparison.Ordinal);

        string After(string said) =>
            $$"""{"model":"m","max_tokens":4000,"messages":[{"role":"user","content":"the weather?"},{"role":"assistant","content":{{said}}},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_000001_0","content":"sunny"}]}]{{Tools}}{{Thinking}}}""";
    }

    [Fact]
    public async Task Streamed_thoughts_and_calls_come_in_pieces_that_fit_together()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.Enqueue(new ScriptedReply { Text = "Let me see.", ToolCalls = [new("get_weather", """{"city":"Zürich 😀"}"""), new("get_weather", "{}")] });

        var events = await wired.EventsAsync(Path, Body("x", extra: Tools + Thinking + ""","stream":true""", max: 4_000));

        var blocks = events.Where(e => e.Name == "content_block_start").Select(e => e.Data.GetProperty("content_block").GetProperty("type").GetString());
        Assert.Equal(["thinking", "text", "tool_use", "tool_use"], blocks);
        var deltas = events.Where(e => e.Name == "content_block_delta").Select(e => e.Data).ToList();
        Assert.Equal("""{"city":"Zürich 😀"}""", string.Concat(deltas.Where(d => d.GetProperty("index").GetInt32() == 2).Select(d => d.GetProperty("delta").GetProperty("partial_json").GetString())));
        Assert.Equal("signature_delta", deltas.Last(d => d.GetProperty("index").GetInt32() == 0).GetProperty("delta").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Redacted_thoughts_and_refusals_have_their_own_forms()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.Enqueue(new ScriptedReply { Text = "hi", Reasoning = "secret", RedactedReasoning = true }, ScriptedReply.Refuse("No."));

        var redacted = await wired.AskAsync(Path, Body("x"));
        var refused = await wired.AskAsync(Path, Body("x"));

        Assert.Equal("redacted_thinking", redacted.GetProperty("content")[0].GetProperty("type").GetString());
        Assert.DoesNotContain("secret", redacted.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("refusal", refused.GetProperty("stop_reason").GetString());
    }

    [Fact]
    public async Task Limits_and_stop_sequences_end_an_answer()
    {
        await using var wired = await Wired.StartAsync();

        var cut = await wired.AskAsync(Path, Body("a b c", max: 3));
        var stopped = await wired.AskAsync(Path, Body("a b c", extra: ""","stop_sequences":["b"]"""));

        Assert.Equal("max_tokens", cut.GetProperty("stop_reason").GetString());
        Assert.Equal("stop_sequence", stopped.GetProperty("stop_reason").GetString());
        Assert.Equal("b", stopped.GetProperty("stop_sequence").GetString());
        Assert.Equal("You said: a ", stopped.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"seed":1}""", "seed: Extra inputs are not permitted")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":""}]}""", "must have non-empty content")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}""", "text content blocks must be non-empty")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[]}""", "at least one message is required")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"tool","content":"x"}]}""", "messages.0.role: Input should be 'user' or 'assistant'")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]}]}""", "unexpected `tool_use_id` found in `tool_result` blocks: t")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":"x"}]}""", "ids were found without `tool_result` blocks")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t!","name":"f","input":{}}]}]}""", "tool_use.id: String should match pattern")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]}]}""", "messages.0: `tool_use` ids were found without")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"text","text":"x"},{"type":"tool_result","tool_use_id":"t","content":"y"}]}]}""", "messages.0: `tool_use` ids were found without")]
    [InlineData("""{"model":"m","max_tokens":5,"system":[{"type":"text","text":""}],"messages":[{"role":"user","content":"x"}]}""", "system: text content blocks must be non-empty")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}]}""", "A maximum of 4 blocks with cache_control may be provided. Found 5.")]
    [InlineData("""{"model":"m","max_tokens":5,"temperature":1.5,"messages":[{"role":"user","content":"x"}]}""", "temperature: range: 0..1")]
    [InlineData("""{"model":"m","max_tokens":5,"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"x"}]}""", "only be specified while providing `tools`")]
    [InlineData("""{"model":"m","max_tokens":5,"tools":[{"name":"f"}],"messages":[{"role":"user","content":"x"}]}""", "tools.0.custom.input_schema: Field required")]
    [InlineData("""{"model":"m","max_tokens":5,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{"role":"user","content":"x"}]}""", "must be greater than `thinking.budget_tokens`")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/tiff","data":"AA=="}}]}]}""", "media_type: Input should be 'image/jpeg'")]
    public async Task What_the_vendor_refuses_is_refused_in_its_words(string body, string words)
    {
        await using var wired = await Wired.StartAsync();

        var (status, answer) = await wired.StatusAsync(Path, body);

        Assert.Equal(400, status);
        var error = JsonDocument.Parse(answer).RootElement.GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Contains(words, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_messages_of_the_same_role_are_allowed_and_the_version_header_is_not_optional()
    {
        await using var wired = await Wired.StartAsync();

        var twice = await wired.StatusAsync(Path, """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"},{"role":"user","content":"y"}]}""");
        wired.Http.DefaultRequestHeaders.Remove("anthropic-version");
        var without = await wired.StatusAsync(Path, Body("x"));

        Assert.Equal(200, twice.Status);
        Assert.Equal(400, without.Status);
        Assert.Contains("anthropic-version: header is required", without.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_counted_and_models_listed_in_Anthropics_form()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Models = ["a", "b"] });

        var count = await wired.AskAsync("/v1/messages/count_tokens", """{"model":"a","messages":[{"role":"user","content":"one two"}]}""");
        var refused = await wired.StatusAsync("/v1/messages/count_tokens", """{"model":"a","max_tokens":5,"messages":[{"role":"user","content":"one two"}]}""");
        var models = JsonDocument.Parse(await wired.Http.GetStringAsync("/v1/models", Wired.Token)).RootElement;

        Assert.Equal(5, count.GetProperty("input_tokens").GetInt32());
        Assert.Contains("max_tokens: Extra inputs are not permitted", refused.Body, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], models.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        Assert.False(models.GetProperty("has_more").GetBoolean());
        Assert.Equal("""{"type":"model","id":"b","display_name":"b","created_at":"2026-01-01T00:00:00Z"}""", await wired.Http.GetStringAsync("/v1/models/b", Wired.Token));
    }

    [Theory]
    [InlineData("rawPredict", false)]
    [InlineData("streamRawPredict", true)]
    public async Task Claude_on_Vertex_takes_its_version_in_the_body_and_its_model_in_the_path(string action, bool stream)
    {
        await using var wired = await Wired.StartAsync();
        wired.Http.DefaultRequestHeaders.Remove("anthropic-version");
        var path = $"/v1/projects/p/locations/eu/publishers/anthropic/models/claude@1:{action}";
        var body = $$"""{"anthropic_version":"vertex-2023-10-16","max_tokens":50,"messages":[{"role":"user","content":"hello"}],"stream":{{(stream ? "true" : "false")}}}""";

        var good = await wired.StatusAsync(path, body);
        var withModel = await wired.StatusAsync(path, body.Replace("\"max_tokens\"", "\"model\":\"claude\",\"max_tokens\"", StringComparison.Ordinal));

        Assert.Equal(200, good.Status);
        Assert.Contains("claude@1", good.Body, StringComparison.Ordinal);
        Assert.Equal(stream, good.Body.Contains("message_stop", StringComparison.Ordinal));
        Assert.Contains("model: Extra inputs are not permitted", withModel.Body, StringComparison.Ordinal);
    }

    private static string Body(string text, string extra = "", int max = 100) =>
        $$"""{"model":"m","max_tokens":{{max}},"messages":[{"role":"user","content":"{{text}}"}]{{extra}}}""";
}
