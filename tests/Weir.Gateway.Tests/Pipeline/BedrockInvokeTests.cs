using Weir.TestKit.Scripts;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary>Claude on Bedrock in its own format: <c>bedrock/invoke/...</c>.</summary>
public sealed class BedrockInvokeTests
{
    private const string Config = """
        model_list:
          - model_name: claude
            litellm_params: {model: bedrock/invoke/eu.anthropic.claude-sonnet-4-5-20250929-v1:0, aws_bedrock_runtime_endpoint: UPSTREAM, aws_region_name: eu-west-1, aws_access_key_id: a, aws_secret_access_key: b}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/messages", """{"model":"claude","max_tokens":50,"messages":[{"role":"user","content":"hello"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude","max_tokens":50,"messages":[{"role":"user","content":"hello"}]}""")]
    public async Task A_message_is_invoked_whole_and_streamed(string route, string body)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        stand.Upstream.Script.Enqueue(ScriptedReply.Say("one two"), ScriptedReply.Say("three four"));
        var (status, whole) = await stand.AskAsync(body, Stop, route);
        Assert.Equal(200, status);
        Assert.Contains("one two", whole, StringComparison.Ordinal);
        var sent = stand.Upstream.Requests.Last;
        Assert.EndsWith("/invoke", sent.Path, StringComparison.Ordinal);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=a/", sent.Header("Authorization"), StringComparison.Ordinal);
        Assert.Equal("bedrock-2023-05-31", sent.Json().GetProperty("anthropic_version").GetString());
        Assert.False(sent.Json().TryGetProperty("model", out _));

        (status, var events) = await stand.AskAsync(body[..^1] + ",\"stream\":true}", Stop, route);
        Assert.Equal(200, status);
        sent = stand.Upstream.Requests.Last;
        Assert.EndsWith("/invoke-with-response-stream", sent.Path, StringComparison.Ordinal);
        Assert.False(sent.Json().TryGetProperty("stream", out _));
        Assert.Contains(route == "/v1/messages" ? "event: message_stop" : "data: [DONE]", events, StringComparison.Ordinal);
        Assert.Contains("three", events, StringComparison.Ordinal);
        await stand.Journal.FlushAsync(Stop);
        Assert.All(stand.Store.Rows, row => Assert.True(row.Usage is { Prompt: > 0, Completion: > 0, Estimated: false }));
    }

    [Fact]
    public async Task Betas_go_into_the_body_where_bedrock_reads_them()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent("""{"model":"claude","max_tokens":50,"messages":[{"role":"user","content":"hello"}]}""") };
        request.Headers.Add("anthropic-beta", "context-1m-2025-08-07, other-1");
        using var answer = await stand.Http.SendAsync(request, Stop);
        Assert.Equal(200, (int)answer.StatusCode);
        var sent = stand.Upstream.Requests.Last;
        Assert.Equal("""["context-1m-2025-08-07","other-1"]""", sent.Json().GetProperty("anthropic_beta").GetRawText());
        Assert.Null(sent.Header("anthropic-beta"));
    }
}
