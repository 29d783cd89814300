using System.Text;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Tests;

/// <summary>Every fault in every dialect, in the dialect's own words.</summary>
public sealed class DialectFaultTests
{
    public static TheoryData<Dialect> Dialects => [.. Enum.GetValues<Dialect>()];

    public static TheoryData<Dialect, bool> Both => [.. Enum.GetValues<Dialect>().SelectMany(d => (TheoryDataRow<Dialect, bool>[])[(d, false), (d, true)])];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task The_answer_repeats_the_user_in_every_dialect(Dialect dialect)
    {
        await using var wired = await Wired.StartAsync();

        var answer = await wired.AskAsync(Asking.Path(dialect, false), Asking.Body(dialect, "hello there", false));

        Assert.Equal("You said: hello there", Asking.Text(dialect, answer));
    }

    [Theory]
    [InlineData(Dialect.Chat, "rate_limit_exceeded")]
    [InlineData(Dialect.Responses, "rate_limit_exceeded")]
    [InlineData(Dialect.Messages, "\"rate_limit_error\"")]
    [InlineData(Dialect.Gemini, "RESOURCE_EXHAUSTED")]
    [InlineData(Dialect.Converse, "Too many requests")]
    public async Task A_rate_limit_has_the_vendors_words(Dialect dialect, string words)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.RateLimited("7"));

        using var response = await wired.SendAsync(Asking.Path(dialect, true), Asking.Body(dialect, "hello", true));

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal("7", response.Headers.GetValues("Retry-After").Single());
        Assert.Contains(words, await response.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Dialect.Chat, 401, "invalid_api_key")]
    [InlineData(Dialect.Responses, 401, "invalid_api_key")]
    [InlineData(Dialect.Messages, 401, "authentication_error")]
    [InlineData(Dialect.Gemini, 403, "unregistered callers")]
    [InlineData(Dialect.Converse, 403, "security token")]
    public async Task A_missing_key_has_the_vendors_words(Dialect dialect, int status, string words)
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { ApiKey = "k" });

        var (got, body) = await wired.StatusAsync(Asking.Path(dialect, false), Asking.Body(dialect, "hello", false));

        Assert.Equal(status, got);
        Assert.Contains(words, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Dialect.Chat, "Authorization", "Bearer k")]
    [InlineData(Dialect.Responses, "api-key", "k")]
    [InlineData(Dialect.Messages, "x-api-key", "k")]
    [InlineData(Dialect.Messages, "Authorization", "Bearer k")]
    [InlineData(Dialect.Gemini, "x-goog-api-key", "k")]
    [InlineData(Dialect.Converse, "Authorization", "Bearer k")]
    public async Task The_key_is_taken_where_the_vendor_takes_it(Dialect dialect, string header, string value)
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { ApiKey = "k" });
        wired.Http.DefaultRequestHeaders.Add(header, value);

        var (status, body) = await wired.StatusAsync(Asking.Path(dialect, false), Asking.Body(dialect, "hello", false));

        Assert.True(status == 200, body);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_cut_answer_ends_before_its_time(Dialect dialect, bool stream)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.CutAfter(3));

        using var response = await wired.SendAsync(Asking.Path(dialect, stream), Asking.Body(dialect, "one two three", stream));

        Assert.Equal(200, (int)response.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Wired.Token));
    }

    [Theory]
    [InlineData(Dialect.Chat, "{\"error\":{\"message\":\"The server had an error")]
    [InlineData(Dialect.Responses, "event: error\ndata: {\"type\":\"error\",\"sequence_number\":3,")]
    [InlineData(Dialect.Messages, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\"")]
    [InlineData(Dialect.Gemini, "data: {\"error\":{\"code\":500,")]
    [InlineData(Dialect.Converse, "internalServerException")]
    public async Task An_error_event_ends_the_stream(Dialect dialect, string words)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.ErrorEvent(3));

        var (status, body) = await wired.StatusAsync(Asking.Path(dialect, true), Asking.Body(dialect, "one two three", true));

        Assert.Equal(200, status);
        Assert.Contains(words, body, StringComparison.Ordinal);
        Assert.DoesNotContain("three", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Dialect.Chat, "[DONE]")]
    [InlineData(Dialect.Responses, "response.completed")]
    [InlineData(Dialect.Messages, "message_stop")]
    [InlineData(Dialect.Gemini, "finishReason")]
    [InlineData(Dialect.Converse, "metadata")]
    public async Task A_stream_without_its_end_is_whole_but_for_that(Dialect dialect, string end)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.NoDone, Fault.None);

        var (_, broken) = await wired.StatusAsync(Asking.Path(dialect, true), Asking.Body(dialect, "one", true));
        var (_, proper) = await wired.StatusAsync(Asking.Path(dialect, true), Asking.Body(dialect, "one", true));

        Assert.DoesNotContain(end, broken, StringComparison.Ordinal);
        Assert.Contains("one", broken, StringComparison.Ordinal);
        Assert.Contains(end, proper, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Garbage_and_an_empty_body_are_nothing_that_a_reader_can_read(Dialect dialect, bool stream)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.Garbage, Fault.EmptyBody);

        var (garbageStatus, garbage) = await wired.StatusAsync(Asking.Path(dialect, stream), Asking.Body(dialect, "one", stream));
        var (emptyStatus, empty) = await wired.StatusAsync(Asking.Path(dialect, stream), Asking.Body(dialect, "one", stream));

        Assert.Equal((200, 200), (garbageStatus, emptyStatus));
        Assert.True(garbage.Contains("oops", StringComparison.Ordinal) || dialect == Dialect.Converse);
        Assert.Empty(empty);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_stream_that_hangs_goes_on_when_told(Dialect dialect)
    {
        await using var wired = await Wired.StartAsync();
        var gate = new Gate();
        wired.Model.Faults.Enqueue(Fault.HangAfter(2, gate));

        using var response = await wired.SendAsync(Asking.Path(dialect, true), Asking.Body(dialect, "one two", true));
        await gate.Reached.WaitAsync(Wired.Token);
        gate.Open();
        var bytes = await response.Content.ReadAsByteArrayAsync(Wired.Token);

        Assert.Contains("two", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Dialect.Chat, 400, "content_policy_violation")]
    [InlineData(Dialect.Responses, 400, "content_policy_violation")]
    [InlineData(Dialect.Messages, 400, "Output blocked by content filtering policy")]
    [InlineData(Dialect.Gemini, 200, "\"blockReason\":\"PROHIBITED_CONTENT\"")]
    [InlineData(Dialect.Converse, 400, "content filtering policy")]
    public async Task A_blocked_prompt_has_the_vendors_words_and_the_models_name_may_ask_for_it(Dialect dialect, int status, string words)
    {
        await using var wired = await Wired.StartAsync();

        var (got, body) = await wired.StatusAsync(Asking.Path(dialect, false, "m~filter"), Asking.Body(dialect, "hello", false, "m~filter"));

        Assert.Equal(status, got);
        Assert.Contains(words, body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_flood_stops_when_the_client_leaves(Dialect dialect)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.EventFlood());

        using (var response = await wired.SendAsync(Asking.Path(dialect, true), Asking.Body(dialect, "one", true)))
        {
            await using var body = await response.Content.ReadAsStreamAsync(Wired.Token);
            await body.ReadExactlyAsync(new byte[256 << 10], Wired.Token);
        }

        await wired.Model.WaitForIdleAsync(Wired.Token);
        Assert.Equal(1, wired.Model.AbortedRequests);
    }
}
