namespace Weir.Gateway.Tests.Pipeline;

/// <summary>Addresses that clients bring along where an expression of the configuration lets them.</summary>
public sealed class ClientsideTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_may_set_an_address_that_the_expression_matches_and_no_other()
    {
        await using var stand = await EngineStand.StartAsync(
            """
            model_list:
              - model_name: m
                litellm_params:
                  model: openai/m
                  api_base: UPSTREAM/v1
                  api_key: sk-own
                  configurable_clientside_auth_params: [{api_base: "^UPSTREAM/tenant-[0-9]+/v1"}]
            """, Stop);
        var upstream = stand.Upstream.BaseAddress.GetLeftPart(UriPartial.Authority);

        await stand.AskAsync(Body($"\"api_base\":\"{upstream}/tenant-7/v1\""), Stop);
        Assert.Equal("/tenant-7/v1/chat/completions", stand.Upstream.Requests.Last.Path);
        Assert.Null(stand.Upstream.Requests.Last.Header("authorization"));

        foreach (var refused in (string[])
        [
            $"\"api_base\":\"{upstream}/tenant-x/v1\"", $"\"api_base\":\"{upstream}/tenant-7/v1/more\"", "\"api_base\":\"https://elsewhere.example/v1\"",
            $"\"base_url\":\"{upstream}/tenant-7/v1\"", "\"api_key\":\"sk-mine\"", "\"api_base\":7", "\"api_base\":null",
        ])
        {
            var (status, body) = await stand.AskAsync(Body(refused), Stop);
            Assert.True(status == 400, $"{refused}: {status} {body}");
            Assert.Contains("can't be set by a request", body, StringComparison.Ordinal);
        }

        Assert.Equal(1, stand.Upstream.RequestCount);
    }

    private static string Body(string member) => $$"""{"model":"m",{{member}},"messages":[{"role":"user","content":"hello"}]}""";
}
