namespace Weir.Gateway.Tests.Pipeline;

/// <summary>What becomes of a caller's body on its way to vendors that are particular.</summary>
public sealed class UpstreamBodyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mistral", false)]
    [InlineData("perplexity", false)]
    [InlineData("openai", true)]
    public async Task Stream_options_stay_away_from_vendors_that_refuse_them_and_the_caller_still_gets_its_usage(string provider, bool takes)
    {
        await using var stand = await EngineStand.StartAsync(Config(provider, ""), Stop);

        foreach (var options in (string[])["""{"include_usage":true}""", """{"include_usage":false}""", "null"])
        {
            var (status, body) = await stand.AskAsync($$"""{"model":"m","stream":true,"stream_options":{{options}},"messages":[{"role":"user","content":"hello"}]}""", Stop);

            Assert.Equal(200, status);
            Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
            var sent = stand.Upstream.Requests.Last.Json();
            Assert.Equal(takes, sent.TryGetProperty("stream_options", out _));
            Assert.True(sent.GetProperty("stream").GetBoolean());
        }
    }

    [Fact]
    public async Task Stream_options_that_the_deployment_sets_stay_away_too()
    {
        await using var stand = await EngineStand.StartAsync(Config("mistral", ", stream_options: {include_usage: true}"), Stop);

        Assert.Equal(200, (await stand.AskAsync("""{"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]}""", Stop)).Status);
        Assert.False(stand.Upstream.Requests.Last.Json().TryGetProperty("stream_options", out _));
    }

    private static string Config(string provider, string more) =>
        $$"""
        model_list:
          - model_name: m
            litellm_params: {model: {{provider}}/m, api_base: UPSTREAM/v1, api_key: k{{more}}}
        """;
}
