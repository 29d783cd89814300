using Anthropic.Exceptions;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Anthropic;

/// <summary>The official Anthropic SDK for .NET through the gateway, to a model behind every dialect.</summary>
public sealed class AnthropicCrossingTests(DialectStand stand) : IClassFixture<DialectStand>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Models => DialectStand.Models;

    [Theory]
    [MemberData(nameof(Models))]
    public async Task It_asks_and_streams(string model)
    {
        var answer = await Program(model).AskAsync("hello", Token);
        var seen = await Program(model).StreamAsync("one two three", Token);

        Assert.Equal(("You said: hello", "end_turn", 4L, 3L), (AnthropicProgram.TextOf(answer), answer.StopReason?.Raw(), answer.Usage.InputTokens, answer.Usage.OutputTokens));
        Assert.Equal(new AnthropicProgram.StreamedMessage("You said: one two three", "end_turn", 5, Stopped: true), seen);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task It_calls_a_tool_and_brings_the_result_and_its_thoughts_back(string model)
    {
        foreach (var thinking in new[] { false, true })
        {
            var (first, second) = await Program(model).UseToolAsync(thinking, Token);

            Assert.Equal("tool_use", first.StopReason?.Raw());
            Assert.Equal(thinking && DialectModel.Of(model).Thinks, first.Content.Any(b => b.TryPickThinking(out _)));
            Assert.Equal("The tool answered: sunny in Bern", AnthropicProgram.TextOf(second));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task It_counts_tokens(string model) => Assert.InRange(await Program(model).CountAsync("one two", Token), 1, 20);

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_rate_limit_a_blocked_prompt_and_a_wrong_key_are_exceptions_of_their_own(string model)
    {
        await Assert.ThrowsAsync<AnthropicRateLimitException>(() => Program(model + "~429:1").AskAsync("hello", Token));
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => new AnthropicProgram(stand.Root, "sk-wrong", model).AskAsync("hello", Token));
        if (model == "gem")
        {
            // Google answers a blocked prompt.
            Assert.Equal("refusal", (await Program(model + "~filter").AskAsync("hello", Token)).StopReason?.Raw());
            return;
        }

        await Assert.ThrowsAsync<AnthropicBadRequestException>(() => Program(model + "~filter").AskAsync("hello", Token));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_stream_that_is_cut_and_one_that_ends_with_an_error_never_look_complete(string model)
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Program(model + "~cut:5").StreamAsync("one two three", Token));
        await Assert.ThrowsAnyAsync<Exception>(() => Program(model + "~error:5").StreamAsync("one two three", Token));
    }

    private AnthropicProgram Program(string model) => new(stand.Root, WeirProcess.MasterKey, model);
}
