using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Ledger;
using Weir.Providers;

namespace Weir.Gateway.Tests.Pipeline.Realtime;

/// <summary>What passes through a session, and how it ends.</summary>
public sealed class RealtimeSessionTests
{
    private const string Created = """{"type":"response.created","response":{"id":"r1"}}""";
    private const string AudioDelta = """{"type":"response.output_audio.delta","delta":"AAAA"}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Speech_passes_both_ways_and_each_response_is_charged_by_its_kinds_of_tokens()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();

        await client.SayAsync("""{"type":"input_audio_buffer.append","audio":"UklGRg=="}""");
        Assert.Equal("""{"type":"input_audio_buffer.append","audio":"UklGRg=="}""", await model.HearAsync());
        await model.SayAsync(Created);
        await model.SayAsync(AudioDelta);
        await model.SayAsync(Done(1000, 600, 500, 300, 100, 80));
        Assert.Equal([Created, AudioDelta, Done(1000, 600, 500, 300, 100, 80)], [await client.HearAsync(), await client.HearAsync(), await client.HearAsync()]);
        await model.SayAsync(Done(10, 0, 0, 0, 5, 0));
        await client.HearAsync();
        await client.CloseAsync(1000, "bye");
        Assert.Equal((1000, "bye"), await model.ClosedAsync());
        await model.CloseAsync(1000);
        await client.ClosedAsync();

        // gpt-realtime, nano-dollars: text 4000, audio 32000, cached 400 of either kind, out 16000, spoken 64000.
        var row = await stand.RowAsync();
        Assert.Equal((200L * 4000) + (200 * 400) + (300 * 32_000) + (300 * 400) + (20 * 16_000) + (80 * 64_000) + (10 * 4000) + (5 * 16_000), row.Cost.Nanos);
        Assert.Equal((Operation.Realtime, RequestOutcome.Success, 101, true, true), (row.Operation, row.Outcome, row.Status, row.CostKnown, row.Streamed));
        Assert.Equal((1010L, 105L, 600L, 80L, 500L), (row.Usage.Prompt, row.Usage.Completion, row.Usage.AudioPrompt, row.Usage.AudioCompletion, row.Usage.CachedPrompt));
        Assert.NotNull(row.TimeToFirstToken);
        Assert.Equal("/v1/realtime?model=gpt-realtime", stand.Upstream.Asked);
        Assert.Equal("Bearer sk-own", stand.Upstream.Headers?.Authorization);
    }

    [Fact]
    public async Task What_the_user_said_is_charged_at_the_price_of_the_model_that_wrote_it_down()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();

        await model.SayAsync("""{"type":"session.updated","session":{"model":"gpt-realtime","audio":{"input":{"transcription":{"model":"gpt-4o-transcribe"}}}}}""");
        await model.SayAsync("""{"type":"conversation.item.input_audio_transcription.completed","transcript":"hi","usage":{"type":"tokens","total_tokens":26,"input_tokens":17,"input_token_details":{"text_tokens":0,"audio_tokens":17},"output_tokens":9}}""");
        await client.HearAsync();
        await client.HearAsync();
        await model.CloseAsync(1000);
        await client.ClosedAsync();

        var row = await stand.RowAsync();
        var price = Providers.Pricing.PriceBook.Embedded.Find("openai", "gpt-4o-transcribe", null);
        Assert.Equal(Providers.Pricing.MediaMeter.Transcription(price, row.Usage, default).Cost, row.Cost);
        Assert.True(row.Cost.Nanos > 0);
        Assert.Equal((17L, 9L, true), (row.Usage.Prompt, row.Usage.Completion, row.CostKnown));
    }

    [Fact]
    public async Task A_message_leaves_in_pieces_before_it_is_whole_and_bytes_pass_as_bytes()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();

        await model.SayAsync("{\"type\":\"x\",", end: false);
        var (first, _, end) = await client.PieceAsync();
        Assert.Equal(("{\"type\":\"x\",", false), (Encoding.UTF8.GetString(first), end));
        await model.SayAsync("\"y\":1}");
        Assert.Equal("\"y\":1}", await client.HearAsync());

        // No event: sound, to upstreams that take it so. One byte of it opens an object, as one in 256 does.
        await client.SayAsync([(byte)'{', 0, 255], end: false);
        await client.SayAsync([7, 8]);
        var (bytes, type) = await model.MessageAsync();
        Assert.Equal(WebSocketMessageType.Binary, type);
        Assert.Equal([(byte)'{', 0, 255, 7, 8], bytes);
        await model.SayAsync([1, 2, 3]);
        (bytes, type) = await client.MessageAsync();
        Assert.Equal(WebSocketMessageType.Binary, type);
        Assert.Equal([1, 2, 3], bytes);
    }

    [Fact]
    public async Task Events_that_are_too_long_to_hold_arrive_whole()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();
        var audio = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"" + new string('A', 5 << 20) + "\"}";

        var hearing = model.HearAsync();
        await client.SayAsync(audio);

        Assert.Equal(audio, await hearing);
    }

    [Theory]
    [InlineData("""{"type":"session.update","event_id":"e7","session":{"model":"gpt-other"}}""", "session.model")]
    [InlineData("""{"type":"session.update","event_id":"e7","session":{"model":7}}""", "session.model")]
    [InlineData("""{"type":"response.create","event_id":"e7","response":{"model":"gpt-other"}}""", "response.model")]
    [InlineData("""{"type":"session.update","event_id":"e7","session":{"model":"m"},"session":{"model":"gpt-other"}}""", "session")]
    [InlineData("""{"type":"session.update","event_id":"e7","Session":{"model":"gpt-other"}}""", "session")]
    [InlineData("""{"type":"session.update","event_id":"e7","session":{"model":"m"},}""", null)]
    public async Task An_event_that_leads_to_another_model_is_refused_and_the_session_goes_on(string refused, string? param)
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();

        await client.SayAsync(refused);
        using var told = System.Text.Json.JsonDocument.Parse(await client.HearAsync());
        await client.SayAsync("""{"type":"response.create"}""");

        Assert.Equal("error", told.RootElement.GetProperty("type").GetString());
        var error = told.RootElement.GetProperty("error");
        Assert.Equal(("invalid_request_error", param, "e7"), (error.GetProperty("type").GetString(), error.GetProperty("param").GetString(), error.GetProperty("event_id").GetString()));
        Assert.Equal("""{"type":"response.create"}""", await model.HearAsync());
    }

    [Fact]
    public async Task A_refused_event_is_refused_as_bytes_too()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();

        await client.SayAsync("""{"type":"session.update","session":{"model":"gpt-other"}}"""u8.ToArray());
        Assert.Contains("session.model", await client.HearAsync(), StringComparison.Ordinal);
        await client.SayAsync("""{"type":"response.create"}""");

        Assert.Equal("""{"type":"response.create"}""", await model.HearAsync());
    }

    [Theory]
    [InlineData("m")]
    [InlineData("gpt-realtime")]
    public async Task The_sessions_own_model_may_be_named_and_arrives_under_the_upstreams_name(string name)
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();

        await client.SayAsync($$$"""{"type":"session.update","session":{"instructions":"m","model" : "{{{name}}}","x":"m"}}""");

        Assert.Equal("""{"type":"session.update","session":{"instructions":"m","model" : "gpt-realtime","x":"m"}}""", await model.HearAsync());
    }

    [Fact]
    public async Task A_long_event_that_is_flawed_at_its_end_never_ends()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();
        var text = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"" + new string('A', 1 << 20) + "\",\"session\":{\"model\":\"gpt-other\"}}";

        var pieces = Task.Run(
            async () =>
            {
                var ends = 0;
                while (await model.PieceAsync() is var piece && piece.Type != WebSocketMessageType.Close)
                {
                    ends += piece.End ? 1 : 0;
                }

                return ends;
            }, Stop);
        await client.SayAsync(text);

        Assert.Contains("session.model", await client.HearAsync(), StringComparison.Ordinal);
        Assert.Equal(1008, (await client.ClosedAsync()).Code);
        Assert.Equal(0, await pieces);
        var row = await stand.RowAsync();
        Assert.Equal((RequestOutcome.Failure, "invalid_request_error"), (row.Outcome, row.ErrorType));
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_session()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop, "weir_settings: {realtime_max_message_mb: 0.001}\n");
        var (client, model) = await stand.OpenAsync();

        await client.SayAsync("{\"type\":\"" + new string('x', 2000) + "\"}");

        Assert.Contains("realtime_max_message_mb", await client.HearAsync(), StringComparison.Ordinal);
        Assert.Equal(1009, (await client.ClosedAsync()).Code);
        Assert.Equal(1009, (await model.ClosedAsync()).Code);
        Assert.Equal(RequestOutcome.Failure, (await stand.RowAsync()).Outcome);
    }

    [Fact]
    public async Task An_upstream_that_says_too_much_ends_the_session()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop, "weir_settings: {realtime_max_message_mb: 0.001}\n");
        var (client, model) = await stand.OpenAsync();

        await model.SayAsync("{\"type\":\"" + new string('x', 2000) + "\"}");

        Assert.Equal(1009, (await client.ClosedAsync()).Code);
        Assert.Equal(1009, (await model.ClosedAsync()).Code);
        Assert.Equal((RequestOutcome.Broken, "stream_cap_exceeded"), await stand.RowAsync() is var row ? (row.Outcome, row.ErrorType) : default);
    }

    [Fact]
    public async Task Closing_codes_and_reasons_pass_both_ways()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (first, model) = await stand.OpenAsync();
        await first.CloseAsync(4001, "enough");
        Assert.Equal((4001, "enough"), await model.ClosedAsync());
        await model.CloseAsync(4001);
        await first.ClosedAsync();

        var (second, other) = await stand.OpenAsync();
        await other.CloseAsync(4002, "no more");
        Assert.Equal((4002, "no more"), await second.ClosedAsync());
    }

    [Fact]
    public async Task An_upstream_that_vanishes_is_told_as_an_error_and_its_row_is_there_before_the_end()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();
        await model.SayAsync(Created);
        await model.SayAsync("""{"type":"response.output_text.delta","delta":"eight by"}""");
        await client.HearAsync();
        await client.HearAsync();

        model.Abort();

        using var told = System.Text.Json.JsonDocument.Parse(await client.HearAsync());
        Assert.Equal(("error", "server_error"), (told.RootElement.GetProperty("type").GetString(), told.RootElement.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal(1011, (await client.ClosedAsync()).Code);
        var row = await stand.RowAsync();
        Assert.Equal((RequestOutcome.Broken, "api_connection_error", 101), (row.Outcome, row.ErrorType, row.Status));
        // What came is charged, and marked as not all that there is to know.
        Assert.Equal((2L, 2 * 16_000L, false, true), (row.Usage.Completion, row.Cost.Nanos, row.CostKnown, row.Usage.Estimated));
    }

    [Fact]
    public async Task An_upstream_that_breaks_off_in_a_message_leaves_nothing_but_the_end()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();
        await model.SayAsync("{\"type\":", end: false);
        await client.PieceAsync();

        model.Abort();

        Assert.Equal((WebSocketMessageType.Close, 1011), ((await client.PieceAsync()).Type, (int?)client.Socket.CloseStatus));
    }

    [Fact]
    public async Task A_client_that_vanishes_takes_the_upstreams_session_with_it()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();
        await model.SayAsync(Done(10, 0, 0, 0, 5, 0));
        await client.HearAsync();

        client.Abort();

        Assert.Equal(1001, (await model.ClosedAsync()).Code);
        model.Dispose();
        var row = await stand.LastRowAsync();
        Assert.Equal((RequestOutcome.ClientGone, "client_closed_request", (10 * 4000) + (5 * 16_000L), true), (row.Outcome, row.ErrorType, row.Cost.Nanos, row.CostKnown));
    }

    [Fact]
    public async Task A_session_whose_row_can_not_be_written_ends_with_an_error()
    {
        await using var stand = await RealtimeStand.StartAsync(Stop);
        var (client, model) = await stand.OpenAsync();
        stand.Engine.Files.NoRoomForWrites = true;

        await model.CloseAsync(1000);

        Assert.Contains("can't write requests down", await client.HearAsync(), StringComparison.Ordinal);
        Assert.Equal(1011, (await client.ClosedAsync()).Code);
        await client.CloseAsync(1000);
        await stand.Engine.StopAsync(Stop);
        Assert.Contains("could not be written down", stand.Engine.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("failed in a way", stand.Engine.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_does_not_answer_the_closing_frame_holds_nobody_up()
    {
        var time = new FakeTimeProvider();
        await using var stand = await RealtimeStand.StartAsync(Stop, time: time);
        var (client, model) = await stand.OpenAsync();
        await model.CloseAsync(1000);
        await client.ClosedAsync();
        var stopped = stand.Engine.StopAsync(Stop);

        // The client's socket stays open until the gateway gives it up.
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(10)); // the server itself would give up after half a minute
        while (!stopped.IsCompleted)
        {
            guard.Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stopped;
        Assert.Equal(RequestOutcome.Success, (await stand.RowAsync()).Outcome);
    }

    [Fact]
    public async Task A_session_in_which_nobody_speaks_ends()
    {
        var time = new FakeTimeProvider();
        await using var stand = await RealtimeStand.StartAsync(Stop, "weir_settings: {realtime_idle_timeout: 60}\n", time);
        var (client, model) = await stand.OpenAsync();
        await client.SayAsync("""{"type":"a"}""");
        await model.HearAsync();
        time.Advance(TimeSpan.FromSeconds(59));
        await model.SayAsync("""{"type":"b"}""");
        await client.HearAsync();
        time.Advance(TimeSpan.FromSeconds(59));
        await client.SayAsync("""{"type":"c"}""");
        Assert.Equal("""{"type":"c"}""", await model.HearAsync());

        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(1001, (await model.ClosedAsync()).Code);
        await model.CloseAsync(1001);
        Assert.Contains("session_idle", await client.HearAsync(), StringComparison.Ordinal);
        Assert.Equal(1001, (await client.ClosedAsync()).Code);
    }

    private static string Done(int input, int audioIn, int cached, int cachedAudio, int output, int audioOut) =>
        $$"""{"type":"response.done","response":{"id":"r1","status":"completed","usage":{"total_tokens":{{input + output}},"input_tokens":{{input}},"output_tokens":{{output}},"input_token_details":"""
        + $$"""{"text_tokens":{{input - audioIn}},"audio_tokens":{{audioIn}},"cached_tokens":{{cached}},"cached_tokens_details":{"text_tokens":{{cached - cachedAudio}},"audio_tokens":{{cachedAudio}} } },"""
        + $$"""
           "output_token_details":{"text_tokens":{{output - audioOut}},"audio_tokens":{{audioOut}} } } } }
           """;
}
