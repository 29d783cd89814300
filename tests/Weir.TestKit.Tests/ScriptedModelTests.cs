using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Tests;

public sealed class ScriptedModelTests
{
    private const string Tool = ""","tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""";

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/chat/completions")]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/openai/deployments/m/chat/completions?api-version=2024-10-21")]
    public async Task A_chat_answer_repeats_the_user_and_counts_its_words(string path)
    {
        await using var wired = await Wired.StartAsync();

        var answer = await wired.AskAsync(path, Wired.Chat("hello there"));

        Assert.Equal("You said: hello there", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("m", answer.GetProperty("model").GetString());
        Assert.Equal(5, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(4, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_has_one_delta_per_token_and_usage_only_when_asked()
    {
        await using var wired = await Wired.StartAsync();

        var plain = await wired.StreamAsync("/v1/chat/completions", Wired.Chat("a b", stream: true));
        var counted = await wired.StreamAsync("/v1/chat/completions", Wired.Chat("a b", stream: true, extra: ""","stream_options":{"include_usage":true}"""));

        Assert.Equal("[DONE]", plain[^1]);
        Assert.Equal(1 + 4 + 1 + 1, plain.Count);
        Assert.DoesNotContain("usage", string.Concat(plain), StringComparison.Ordinal);
        Assert.Equal(plain.Count + 1, counted.Count);
        var usage = JsonDocument.Parse(counted[^2]).RootElement;
        Assert.Equal(0, usage.GetProperty("choices").GetArrayLength());
        Assert.Equal(4, usage.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task A_scripted_tool_call_streams_its_arguments_in_pieces_and_the_result_is_repeated()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Zürich 😀"}"""));

        var events = await wired.StreamAsync("/v1/chat/completions", Wired.Chat("the weather?", stream: true, extra: Tool));
        var second = await wired.AskAsync("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"the weather?"},{"role":"tool","tool_call_id":"x","content":"sunny"}]}""");

        var arguments = string.Concat(events.SkipLast(1).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("choices")[0].GetProperty("delta"))
            .Where(d => d.TryGetProperty("tool_calls", out _))
            .Select(d => d.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString()));
        Assert.Equal("""{"city":"Zürich 😀"}""", arguments);
        Assert.Contains("\"finish_reason\":\"tool_calls\"", events[^2], StringComparison.Ordinal);
        Assert.Equal("The tool answered: sunny", second.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_required_tool_is_called_with_arguments_that_fit_its_schema()
    {
        await using var wired = await Wired.StartAsync();

        var answer = await wired.AskAsync("/v1/chat/completions", Wired.Chat(extra: Tool + ""","tool_choice":"required" """));

        var call = answer.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
        Assert.Equal("get_weather", call.GetProperty("name").GetString());
        Assert.Equal("""{"city":"text"}""", call.GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task Max_tokens_n_and_json_mode_are_obeyed()
    {
        await using var wired = await Wired.StartAsync();

        var cut = await wired.AskAsync("/v1/chat/completions", Wired.Chat("a b c d", extra: ""","max_tokens":3,"n":2"""));
        var json = await wired.AskAsync("/v1/chat/completions", Wired.Chat(extra: ""","response_format":{"type":"json_object"}"""));

        Assert.Equal("You said: a", cut.GetProperty("choices")[1].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("length", cut.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(6, cut.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        using var _ = JsonDocument.Parse(json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() ?? "");
    }

    [Fact]
    public async Task Embeddings_are_equal_for_equal_inputs_and_of_length_one_in_both_encodings()
    {
        await using var wired = await Wired.StartAsync();

        var floats = await wired.AskAsync("/v1/embeddings", """{"model":"e","input":["a","b","a"],"dimensions":8}""");
        var base64 = await wired.AskAsync("/v1/embeddings", """{"model":"e","input":"a","dimensions":8,"encoding_format":"base64"}""");

        var vectors = floats.GetProperty("data").EnumerateArray().Select(d => d.GetProperty("embedding").EnumerateArray().Select(v => v.GetSingle()).ToArray()).ToArray();
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
        Assert.Equal(1.0, vectors[0].Sum(v => (double)v * v), 5);
        var bytes = base64.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(vectors[0], Enumerable.Range(0, 8).Select(i => BitConverter.ToSingle(bytes, i * 4)).ToArray());
    }

    [Fact]
    public async Task Azure_starts_with_a_chunk_without_choices_and_annotates_after_stop()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Flavor = ModelFlavor.Azure });

        using var response = await wired.SendAsync("/openai/deployments/gpt/chat/completions?api-version=2024-10-21", Wired.Chat("hi", stream: true));
        var text = await response.Content.ReadAsStringAsync(Wired.Token);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.StartsWith("data: {\"choices\":[]", events[0], StringComparison.Ordinal);
        Assert.Contains("prompt_filter_results", events[0], StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"stop\"", events[^3], StringComparison.Ordinal);
        Assert.Contains("content_filter_offsets", events[^2], StringComparison.Ordinal);
        Assert.Equal("West Europe", response.Headers.GetValues("x-ms-region").Single());
        Assert.True(response.Headers.Contains("apim-request-id"));
    }

    [Theory]
    [InlineData("/openai/deployments/gpt/chat/completions", 404)]
    [InlineData("/openai/deployments/gpt/chat/completions?api-version=2024-05-13", 404)]
    [InlineData("/openai/deployments/other/chat/completions?api-version=2024-10-21", 404)]
    [InlineData("/openai/deployments/gpt/chat/completions?api-version=2024-10-21", 200)]
    [InlineData("/nowhere", 404)]
    public async Task Azure_knows_its_versions_and_deployments(string path, int status)
    {
        await using var wired = await Wired.StartAsync(
            new ScriptedModelOptions { Flavor = ModelFlavor.Azure, Models = ["gpt"], ApiVersions = ["2024-10-21"] });

        using var response = await wired.SendAsync(path, Wired.Chat());

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_request_without_the_key_is_refused()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { ApiKey = "k1" });

        using var without = await wired.SendAsync("/v1/chat/completions", Wired.Chat());
        wired.Http.DefaultRequestHeaders.Add("api-key", "k1");
        using var with = await wired.SendAsync("/v1/chat/completions", Wired.Chat());

        Assert.Equal(401, (int)without.StatusCode);
        Assert.Equal(200, (int)with.StatusCode);
    }

    [Theory]
    [InlineData("{", 400, "could not parse")]
    [InlineData("[]", 400, "could not parse")]
    [InlineData("""{"model":"m"}""", 400, "'messages'")]
    public async Task A_body_that_cannot_be_served_is_explained(string body, int status, string words)
    {
        await using var wired = await Wired.StartAsync();

        using var response = await wired.SendAsync("/v1/chat/completions", body);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""","top_k":5""", "Unrecognized request argument supplied: top_k")]
    [InlineData(""","tool_choice":"auto" """, "'tool_choice' is only allowed when 'tools' are specified.")]
    [InlineData(""","stream_options":{"include_usage":true}""", "only allowed when 'stream' is enabled")]
    [InlineData(""","temperature":2.5""", "Expected a value <= 2, but got 2.5 instead.")]
    [InlineData(""","tools":[{"type":"function","function":{"name":"a.b"}}]""", "does not match pattern")]
    [InlineData(""","messages":[{"role":"tool","tool_call_id":"c","content":"x"}]""", "must be a response to a preceeding message")]
    [InlineData(""","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"x"}]""", "did not have response messages: c")]
    [InlineData(""","messages":[{"role":"user","content":[{"type":"image"}]}]""", "Invalid value: 'image'. Supported values are: 'text', 'image_url'")]
    [InlineData(""","messages":[{"role":"assistant","content":null}]""", "expected a string, got null")]
    public async Task A_strict_server_judges_a_chat_as_OpenAI_does_and_another_lets_it_pass(string extra, string words)
    {
        await using var strict = await Wired.StartAsync(new ScriptedModelOptions { Strict = true });
        await using var lenient = await Wired.StartAsync();
        var messages = extra.Contains("messages", StringComparison.Ordinal) ? "" : ""","messages":[{"role":"user","content":"x"}]""";
        var body = $$"""{"model":"m"{{messages}}{{extra}}}""";

        var judged = await strict.StatusAsync("/v1/chat/completions", body);
        var passed = await lenient.StatusAsync("/v1/chat/completions", body);

        Assert.Equal((400, 200), (judged.Status, passed.Status));
        Assert.Contains(words, JsonDocument.Parse(judged.Body).RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strict_server_takes_a_proper_tool_loop()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Strict = true });

        var (status, body) = await wired.StatusAsync(
            "/v1/chat/completions",
            """{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"sunny"}],"tools":[{"type":"function","function":{"name":"f"}}]}""");

        Assert.True(status == 200, body);
    }

    [Fact]
    public async Task Requests_are_recorded_as_they_arrived_and_only_the_newest_are_kept()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { RecordedRequests = 2 });

        for (var i = 0; i < 3; i++)
        {
            _ = await wired.AskAsync($"/v1/chat/completions?n={i}", Wired.Chat($"text {i}"));
        }

        Assert.Equal(3, wired.Model.RequestCount);
        Assert.Equal(["?n=1", "?n=2"], wired.Model.Requests.Select(r => r.Query));
        Assert.Equal(Wired.Chat("text 2"), wired.Model.Requests.Last.BodyText);
        Assert.StartsWith("application/json", wired.Model.Requests.Last.Header("content-type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_listed_and_completions_served()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Models = ["a", "b"] });

        var list = await wired.Http.GetStringAsync("/openai/v1/models", Wired.Token);
        var text = await wired.AskAsync("/v1/completions", """{"model":"a","prompt":"once upon"}""");
        var events = await wired.StreamAsync("/v1/completions", """{"model":"a","prompt":"once upon","stream":true}""");

        Assert.Contains("\"id\":\"b\"", list, StringComparison.Ordinal);
        Assert.Equal("You said: once upon", text.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(5, events.Count);
    }
}
