using Microsoft.Extensions.Time.Testing;
using Weir.TestKit.Faults;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary>A request's own <c>timeout</c> bounds the whole call, also one whose chunks come in time; a configured one bounds waiting.</summary>
public sealed class WholeCallTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_that_goes_on_beyond_the_whole_call_s_limit_ends_with_an_error_event()
    {
        var time = new FakeTimeProvider();
        await using var stand = await EngineStand.StartAsync(
            "model_list:\n  - model_name: m\n    litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k, stream_idle_timeout: 1000}\n", Stop, time);
        stand.Upstream.Faults.Enqueue(Fault.HangAfter(2));
        using var answer = await stand.PostAsync("""{"model":"m","stream":true,"timeout":25,"messages":[{"role":"user","content":"one two three"}]}""", Stop);
        time.Advance(TimeSpan.FromSeconds(25));

        // A stream that is not ended hangs: that is a failure, not a wait.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var events = (await answer.Content.ReadAsStringAsync(limit.Token)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("The stream was not complete within 25 seconds.", events[^1], StringComparison.Ordinal);
        Assert.Contains("\"code\":\"408\"", events[^1], StringComparison.Ordinal);
        Assert.Contains("chat.completion.chunk", events[0], StringComparison.Ordinal);
        Assert.DoesNotContain("data: [DONE]", events);
        await stand.Upstream.WaitForAbortedAsync(1, limit.Token);
    }

    [Fact]
    public async Task A_configured_timeout_does_not_cut_a_stream_that_keeps_coming()
    {
        var time = new FakeTimeProvider();
        var gate = new Gate();
        await using var stand = await EngineStand.StartAsync(
            "model_list:\n  - model_name: m\n    litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k, timeout: 25, stream_idle_timeout: 1000}\n", Stop, time);
        stand.Upstream.Faults.Enqueue(Fault.HangAfter(2, gate));
        using var answer = await stand.PostAsync("""{"model":"m","stream":true,"messages":[{"role":"user","content":"one two three"}]}""", Stop);
        time.Advance(TimeSpan.FromSeconds(100));
        gate.Open();
        var events = (await answer.Content.ReadAsStringAsync(Stop)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
    }

    [Theory]
    [InlineData(null, null, 5, null)]
    [InlineData(20, null, 5, 20)]
    [InlineData(null, 30, 5, 25)]
    [InlineData(20, 30, 5, 20)]
    [InlineData(20, 30, 15, 15)]
    [InlineData(20, 30, 31, 0)]
    public void The_next_phase_gets_its_own_limit_or_what_is_left_of_the_call(int? own, int? whole, int elapsed, int? expected) =>
        Assert.Equal(Of(expected), Weir.Gateway.Pipeline.TimeLimits.Next(Of(own), Of(whole), TimeSpan.FromSeconds(elapsed)));

    private static TimeSpan? Of(int? seconds) => seconds is { } some ? TimeSpan.FromSeconds(some) : null;
}
