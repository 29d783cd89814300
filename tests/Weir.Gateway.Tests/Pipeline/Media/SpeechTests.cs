using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Ledger;
using Weir.Providers;
using Weir.Providers.Streaming;

namespace Weir.Gateway.Tests.Pipeline.Media;

[Collection("uploads")]
public sealed class SpeechTests
{
    private const string Ask = """{"model":"m","input":"Grüezi 👋","voice":"alloy"}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sound_leaves_as_it_comes_and_ends_with_its_row()
    {
        var rest = new TaskCompletionSource();
        var upstream = await MediaUpstream.StartAsync(
            async (http, _) =>
            {
                http.Response.ContentType = "audio/mpeg";
                await http.Response.Body.WriteAsync(new byte[] { 0xFF, 0xF3, 0 }, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await rest.Task;
                await http.Response.Body.WriteAsync(new byte[] { 1, 2 }, http.RequestAborted);
            }, Stop);
        await using var stand = await MediaStand.StartAsync(upstream, Stop, info: "{input_cost_per_character: 0.000015}");

        using var answer = await stand.Engine.PostAsync(Ask, Stop, "/v1/audio/speech");
        await using var sound = await answer.Content.ReadAsStreamAsync(Stop);
        var first = new byte[3];
        await sound.ReadExactlyAsync(first, Stop);

        Assert.Equal("audio/mpeg", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal([0xFF, 0xF3, 0], first);
        Assert.Empty(stand.Engine.Store.Rows);
        rest.SetResult();
        using var end = new MemoryStream();
        await sound.CopyToAsync(end, Stop);
        Assert.Equal([1, 2], end.ToArray());
        var row = await stand.RowAsync();
        // Eight characters: a letter of two bytes is one, and so is one of two halves.
        Assert.Equal((Operation.Speech, RequestOutcome.Success, 8 * 15_000L, true), (row.Operation, row.Outcome, row.Cost.Nanos, row.CostKnown));
        Assert.Equal("/v1/audio/speech", Assert.Single(stand.Upstream.Asked).Path);
    }

    [Fact]
    public async Task Sound_that_breaks_off_breaks_the_callers_connection()
    {
        var heard = new TaskCompletionSource();
        var upstream = await MediaUpstream.StartAsync(
            async (http, _) =>
            {
                http.Response.ContentType = "audio/mpeg";
                await http.Response.Body.WriteAsync(new byte[] { 1 }, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await heard.Task;
                http.Abort();
            }, Stop);
        await using var stand = await MediaStand.StartAsync(upstream, Stop);

        using var answer = await stand.Engine.PostAsync(Ask, Stop, "/audio/speech");
        heard.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal(RequestOutcome.Broken, (await stand.RowAsync()).Outcome);
    }

    [Fact]
    public async Task Nothing_of_a_sound_is_an_error_and_not_silence()
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("audio/mpeg", "", Stop), Stop, settings: "router_settings: {num_retries: 0}\n");

        var (status, body) = await stand.Engine.AskAsync(Ask, Stop, "/audio/speech");

        Assert.Equal(500, status);
        Assert.Contains("empty", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_who_leaves_ends_the_upstreams_work()
    {
        var left = new TaskCompletionSource();
        var upstream = await MediaUpstream.StartAsync(
            async (http, _) =>
            {
                http.RequestAborted.Register(left.SetResult);
                http.Response.ContentType = "audio/mpeg";
                await http.Response.Body.WriteAsync(new byte[] { 1 }, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await left.Task;
            }, Stop);
        await using var stand = await MediaStand.StartAsync(upstream, Stop);

        (await stand.Engine.PostAsync(Ask, Stop, "/audio/speech")).Dispose();

        await left.Task.WaitAsync(Stop);
        await stand.Engine.StopAsync(Stop);
        Assert.Equal(0, UpstreamBytes.Outstanding);
        Assert.Equal(RequestOutcome.ClientGone, (await stand.RowAsync()).Outcome);
    }

    [Fact]
    public async Task Sound_as_events_passes_and_tells_its_tokens()
    {
        const string Events = "data: {\"type\":\"speech.audio.delta\",\"audio\":\"QQ==\"}\n\n" +
            "data: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":10,\"output_tokens\":100,\"total_tokens\":110}}\n\n";
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("text/event-stream", Events, Stop), Stop, model: "openai/gpt-4o-mini-tts");

        var (status, body) = await stand.Engine.AskAsync("""{"model":"m","input":"Hi","voice":"alloy","stream_format":"sse"}""", Stop, "/audio/speech");

        Assert.Equal((200, Events), (status, body));
        var row = await stand.RowAsync();
        Assert.Equal((true, 6_000L + 1_200_000, true), (row.Streamed, row.Cost.Nanos, row.CostKnown));
    }

    [Fact]
    public async Task A_voice_sold_by_tokens_that_tells_none_is_flagged()
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("audio/mpeg", "x", Stop), Stop, model: "openai/gpt-4o-mini-tts");

        await stand.Engine.AskAsync(Ask, Stop, "/audio/speech");

        var row = await stand.RowAsync();
        Assert.False(row.CostKnown);
        Assert.True(row.Cost.Nanos > 0 && row.Usage.Estimated);
    }

    [Fact]
    public async Task A_mock_speaks_its_text()
    {
        await using var stand = await MediaStand.StartWithAsync(
            await MediaUpstream.AlwaysAsync("audio/mpeg", "x", Stop), "model_list:\n  - {model_name: m, litellm_params: {model: openai/up, api_key: k, mock_response: hello}}\n", Stop);

        Assert.Equal((200, "hello"), await stand.Engine.AskAsync(Ask, Stop, "/audio/speech"));
        Assert.Equal((200, """{"text":"hello"}"""), await Text(await stand.SendFormAsync("/audio/transcriptions", Stop, ("file", "a.wav", "x"), ("model", null, "m"))));
    }

    private static async Task<(int, string)> Text(HttpResponseMessage answer)
    {
        using (answer)
        {
            return ((int)answer.StatusCode, Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Stop)));
        }
    }
}
