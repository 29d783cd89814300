using Anthropic.Exceptions;
using Weir.EndToEnd.Gateways;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Anthropic;

/// <summary>The official Anthropic SDK for .NET against the scripted model itself, which proves the program.</summary>
public sealed class AnthropicSdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_asks()
    {
        await using var stand = await Stand.StartAsync(Way.Direct, Token);

        var answer = await Program(stand).AskAsync("hello", Token);

        Assert.Equal("You said: hello", AnthropicProgram.TextOf(answer));
        Assert.Equal("end_turn", answer.StopReason?.Raw());
        Assert.Equal((4, 3), (answer.Usage.InputTokens, answer.Usage.OutputTokens));
    }

    [Fact]
    public async Task It_streams()
    {
        await using var stand = await Stand.StartAsync(Way.Direct, Token);

        var seen = await Program(stand).StreamAsync("one two three", Token);

        Assert.Equal(new AnthropicProgram.StreamedMessage("You said: one two three", "end_turn", 5, Stopped: true), seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_calls_a_tool_and_brings_the_result_and_its_thoughts_back(bool thinking)
    {
        await using var stand = await Stand.StartAsync(Way.Direct, Token);
        stand.Upstream.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));

        var (first, second) = await Program(stand).UseToolAsync(thinking, Token);

        Assert.Equal("tool_use", first.StopReason?.Raw());
        Assert.Equal(thinking, first.Content.Any(b => b.TryPickThinking(out _)));
        Assert.Equal("The tool answered: sunny in Bern", AnthropicProgram.TextOf(second));
    }

    [Fact]
    public async Task It_counts_tokens()
    {
        await using var stand = await Stand.StartAsync(Way.Direct, Token);

        Assert.Equal(5, await Program(stand).CountAsync("one two", Token));
    }

    [Fact]
    public async Task A_rate_limit_a_blocked_prompt_and_a_wrong_key_are_exceptions_of_their_own()
    {
        await using var stand = await Stand.StartAsync(Way.Direct, Token);
        stand.Upstream.Faults.Enqueue(Fault.RateLimited("1"), Fault.ContentFilter);

        await Assert.ThrowsAsync<AnthropicRateLimitException>(() => Program(stand).AskAsync("hello", Token));
        await Assert.ThrowsAsync<AnthropicBadRequestException>(() => Program(stand).AskAsync("hello", Token));
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => new AnthropicProgram(stand.Root, "sk-wrong", Stand.Model).AskAsync("hello", Token));
    }

    [Fact]
    public async Task A_stream_that_is_cut_and_one_that_ends_with_an_error_never_look_complete()
    {
        await using var stand = await Stand.StartAsync(Way.Direct, Token);
        stand.Upstream.Faults.Enqueue(Fault.CutAfter(5), Fault.ErrorEvent(5));

        await Assert.ThrowsAnyAsync<Exception>(() => Program(stand).StreamAsync("one two three", Token));
        await Assert.ThrowsAnyAsync<Exception>(() => Program(stand).StreamAsync("one two three", Token));
    }

    private static AnthropicProgram Program(Stand stand) => new(stand.Root, stand.Key, Stand.Model);
}
