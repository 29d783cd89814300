using Weir.Providers.Dialects.AnthropicMessages;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

public sealed class ClaudeModelTests
{
    [Theory]
    [InlineData("claude-3-haiku-20240307", 300)]
    [InlineData("claude-3-5-sonnet-latest", 305)]
    [InlineData("anthropic.claude-3-7-sonnet-20250219-v1:0", 307)]
    [InlineData("claude-opus-4-20250514", 400)]
    [InlineData("claude-sonnet-4@20250514", 400)]
    [InlineData("claude-opus-4-1-20250805", 401)]
    [InlineData("us.anthropic.claude-haiku-4-5-20251001-v1:0", 405)]
    [InlineData("anthropic/claude-opus-4.6", 406)]
    [InlineData("Claude-Sonnet-4-6", 406)]
    [InlineData("claude-opus-5", 500)]
    [InlineData("claude-haiku-5-5", 505)]
    [InlineData("claude-2.1", 201)]
    [InlineData("claude-mythos-preview", 0)]
    [InlineData("claude", 0)]
    [InlineData("glm-4.6", 0)]
    [InlineData("", 0)]
    public void A_version_is_read_from_the_name(string name, int version) => Assert.Equal(version, ClaudeModel.Of(name).Version);

    [Theory]
    [InlineData("claude-3-5-sonnet-20241022", "sampling")]
    [InlineData("claude-3-7-sonnet-20250219", "budget sampling")]
    [InlineData("claude-opus-4-1-20250805", "budget sampling one-sampler display")]
    [InlineData("claude-sonnet-4-5", "budget sampling one-sampler schema display")]
    [InlineData("claude-opus-4-6", "budget effort max sampling one-sampler schema display")]
    [InlineData("claude-sonnet-4-6", "budget effort sampling one-sampler schema display")]
    [InlineData("claude-opus-4-7", "effort xhigh max one-sampler schema display")]
    [InlineData("claude-sonnet-5", "effort xhigh max one-sampler schema display unasked")]
    [InlineData("claude-opus-5-5", "effort xhigh max one-sampler schema display unasked always")]
    [InlineData("claude-mythos-preview", "effort xhigh max schema display unasked always")]
    [InlineData("some-other-model", "budget sampling")]
    public void What_a_model_takes_is_told_by_its_name(string name, string takes)
    {
        var model = ClaudeModel.Of(name);
        var told = new List<string>();
        Add(model.TakesBudget, "budget");
        Add(model.TakesEffort, "effort");
        Add(model.TakesExtraHigh, "xhigh");
        Add(model.TakesMost, "max");
        Add(model.TakesSampling, "sampling");
        Add(model.TakesOneSampler, "one-sampler");
        Add(model.TakesSchema, "schema");
        Add(model.TakesDisplay, "display");
        Add(model.ThinksUnasked, "unasked");
        Add(model.AlwaysThinks, "always");
        Assert.Equal(takes, string.Join(' ', told));

        void Add(bool takesIt, string word)
        {
            if (takesIt)
            {
                told.Add(word);
            }
        }
    }
}
