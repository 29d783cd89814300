using System.Net.WebSockets;

namespace Weir.Gateway.Tests.Pipeline.Realtime;

/// <summary>What is refused before a socket is opened, and how clients say who they are.</summary>
public sealed class RealtimeHandshakeTests
{
    private const string Key = "sk-caller-0123456789";
    private const string Keyed = $"general_settings: {{master_key: {Key}}}\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_says_its_key_as_a_protocol_and_gets_the_other_one()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop, Keyed);

        var (client, _) = await stand.OpenAsync(options: options =>
        {
            options.AddSubProtocol("realtime");
            options.AddSubProtocol("openai-insecure-api-key." + Key);
            options.AddSubProtocol("openai-beta.realtime-v1");
        });

        Assert.Equal("realtime", client.Socket.SubProtocol);
        Assert.Equal(("Bearer sk-own", "realtime=v1"), (stand.Upstream.Headers?.Authorization.ToString(), stand.Upstream.Headers?["OpenAI-Beta"].ToString()));
        Assert.DoesNotContain(stand.Upstream.Headers!, header => header.Value.ToString().Contains(Key, StringComparison.Ordinal)); // The handshake has been seen.
    }

    [Theory]
    [InlineData("/v1/realtime?model=m&api-key=" + Key, null)]
    [InlineData("/openai/realtime?api-version=2025-04-01-preview&deployment=m", "api-key")]
    [InlineData("/openai/v1/realtime?model=m", "api-key")]
    [InlineData("/realtime?model=m", "Authorization")]
    public async Task Every_route_and_every_place_of_a_key_works(string path, string? header)
    {
        await using var stand = await RealtimeStand.StartAsync(Stop, Keyed);

        var (client, model) = await stand.OpenAsync(path, options =>
        {
            if (header is not null)
            {
                options.SetRequestHeader(header, header == "Authorization" ? "Bearer " + Key : Key);
            }
        });
        await client.SayAsync("""{"type":"x"}""");

        Assert.Equal("""{"type":"x"}""", await model.HearAsync());
        Assert.Equal("/v1/realtime?model=gpt-realtime", stand.Upstream.Asked);
        Assert.Equal("", stand.Upstream.Headers?["OpenAI-Beta"].ToString());
    }

    [Theory]
    [InlineData("/v1/realtime?model=m", "sk-wrong-0123456789", 401)]
    [InlineData("/v1/realtime?model=nobody", Key, 400)]
    [InlineData("/v1/realtime", Key, 400)]
    [InlineData("/v1/realtime?model=m&deployment=n", Key, 400)]
    [InlineData("/v1/realtime?model=m&model=n", Key, 400)]
    [InlineData("/v1/realtime?model=m&call_id=rtc_1", Key, 400)]
    [InlineData("/v1/realtime?intent=transcription", Key, 400)]
    [InlineData("/v1/realtime?model=m&api-key=sk-another", Key, 400)]
    public async Task A_refusal_comes_before_the_socket(string path, string key, int status)
    {
        await using var stand = await RealtimeStand.StartAsync(Stop, Keyed);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", "Bearer " + key);

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{stand.Engine.Http.BaseAddress!.Authority}{path}"), Stop)); // The stand has an address.

        Assert.Equal(status, (int)socket.HttpStatusCode);
        Assert.Equal("", stand.Upstream.Asked);
    }

    [Fact]
    public async Task A_plain_request_is_told_to_upgrade()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);

        using var answer = await stand.Engine.Http.GetAsync("/v1/realtime?model=m", Stop);

        Assert.Equal((426, "websocket"), ((int)answer.StatusCode, answer.Headers.Upgrade.ToString()));
        Assert.Contains("\"error\"", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_routes_say_that_they_are_sockets()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);

        using var document = System.Text.Json.JsonDocument.Parse(await stand.Engine.Http.GetStringAsync("/openapi.json", Stop));
        var get = document.RootElement.GetProperty("paths").GetProperty("/openai/realtime").GetProperty("get");

        Assert.Equal(("model", "query"), (get.GetProperty("parameters")[0].GetProperty("name").GetString(), get.GetProperty("parameters")[0].GetProperty("in").GetString()));
        Assert.True(get.GetProperty("responses").TryGetProperty("101", out _));
        Assert.Contains("/v1/realtime", await stand.Engine.Http.GetStringAsync("/routes", Stop), StringComparison.Ordinal);
    }
}
