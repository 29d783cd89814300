using System.IO.Compression;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Tests;

public sealed class FaultTests
{
    private const string Path = "/v1/chat/completions";

    [Theory]
    [InlineData(401, "invalid_api_key")]
    [InlineData(403, "unsupported_country_region_territory")]
    [InlineData(404, "model_not_found")]
    [InlineData(408, "timeout_error")]
    [InlineData(422, "invalid_request_error")]
    [InlineData(500, "server_error")]
    [InlineData(502, "server_error")]
    [InlineData(503, "overloaded")]
    public async Task A_status_comes_once_and_then_the_answer_is_proper(int status, string words)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.Http(status));

        using var bad = await wired.SendAsync(Path, Wired.Chat());
        using var good = await wired.SendAsync(Path, Wired.Chat());

        Assert.Equal(status, (int)bad.StatusCode);
        Assert.Contains(words, await bad.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
        Assert.Equal(200, (int)good.StatusCode);
    }

    [Fact]
    public async Task A_rate_limit_says_when_to_come_back()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Flavor = ModelFlavor.Azure });
        wired.Model.Faults.Enqueue(Fault.RateLimited("86400", 250));

        using var response = await wired.SendAsync(Path, Wired.Chat());

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("86400", response.Headers.GetValues("Retry-After").Single());
        Assert.Equal("250", response.Headers.GetValues("retry-after-ms").Single());
    }

    [Theory]
    [InlineData(ModelFlavor.OpenAI, "content_policy_violation")]
    [InlineData(ModelFlavor.Azure, "ResponsibleAIPolicyViolation")]
    public async Task A_content_filter_speaks_the_vendors_words(ModelFlavor flavor, string words)
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Flavor = flavor });
        wired.Model.Faults.Enqueue(Fault.ContentFilter, Fault.ContextLengthExceeded);

        using var filtered = await wired.SendAsync(Path, Wired.Chat());
        using var tooLong = await wired.SendAsync(Path, Wired.Chat());

        Assert.Equal(400, (int)filtered.StatusCode);
        Assert.Contains(words, await filtered.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
        Assert.Contains("context_length_exceeded", await tooLong.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_may_come_from_the_models_name_or_a_header()
    {
        await using var wired = await Wired.StartAsync();

        using var byName = await wired.SendAsync(Path, Wired.Chat(model: "m~429:7"));
        wired.Http.DefaultRequestHeaders.Add("x-mock-fault", "503");
        using var byHeader = await wired.SendAsync(Path, Wired.Chat());
        wired.Http.DefaultRequestHeaders.Remove("x-mock-fault");
        wired.Http.DefaultRequestHeaders.Add("x-mock-fault", "nonsense");
        using var unknown = await wired.SendAsync(Path, Wired.Chat());

        Assert.Equal("7", byName.Headers.GetValues("Retry-After").Single());
        Assert.Equal(503, (int)byHeader.StatusCode);
        Assert.Equal(400, (int)unknown.StatusCode);
    }

    [Fact]
    public async Task A_hanging_answer_waits_for_its_gate()
    {
        await using var wired = await Wired.StartAsync();
        var gate = new Gate();
        wired.Model.Faults.Enqueue(Fault.Hang(gate));

        var asked = wired.SendAsync(Path, Wired.Chat());
        await gate.Reached.WaitAsync(Wired.Token);
        Assert.False(asked.IsCompleted);
        gate.Open();
        using var response = await asked;

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_client_that_leaves_a_hanging_answer_is_counted()
    {
        await using var wired = await Wired.StartAsync();
        var fault = Fault.Hang();
        wired.Model.Faults.Enqueue(fault);
        using var leave = new CancellationTokenSource();

        var asked = wired.SendUntilAsync(Path, Wired.Chat(), leave.Token);
        await fault.Gate.Reached.WaitAsync(Wired.Token);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await wired.Model.WaitForAbortedAsync(1, Wired.Token);
        await wired.Model.WaitForNoConnectionsAsync(Wired.Token);
        Assert.Equal(0, wired.Model.Traffic.ActiveRequests);
    }

    [Fact]
    public async Task A_stream_that_hangs_sends_its_first_chunks_and_goes_on_when_told()
    {
        await using var wired = await Wired.StartAsync();
        var gate = new Gate();
        wired.Model.Faults.Enqueue(Fault.HangAfter(2, gate));

        using var response = await wired.SendAsync(Path, Wired.Chat("a", stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Wired.Token));
        await gate.Reached.WaitAsync(Wired.Token);
        var first = await reader.ReadLineAsync(Wired.Token);
        gate.Open();
        var rest = await reader.ReadToEndAsync(Wired.Token);

        Assert.Contains("assistant", first, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_cut_answer_ends_before_its_time(bool stream, bool byReset)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.CutAfter(2) with { ByReset = byReset });

        using var response = await wired.SendAsync(Path, Wired.Chat(stream: stream));

        Assert.Equal(200, (int)response.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Wired.Token));
        await wired.Model.WaitForIdleAsync(Wired.Token);
        Assert.Equal(0, wired.Model.AbortedRequests);
    }

    [Fact]
    public async Task A_reset_comes_before_any_answer()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.Reset);

        await Assert.ThrowsAsync<HttpRequestException>(() => wired.SendAsync(Path, Wired.Chat()));
    }

    [Fact]
    public async Task A_content_length_that_is_too_long_breaks_the_body_and_one_too_short_cuts_it()
    {
        await using var wired = await Wired.StartAsync();
        var whole = (await (await wired.SendAsync(Path, Wired.Chat())).Content.ReadAsByteArrayAsync(Wired.Token)).Length;
        wired.Model.Faults.Enqueue(Fault.LengthTooLong, Fault.LengthTooShort);

        using var tooLong = await wired.SendAsync(Path, Wired.Chat());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => tooLong.Content.ReadAsByteArrayAsync(Wired.Token));
        using var tooShort = await wired.SendAsync(Path, Wired.Chat());

        Assert.Equal(whole - 10, (await tooShort.Content.ReadAsByteArrayAsync(Wired.Token)).Length);
    }

    [Fact]
    public async Task A_dripping_answer_gives_a_byte_per_tick_of_the_clock()
    {
        var clock = new FakeTimeProvider();
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Clock = clock });
        wired.Model.Faults.Enqueue(Fault.Drip(TimeSpan.FromSeconds(1)));

        using var response = await wired.SendAsync(Path, Wired.Chat());
        await using var body = await response.Content.ReadAsStreamAsync(Wired.Token);
        var one = new byte[1];
        var read = body.ReadAsync(one, Wired.Token);
        Assert.False(read.IsCompleted);
        while (!read.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(1, await read);
        Assert.Equal((byte)'{', one[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Floods_and_endless_lines_stop_when_the_client_leaves(bool line)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(line ? Fault.EndlessLine() : Fault.EventFlood());

        using (var response = await wired.SendAsync(Path, Wired.Chat(stream: true)))
        {
            await using var body = await response.Content.ReadAsStreamAsync(Wired.Token);
            await body.ReadExactlyAsync(new byte[1 << 20], Wired.Token);
        }

        wired.Http.CancelPendingRequests();
        await wired.Model.WaitForIdleAsync(Wired.Token);
        Assert.Equal(1, wired.Model.AbortedRequests);
    }

    [Fact]
    public async Task An_error_event_ends_the_stream_and_a_missing_done_is_just_missing()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.ErrorEvent(2), Fault.NoDone, Fault.Garbage, Fault.EmptyBody);

        var error = await wired.StreamAsync(Path, Wired.Chat(stream: true));
        var noDone = await wired.StreamAsync(Path, Wired.Chat(stream: true));
        using var garbage = await wired.SendAsync(Path, Wired.Chat());
        using var empty = await wired.SendAsync(Path, Wired.Chat());

        Assert.Equal(3, error.Count);
        Assert.StartsWith("{\"error\":{", error[^1], StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"stop\"", noDone[^1], StringComparison.Ordinal);
        Assert.Equal("<html><body>oops</body></html>", await garbage.Content.ReadAsStringAsync(Wired.Token));
        Assert.Empty(await empty.Content.ReadAsByteArrayAsync(Wired.Token));
    }

    [Fact]
    public async Task A_redirect_huge_headers_and_a_compressed_answer_are_what_they_say()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.Redirect("http://127.0.0.1:1/"), Fault.HugeHeaders(40 << 10), Fault.Gzip);

        using var redirect = await wired.SendAsync(Path, Wired.Chat());
        using var huge = await wired.SendAsync(Path, Wired.Chat());
        using var gzip = await wired.SendAsync(Path, Wired.Chat());

        Assert.Equal(307, (int)redirect.StatusCode);
        Assert.Equal(40 << 10, huge.Headers.GetValues("x-huge").Single().Length);
        Assert.Equal("gzip", gzip.Content.Headers.ContentEncoding.Single());
        await using var inflated = new GZipStream(await gzip.Content.ReadAsStreamAsync(Wired.Token), CompressionMode.Decompress);
        using var reader = new StreamReader(inflated);
        Assert.Contains("You said", await reader.ReadToEndAsync(Wired.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stopped_listening_refuses_and_comes_back_on_its_port()
    {
        await using var wired = await Wired.StartAsync();
        using var first = await wired.SendAsync(Path, Wired.Chat());

        await wired.Model.StopListeningAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => wired.SendAsync(Path, Wired.Chat()));
        await wired.Model.ResumeListeningAsync(Wired.Token);
        using var back = await wired.SendAsync(Path, Wired.Chat());

        Assert.Equal(200, (int)back.StatusCode);
    }

    [Fact]
    public async Task An_echoing_error_repeats_the_credential()
    {
        await using var wired = await Wired.StartAsync();
        wired.Http.DefaultRequestHeaders.Add("Authorization", "Bearer canary-1");
        wired.Model.Faults.Enqueue(Fault.Http(401) with { Echo = true });

        using var response = await wired.SendAsync(Path, Wired.Chat());

        Assert.Contains("canary-1", await response.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("429:250ms", FaultKind.Status)]
    [InlineData("cut:3", FaultKind.Cut)]
    [InlineData("hang", FaultKind.HangBeforeHeaders)]
    [InlineData("hang:2", FaultKind.HangAfterChunks)]
    [InlineData("flood", FaultKind.EventFlood)]
    public void A_fault_is_read_from_text(string text, FaultKind kind) => Assert.Equal(kind, FaultText.Parse(text).Kind);

    [Theory]
    [InlineData("cut")]
    [InlineData("cut:x")]
    [InlineData("999")]
    [InlineData("")]
    public void A_text_that_names_no_fault_is_refused(string text) => Assert.Throws<FormatException>(() => FaultText.Parse(text));
}
