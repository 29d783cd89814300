using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Pricing;
using static Weir.Providers.Tests.Dialects.GeminiGenerate.Gemini;

namespace Weir.Providers.Tests.Dialects.GeminiGenerate;

/// <summary>What the gateway sees in answers that pass through untouched.</summary>
public sealed class GeminiGlanceTests
{
    private const string Text = """{"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"index":0}],"modelVersion":"m"}""";
    private const string Last = """{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3,"thoughtsTokenCount":4,"totalTokenCount":17,"trafficType":"ON_DEMAND_FLEX"}}""";

    [Theory]
    [InlineData(Text, EventTraits.Content)]
    [InlineData("""{"candidates":[{"content":{"role":"model"},"index":0}]}""", EventTraits.None)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":""}]}}],"usageMetadata":{"promptTokenCount":1}}""", EventTraits.Usage)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"error":{"finishReason":"x"}}}}]}}]}""", EventTraits.Content)]
    [InlineData(Last, EventTraits.Content | EventTraits.Usage | EventTraits.Finish | EventTraits.MayBeLast)]
    [InlineData("""{"promptFeedback":{"blockReason":"SAFETY"}}""", EventTraits.Content | EventTraits.Finish | EventTraits.MayBeLast)]
    [InlineData("""{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}""", EventTraits.Error)]
    [InlineData("""{"candidates":[""", EventTraits.Garbage)]
    [InlineData("[DONE]", EventTraits.Garbage)]
    [InlineData("{} {}", EventTraits.Garbage)]
    public void An_event_says_what_it_means(string data, EventTraits traits)
    {
        var facts = default(StreamFacts);
        Assert.Equal(traits, Dialect.Look(default, Encoding.UTF8.GetBytes(data), false, ref facts));
    }

    [Fact]
    public void Behind_content_an_ordinary_chunk_is_not_looked_into()
    {
        var facts = default(StreamFacts);
        Assert.Equal(EventTraits.Content, Dialect.Look(default, Encoding.UTF8.GetBytes(Text), true, ref facts));
        Assert.Equal(EventTraits.Content | EventTraits.Usage | EventTraits.Finish | EventTraits.MayBeLast, Dialect.Look(default, Encoding.UTF8.GetBytes(Last), true, ref facts));
        Assert.Equal((10, 7, 4, ServiceTier.Flex), (facts.Usage.Prompt, facts.Usage.Completion, facts.Usage.Reasoning, facts.Tier));
    }

    [Fact]
    public void Thoughts_that_the_candidates_already_count_are_not_counted_twice()
    {
        var facts = Dialect.ReadFacts("""{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":9,"thoughtsTokenCount":4,"totalTokenCount":19}}"""u8);
        Assert.Equal((9, 4), (facts.Usage.Completion, facts.Usage.Reasoning));
        Assert.True(facts.IsJsonObject);
    }

    [Fact]
    public void What_a_built_in_tool_brought_is_part_of_the_prompt()
    {
        var facts = Dialect.ReadFacts("""{"usageMetadata":{"promptTokenCount":10,"toolUsePromptTokenCount":90,"candidatesTokenCount":1,"totalTokenCount":101}}"""u8);
        Assert.Equal(100, facts.Usage.Prompt);
    }

    [Fact]
    public void Looking_allocates_nothing()
    {
        var text = Encoding.UTF8.GetBytes(Text);
        var last = Encoding.UTF8.GetBytes(Last);
        var facts = default(StreamFacts);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                Dialect.Look(default, text, false, ref facts);
                Dialect.Look(default, text, true, ref facts);
                Dialect.Look(default, last, true, ref facts);
                Dialect.ReadFacts(last);
            }
        }));
    }
}
