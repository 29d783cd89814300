using Weir.TestKit.Faults;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary>No row, no orderly end: what callers and operators see when the ledger stops taking rows.</summary>
public sealed class LedgerFullTests
{
    private const string Config = "model_list:\n  - model_name: m\n    litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k}\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_ledger_that_fills_up_in_the_middle_of_a_stream_ends_it_with_an_error_event(bool upstreamBreaks)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        var gate = new Gate();
        stand.Upstream.Faults.Enqueue(Fault.HangAfter(2, gate));
        using var answer = await stand.PostAsync("""{"model":"m","stream":true,"messages":[{"role":"user","content":"one two three"}]}""", Stop);
        Assert.Equal(200, (int)answer.StatusCode);
        await gate.Reached;
        stand.Files.NoRoomForWrites = true;
        if (upstreamBreaks)
        {
            await stand.Upstream.StopListeningAsync();
        }
        else
        {
            gate.Open();
        }

        var events = (await answer.Content.ReadAsStringAsync(Stop)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.StartsWith("data: {\"error\":{\"message\":\"The gateway can't write requests down", events[^1], StringComparison.Ordinal);
        Assert.Contains("\"code\":\"503\"", events[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("data: [DONE]", events);
        Assert.Single(events, e => e.Contains("\"error\"", StringComparison.Ordinal));
        Assert.Contains("could not be written down", stand.Log.Text, StringComparison.Ordinal);
        Assert.Contains("No space left on device", stand.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_answer_without_a_row_is_not_passed_on_and_the_error_names_no_file_of_the_machine()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        var gate = new Gate();
        stand.Upstream.Faults.Enqueue(Fault.Hang(gate));
        var asking = stand.AskAsync("""{"model":"m","messages":[{"role":"user","content":"hello"}]}""", Stop);
        await gate.Reached;
        stand.Files.NoRoomForWrites = true;
        gate.Open();
        var (status, body) = await asking;

        Assert.Equal(503, status);
        Assert.DoesNotContain("You said", body, StringComparison.Ordinal);
        Assert.DoesNotContain("weir-journal-", body, StringComparison.Ordinal);
        Assert.Contains("No space left on device", stand.Log.Text, StringComparison.Ordinal);

        // The next request is refused before it costs anything.
        Assert.Equal(503, (await stand.AskAsync("""{"model":"m","messages":[]}""", Stop)).Status);
        Assert.Equal(1, stand.Upstream.RequestCount);
    }
}
