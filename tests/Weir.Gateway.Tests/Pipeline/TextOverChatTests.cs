using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary><c>/completions</c> of a vendor that has chat alone.</summary>
public sealed class TextOverChatTests
{
    private const string Config =
        """
        model_list:
          - model_name: m
            litellm_params: {model: groq/up, api_base: UPSTREAM/v1, api_key: k, temperature: 0.5}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_completion_is_asked_as_a_chat_and_answered_as_text()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        stand.Upstream.Script.Enqueue(ScriptedReply.Say("Grüezi \"all\""));

        var (status, body) = await stand.AskAsync("""{"model":"m","prompt":"hello","max_tokens":9,"echo":false}""", Stop, "/v1/completions");

        Assert.Equal(200, status);
        using var json = JsonDocument.Parse(body);
        Assert.Equal("text_completion", json.RootElement.GetProperty("object").GetString());
        Assert.Equal("Grüezi \"all\"", json.RootElement.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.True(json.RootElement.GetProperty("usage").GetProperty("total_tokens").GetInt32() > 0);
        var sent = stand.Upstream.Requests.Last;
        Assert.Equal("/v1/chat/completions", sent.Path);
        Assert.Equal("hello", sent.Json().GetProperty("messages")[0].GetProperty("content").GetString());
        Assert.Equal((9, 0.5), (sent.Json().GetProperty("max_tokens").GetInt32(), sent.Json().GetProperty("temperature").GetDouble()));
        Assert.False(sent.Json().TryGetProperty("prompt", out _));
        Assert.False(sent.Json().TryGetProperty("echo", out _));
    }

    [Fact]
    public async Task Its_stream_is_a_text_completion_s_stream()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        stand.Upstream.Script.Enqueue(ScriptedReply.Say("one two three"));

        var (_, body) = await stand.AskAsync("""{"model":"m","prompt":["hello"],"stream":true}""", Stop, "/v1/completions");

        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        var said = "";
        foreach (var data in events[..^1])
        {
            using var json = JsonDocument.Parse(data["data: ".Length..]);
            Assert.Equal("text_completion", json.RootElement.GetProperty("object").GetString());
            said += json.RootElement.GetProperty("choices")[0].GetProperty("text").GetString();
        }

        Assert.Equal("one two three", said);
    }

    [Theory]
    [InlineData("\"prompt\":[\"a\",\"b\"]", "'prompt' must be one text")]
    [InlineData("\"prompt\":\"a\",\"suffix\":\"z\"", "does not support parameters: ['suffix']")]
    [InlineData("\"prompt\":\"a\",\"echo\":true", "does not support parameters: ['echo']")]
    public async Task What_chat_can_not_say_is_refused(string members, string said)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        var (status, body) = await stand.AskAsync($$"""{"model":"m",{{members}}}""", Stop, "/v1/completions");

        Assert.Equal(400, status);
        Assert.Contains(said, body, StringComparison.Ordinal);
        Assert.Equal(0, stand.Upstream.RequestCount);
    }

    [Fact]
    public async Task With_drop_params_it_is_dropped()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        Assert.Equal(200, (await stand.AskAsync("""{"model":"m","prompt":"a","logprobs":2,"drop_params":true}""", Stop, "/v1/completions")).Status);
        Assert.False(stand.Upstream.Requests.Last.Json().TryGetProperty("logprobs", out _));
    }
}
