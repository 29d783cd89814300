using System.Net.Http.Json;
using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Tests;

/// <summary>OpenAI's Responses.</summary>
public sealed class ResponsesTests
{
    private const string Path = "/v1/responses";
    private const string Tools = $$""","tools":[{"type":"function","name":"get_weather","parameters":{{Asking.Weather}},"strict":false}]""";

    [Fact]
    public async Task A_stream_has_the_events_of_the_real_one_numbered_without_a_gap()
    {
        await using var wired = await Wired.StartAsync();

        var events = await wired.EventsAsync(Path, """{"model":"m","input":"a","stream":true,"reasoning":{"effort":"low","summary":"auto"}}""");

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.reasoning_summary_part.added",
                "response.reasoning_summary_text.delta", "response.reasoning_summary_text.delta", "response.reasoning_summary_text.delta",
                "response.reasoning_summary_text.done", "response.reasoning_summary_part.done", "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.delta", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            events.Select(e => e.Name));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => e.Data.GetProperty("sequence_number").GetInt32()));
        var whole = events[^1].Data.GetProperty("response");
        Assert.Equal(["reasoning", "message"], whole.GetProperty("output").EnumerateArray().Select(o => o.GetProperty("type").GetString()));
        Assert.Equal(3, whole.GetProperty("usage").GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_loop_goes_on_from_the_stored_response(bool stream)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));
        var extra = Tools + (stream ? ""","stream":true""" : "");

        var first = await WholeAsync(wired, $$"""{"model":"m","input":"the weather?"{{extra}}}""", stream);
        var call = first.GetProperty("output")[0];
        var second = await WholeAsync(
            wired,
            $$"""{"model":"m","previous_response_id":"{{first.GetProperty("id").GetString()}}","input":[{"type":"function_call_output","call_id":"{{call.GetProperty("call_id").GetString()}}","output":"sunny"}]{{extra}}}""",
            stream);

        Assert.Equal("function_call", call.GetProperty("type").GetString());
        Assert.Equal("""{"city":"Bern"}""", call.GetProperty("arguments").GetString());
        Assert.Equal("The tool answered: sunny", second.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_stored_response_can_be_seen_listed_and_forgotten()
    {
        await using var wired = await Wired.StartAsync();
        var made = await wired.AskAsync(Path, """{"model":"m","input":"hello"}""");
        var id = made.GetProperty("id").GetString();

        var seen = await wired.Http.GetStringAsync($"{Path}/{id}", Wired.Token);
        var input = JsonDocument.Parse(await wired.Http.GetStringAsync($"{Path}/{id}/input_items", Wired.Token)).RootElement;
        var cancelled = await wired.StatusAsync($"{Path}/{id}/cancel", "");
        using var deleted = await wired.Http.DeleteAsync($"{Path}/{id}", Wired.Token);
        using var gone = await wired.Http.GetAsync($"{Path}/{id}", Wired.Token);

        Assert.Equal(made.GetRawText(), seen);
        Assert.Equal("hello", input.GetProperty("data")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal(400, cancelled.Status);
        Assert.True((await deleted.Content.ReadFromJsonAsync<JsonElement>(Wired.Token)).GetProperty("deleted").GetBoolean());
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task A_response_in_the_background_is_queued_first_and_can_be_cancelled_then()
    {
        await using var wired = await Wired.StartAsync();
        var one = (await wired.AskAsync("/openai/v1/responses", """{"model":"m","input":"hello","background":true}""")).GetProperty("id").GetString();
        var other = (await wired.AskAsync("/openai/v1/responses", """{"model":"m","input":"hello","background":true}""")).GetProperty("id").GetString();

        var first = JsonDocument.Parse(await wired.Http.GetStringAsync($"{Path}/{one}", Wired.Token)).RootElement;
        var second = JsonDocument.Parse(await wired.Http.GetStringAsync($"{Path}/{one}", Wired.Token)).RootElement;
        var (status, cancelled) = await wired.StatusAsync($"{Path}/{other}/cancel", "");

        Assert.Equal("queued", first.GetProperty("status").GetString());
        Assert.Equal("completed", second.GetProperty("status").GetString());
        Assert.Equal(200, status);
        Assert.Contains("\"status\":\"cancelled\"", cancelled, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encrypted_reasoning_comes_back_unchanged_or_not_at_all()
    {
        await using var wired = await Wired.StartAsync();
        var answer = await wired.AskAsync(Path, """{"model":"m","input":"x","store":false,"reasoning":{"effort":"low"},"include":["reasoning.encrypted_content"]}""");
        var reasoning = answer.GetProperty("output")[0].GetRawText();
        var sealedText = answer.GetProperty("output")[0].GetProperty("encrypted_content").GetString() ?? "";

        var good = await wired.StatusAsync(Path, Next(reasoning));
        var changed = await wired.StatusAsync(Path, Next(reasoning.Replace(sealedText, "AAAA" + sealedText[4..], StringComparison.Ordinal)));
        var lost = await wired.StatusAsync(Path, Next("""{"type":"reasoning","id":"rs_1","summary":[]}"""));

        Assert.True(good.Status == 200, good.Body);
        Assert.Contains("invalid_encrypted_content", changed.Body, StringComparison.Ordinal);
        Assert.Equal(404, lost.Status);

        static string Next(string item) => $$"""{"model":"m","store":false,"input":[{{item}},{"role":"user","content":"go on"}]}""";
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[]}""", "Unknown parameter: 'messages'.")]
    [InlineData("""{"input":"x"}""", "Missing required parameter: 'model'.")]
    [InlineData("""{"model":"m"}""", "Missing required parameter: 'input'.")]
    [InlineData("""{"model":"m","input":"x","max_output_tokens":5}""", "Expected a value >= 16, but got 5 instead.")]
    [InlineData("""{"model":"m","input":"x","previous_response_id":"resp_9"}""", "Previous response with id 'resp_9' not found.")]
    [InlineData("""{"model":"m","input":"x","tools":[{"type":"function","function":{"name":"f"}}]}""", "Missing required parameter: 'tools[0].name'.")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"text","text":"x"}]}]}""", "Invalid value: 'text'. Supported values are: 'input_text'")]
    [InlineData("""{"model":"m","input":[{"role":"assistant","content":[{"type":"input_text","text":"x"}]}]}""", "Supported values are: 'output_text'")]
    [InlineData("""{"model":"m","input":[{"type":"function_call_output","call_id":"c","output":"x"}]}""", "No tool call found for function call output with call_id c.")]
    [InlineData("""{"model":"m","input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}""", "No tool output found for function call c.")]
    public async Task What_the_vendor_refuses_is_refused_in_its_words(string body, string words)
    {
        await using var wired = await Wired.StartAsync();

        var (status, answer) = await wired.StatusAsync(Path, body);

        Assert.Equal(400, status);
        Assert.Contains(words, JsonDocument.Parse(answer).RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_makes_it_incomplete_and_a_refusal_has_its_own_part()
    {
        await using var wired = await Wired.StartAsync();
        var words = string.Join(' ', Enumerable.Range(0, 30));

        var events = await wired.EventsAsync(Path, $$"""{"model":"m","input":"{{words}}","max_output_tokens":16,"stream":true}""");
        wired.Model.Script.Enqueue(ScriptedReply.Refuse("No."));
        var refused = await wired.AskAsync(Path, """{"model":"m","input":"x"}""");

        Assert.Equal("response.incomplete", events[^1].Name);
        Assert.Equal("max_output_tokens", events[^1].Data.GetProperty("response").GetProperty("incomplete_details").GetProperty("reason").GetString());
        Assert.Equal("refusal", refused.GetProperty("output")[0].GetProperty("content")[0].GetProperty("type").GetString());
    }

    private static async Task<JsonElement> WholeAsync(Wired wired, string body, bool stream)
    {
        if (!stream)
        {
            return await wired.AskAsync(Path, body);
        }

        var last = (await wired.EventsAsync(Path, body))[^1];
        Assert.Equal("response.completed", last.Name);
        return last.Data.GetProperty("response");
    }
}
