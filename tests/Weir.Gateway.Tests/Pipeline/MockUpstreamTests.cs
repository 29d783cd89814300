using System.Text;
using System.Text.Json;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary><c>mock_response</c>: made here, in the form of a real answer.</summary>
public sealed class MockUpstreamTests
{
    // Longer than one chunk, with characters of one, two and four bytes at every place where a chunk could end.
    private const string Text = "Zürich 🧀🧀🧀🧀🧀🧀🧀🧀🧀 and so \"on\" \\ to the end\n";

    private const string Config =
        """
        model_list:
          - model_name: m
            litellm_params: {model: openai/gpt-4o, api_base: UPSTREAM/v1, api_key: k}
          - model_name: always
            litellm_params: {model: openai/gpt-4o, api_base: UPSTREAM/v1, api_key: k, mock_response: fixed}
        router_settings: {num_retries: 0, disable_cooldowns: true}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]", "chat.completion")]
    [InlineData("/v1/completions", "\"prompt\":\"hi\"", "text_completion")]
    public async Task A_whole_answer_says_the_text_and_counts_its_tokens(string path, string members, string kind)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        var (status, body) = await stand.AskAsync(Body("m", members, stream: false), Stop, path);

        Assert.Equal(200, status);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(kind, json.RootElement.GetProperty("object").GetString());
        var choice = json.RootElement.GetProperty("choices")[0];
        Assert.Equal(Text, (kind == "text_completion" ? choice.GetProperty("text") : choice.GetProperty("message").GetProperty("content")).GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        var usage = json.RootElement.GetProperty("usage");
        Assert.True(usage.GetProperty("completion_tokens").GetInt32() > 10);
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
        Assert.Equal(0, stand.Upstream.RequestCount);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]")]
    [InlineData("/v1/completions", "\"prompt\":\"hi\"")]
    public async Task A_stream_says_the_same_text_in_pieces_that_cut_no_character(string path, string members)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        var (_, body) = await stand.AskAsync(Body("m", members + ",\"stream_options\":{\"include_usage\":true}", stream: true), Stop, path);

        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        var said = new StringBuilder();
        foreach (var chunk in events[..^2])
        {
            using var json = JsonDocument.Parse(chunk["data: ".Length..]);
            var choice = json.RootElement.GetProperty("choices")[0];
            if (choice.TryGetProperty("text", out var piece) || choice.GetProperty("delta").TryGetProperty("content", out piece))
            {
                Assert.DoesNotContain('\uFFFD', piece.GetString() ?? "");
                said.Append(piece.GetString());
            }
        }

        Assert.Equal(Text, said.ToString());
        using var last = JsonDocument.Parse(events[^2]["data: ".Length..]);
        Assert.Equal(0, last.RootElement.GetProperty("choices").GetArrayLength());
        Assert.True(last.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 10);
    }

    [Theory]
    [InlineData("litellm.RateLimitError", 429)]
    [InlineData("litellm.ContextWindowExceededError", 400)]
    [InlineData("litellm.ContentPolicyViolationError", 400)]
    [InlineData("litellm.InternalServerError: on purpose", 500)]
    [InlineData("litellm.NoSuchError", 200)]
    public async Task Names_of_LiteLLM_s_errors_fail_in_their_way(string text, int status)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        var answer = await stand.AskAsync($$"""{"model":"m","mock_response":"{{text}}","messages":[{"role":"user","content":"hi"}]}""", Stop);

        Assert.Equal(status, answer.Status);
        Assert.Contains(status == 500 ? "on purpose" : text["litellm.".Length..], answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, stand.Upstream.RequestCount);
    }

    [Theory]
    [InlineData("[0.5,1,-2e-1]", 3)]
    [InlineData("no numbers", 1)]
    public async Task An_embedding_is_the_list_of_numbers_in_the_text(string text, int length)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        var (_, body) = await stand.AskAsync($$"""{"model":"m","mock_response":"{{text}}","input":"hi"}""", Stop, "/v1/embeddings");

        using var json = JsonDocument.Parse(body);
        Assert.Equal(length, json.RootElement.GetProperty("data")[0].GetProperty("embedding").GetArrayLength());
    }

    [Fact]
    public async Task A_deployment_s_own_text_answers_and_the_request_s_wins_over_it()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        Assert.Contains("fixed", (await stand.AskAsync("""{"model":"always","messages":[]}""", Stop)).Body, StringComparison.Ordinal);
        Assert.Contains("mine", (await stand.AskAsync("""{"model":"always","mock_response":"mine","messages":[]}""", Stop)).Body, StringComparison.Ordinal);
    }

    private static string Body(string model, string members, bool stream) =>
        $$"""{"model":"{{model}}","mock_response":{{JsonSerializer.Serialize(Text)}},"stream":{{(stream ? "true" : "false")}},{{members}}}""";
}
