using System.Text;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Providers;

namespace Weir.Gateway.Tests.Pipeline.Media;

/// <summary>Recordings: forms with files, on their way through a file. What is held is counted for the whole process, so such tests run one by one.</summary>
[Collection("uploads")]
public sealed class UploadTests
{
    private static readonly (string, string?, string) Recording = ("file", "a.wav", "RIFF\0\u00ff");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/audio/transcriptions", "/v1/audio/transcriptions")]
    [InlineData("/v1/audio/transcriptions", "/v1/audio/transcriptions")]
    [InlineData("/openai/deployments/m/audio/transcriptions", "/v1/audio/transcriptions")]
    [InlineData("/v1/audio/translations", "/v1/audio/translations")]
    public async Task A_recording_goes_up_and_its_transcript_comes_back(string path, string upstreamPath)
    {
        const string Answer = """{"text":"hello","usage":{"type":"duration","seconds":9}}""";
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", Answer, Stop), Stop, model: "openai/whisper-1");

        using var answer = await stand.SendFormAsync(path, Stop, Recording, ("model", null, "m"), ("timestamp_granularities[]", null, "word"), ("timestamp_granularities[]", null, "segment"));

        Assert.Equal(Answer, await answer.Content.ReadAsStringAsync(Stop));
        var asked = Assert.Single(stand.Upstream.Asked);
        Assert.Equal(upstreamPath, asked.Path);
        Assert.Equal(MediaStand.Form(Recording, ("model", null, "whisper-1"), ("timestamp_granularities[]", null, "word"), ("timestamp_granularities[]", null, "segment")), asked.Body);
        var row = await stand.RowAsync();
        Assert.Equal((900_000L, true), (row.Cost.Nanos, row.CostKnown));
        await stand.Engine.StopAsync(Stop);
        Assert.Equal(0, Upload.Outstanding);
        Assert.Empty(stand.Folder.GetFiles());
    }

    [Theory]
    [InlineData("text/plain; charset=utf-8", "hello", false)]
    [InlineData("application/x-subrip", "1\n00:00:00,000 --> 00:00:01,000\nhello\n", false)]
    [InlineData("application/json", """{"duration":"2.5","text":"hello"}""", true)]
    public async Task Transcripts_keep_their_form_and_a_length_that_is_not_told_is_no_zero(string type, string text, bool known)
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync(type, text, Stop), Stop, model: "openai/whisper-1");

        using var answer = await stand.SendFormAsync("/audio/transcriptions", Stop, Recording, ("model", null, "m"), ("response_format", null, "text"));

        Assert.Equal(text, await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
        var row = await stand.RowAsync();
        Assert.Equal((RequestOutcome.Success, known, known ? 250_000L : 0), (row.Outcome, row.CostKnown, row.Cost.Nanos));
    }

    [Fact]
    public async Task A_transcript_streams_and_is_charged_by_its_tokens()
    {
        const string Events = "data: {\"type\":\"transcript.text.delta\",\"delta\":\"hel\"}\n\n" +
            "data: {\"type\":\"transcript.text.done\",\"text\":\"hello\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"input_token_details\":{\"text_tokens\":0,\"audio_tokens\":14},\"output_tokens\":45,\"total_tokens\":59}}\n\n";
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("text/event-stream", Events, Stop), Stop, model: "openai/gpt-4o-transcribe");

        using var answer = await stand.SendFormAsync("/audio/transcriptions", Stop, Recording, ("model", null, "m"), ("stream", null, "True"));

        Assert.Equal(Events, await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal((14 * 6_000) + (45 * 10_000), (await stand.RowAsync()).Cost.Nanos);
    }

    [Fact]
    public async Task A_failed_upload_is_sent_again_to_the_fallback_under_its_own_name()
    {
        var upstream = await MediaUpstream.StartAsync(
            (http, body) => Encoding.UTF8.GetString(body).Contains("first", StringComparison.Ordinal)
                ? MediaUpstream.WriteAsync(http, "application/json", """{"error":{"message":"down"}}""", 500)
                : MediaUpstream.WriteAsync(http, "application/json", """{"text":"hello"}""", 200), Stop);
        await using var stand = await MediaStand.StartWithAsync(upstream, """
            model_list:
              - {model_name: a, litellm_params: {model: openai/first, api_base: SERVER/v1, api_key: k, temperature: 0}}
              - {model_name: b, litellm_params: {model: openai/second, api_base: SERVER/v1, api_key: k, language: de}}
            router_settings: {num_retries: 1, retry_after: 0, fallbacks: [{a: [b]}]}
            """, Stop);
        var large = ("file", (string?)"a.wav", new string('\u00e4', 300_000));

        using var answer = await stand.SendFormAsync("/audio/transcriptions", Stop, ("model", null, "a"), large, ("num_retries", null, "1"));

        Assert.Equal(200, (int)answer.StatusCode);
        var bodies = stand.Upstream.Asked.Select(static asked => asked.Body).ToList();
        Assert.Equal(3, bodies.Count);
        Assert.Equal(MediaStand.Form(("model", null, "first"), large, ("temperature", null, "0")), bodies[0]);
        Assert.Equal(bodies[0], bodies[1]);
        Assert.Equal(MediaStand.Form(("model", null, "second"), large, ("language", null, "de")), bodies[2]);
        await stand.Engine.StopAsync(Stop);
        Assert.Equal(0, Upload.Outstanding);
    }

    public static TheoryData<string, (string Name, string? File, string Value)[], string> Refused => new()
    {
        { "two models", [Recording, ("model", null, "m"), ("model", null, "m")], "model" },
        { "a model that is a file", [Recording, ("model", "m", "m")], "model" },
        { "a list of models", [Recording, ("model", null, "m"), ("model[]", null, "n")], "model[]" },
        { "a model in other letters", [Recording, ("model", null, "m"), ("Model", null, "n")], "Model" },
        { "an endpoint", [Recording, ("model", null, "m"), ("api_base", null, "http://evil")], "api_base" },
        { "a credential", [Recording, ("model", null, "m"), ("api_key", null, "sk")], "api_key" },
        { "members of metadata", [Recording, ("model", null, "m"), ("metadata[tags][]", null, "x")], "metadata[tags][]" },
        { "no model", [Recording], "model" },
        { "no file", [("model", null, "m")], "file" },
        { "a stream that is neither true nor false", [Recording, ("model", null, "m"), ("stream", null, "1")], "stream" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_a_body_may_not_hold_a_form_may_not_either(string what, (string Name, string? File, string Value)[] parts, string param)
    {
        Assert.NotEmpty(what);
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", """{"text":"x"}""", Stop), Stop);

        using var answer = await stand.SendFormAsync("/audio/transcriptions", Stop, parts);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains($"\"param\":\"{param}\"", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Empty(stand.Upstream.Asked);
        await stand.Engine.StopAsync(Stop);
        Assert.Equal(0, Upload.Outstanding);
    }

    [Theory]
    [InlineData("application/json", 415)]
    [InlineData("multipart/form-data", 400)]
    [InlineData("multipart/form-data; boundary=XyZ; boundary=abc", 400)]
    public async Task What_is_no_form_is_refused(string type, int status)
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", """{"text":"x"}""", Stop), Stop);

        using var answer = await stand.SendAsync("/audio/transcriptions", MediaStand.Form(Recording, ("model", null, "m")), type, Stop);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_form_over_its_limit_is_refused_and_nothing_of_it_stays()
    {
        await using var stand = await MediaStand.StartAsync(
            await MediaUpstream.AlwaysAsync("application/json", """{"text":"x"}""", Stop), Stop, settings: "general_settings: {max_file_size_mb: 0.1}\n");

        using var answer = await stand.SendFormAsync("/audio/transcriptions", Stop, ("model", null, "m"), ("file", "a.wav", new string('a', 200_000)));

        Assert.Equal(413, (int)answer.StatusCode);
        Assert.Contains("max_file_size_mb", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        await stand.Engine.StopAsync(Stop);
        Assert.Equal(0, Upload.Outstanding);
        Assert.Empty(stand.Folder.GetFiles());
    }

    [Fact]
    public async Task What_a_killed_process_left_is_gone_after_the_next_start_and_a_file_in_use_has_no_name()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var upstream = await MediaUpstream.StartAsync(
            async (http, _) =>
            {
                asked.SetResult();
                await answer.Task;
                await MediaUpstream.WriteAsync(http, "application/json", """{"text":"x"}""");
            }, Stop);
        await using var stand = await MediaStand.StartAsync(upstream, Stop);
        Assert.Empty(stand.Folder.GetFiles());

        var call = stand.SendFormAsync("/audio/transcriptions", Stop, Recording, ("model", null, "m"));
        await Task.WhenAny(asked.Task, call);
        Assert.Equal(1, Upload.Outstanding);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows deletes the file when its handle closes.");
        Assert.Empty(stand.Folder.GetFiles());
        answer.SetResult();
        (await call).Dispose();
        await stand.Engine.StopAsync(Stop);
        Assert.Equal(0, Upload.Outstanding);
    }

    [Fact]
    public async Task A_wildcard_can_not_smuggle_a_part_into_the_form()
    {
        await using var stand = await MediaStand.StartWithAsync(
            await MediaUpstream.AlwaysAsync("application/json", """{"text":"x"}""", Stop),
            "model_list:\n  - {model_name: 'w/*', litellm_params: {model: 'openai/*', api_base: SERVER/v1, api_key: k}}\n", Stop);

        var path = "/openai/deployments/w%2Fx%0D%0A--XyZ%0D%0AContent-Disposition:%20form-data;%20name=%22prompt%22%0D%0A%0D%0Ay/audio/transcriptions";
        using var answer = await stand.SendFormAsync(path, Stop, Recording, ("model", null, "w/x"));

        Assert.NotEqual(200, (int)answer.StatusCode);
        Assert.Empty(stand.Upstream.Asked);
    }
}
