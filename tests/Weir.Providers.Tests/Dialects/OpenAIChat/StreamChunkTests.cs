using System.Text;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Pricing;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

public sealed class StreamChunkTests
{
    [Theory]
    [InlineData("""{"choices":[{"delta":{"role":"assistant"}}]}""", ChunkTraits.None)]
    [InlineData("""{"choices":[{"delta":{"role":"assistant","content":"","refusal":null,"tool_calls":[]}}]}""", ChunkTraits.None)]
    [InlineData("""{"choices":[{"delta":{"content":"x"}}]}""", ChunkTraits.Content)]
    [InlineData("""{"choices":[{"delta":{"content":null,"reasoning_content":"x"}}]}""", ChunkTraits.Content)]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}""", ChunkTraits.Content)]
    [InlineData("""{"choices":[{"delta":{"function_call":{"name":"f"}}}]}""", ChunkTraits.Content)]
    [InlineData("""{"choices":[{"delta":{},"finish_reason":"stop"}]}""", ChunkTraits.Content)]
    [InlineData("""{"choices":[{"delta":{},"finish_reason":null}]}""", ChunkTraits.None)]
    [InlineData("""{"choices":[{"text":"x"}]}""", ChunkTraits.Content)]
    [InlineData("""{"choices":[{"text":""}]}""", ChunkTraits.None)]
    [InlineData("""{"choices":[{"delta":null},5,{"delta":{"content":"x"}}]}""", ChunkTraits.Content)]
    [InlineData("""{"choices":[{"content_filter_results":{"hate":{"filtered":false}},"content_filter_offsets":{}}]}""", ChunkTraits.None)]
    [InlineData("""{"choices":[],"usage":{"total_tokens":1}}""", ChunkTraits.NoChoices | ChunkTraits.Usage)]
    [InlineData("""{"choices":[],"prompt_filter_results":[]}""", ChunkTraits.NoChoices | ChunkTraits.PromptFilter)]
    [InlineData("""{"choices":null,"usage":null}""", ChunkTraits.None)]
    [InlineData("""{"usage":[{"choices":[]}],"choices":[{"delta":{"content":"x"}}]}""", ChunkTraits.Content)]
    [InlineData("""{"usage":5,"x":{"usage":{}},"choices":[]}""", ChunkTraits.NoChoices)]
    [InlineData("""{"error":{"message":"no"}}""", ChunkTraits.Error)]
    [InlineData("""{"error":"no"}""", ChunkTraits.Error)]
    [InlineData("""{"error":""}""", ChunkTraits.None)]
    [InlineData("""{"error":null,"choices":[]}""", ChunkTraits.NoChoices)]
    [InlineData("{}", ChunkTraits.None)]
    [InlineData("", ChunkTraits.Garbage)]
    [InlineData("[]", ChunkTraits.Garbage)]
    [InlineData("<html>", ChunkTraits.Garbage)]
    [InlineData("""{"choices":[{"delta":{"content":"x"}}""", ChunkTraits.Garbage)]
    public void What_a_chunk_means_is_read(string data, ChunkTraits traits) => Assert.Equal(traits, StreamChunk.Read(Encoding.UTF8.GetBytes(data), out _, out _));

    [Fact]
    public void The_usage_and_the_tier_are_found()
    {
        var data = """{"choices":[],"service_tier":"flex","usage": {"total_tokens":1} }"""u8;
        StreamChunk.Read(data, out var usage, out var tier);
        Assert.Equal("""{"total_tokens":1}""", Encoding.UTF8.GetString(data[usage.Start..usage.End]));
        Assert.Equal(ServiceTier.Flex, tier);
    }

    [Theory]
    [InlineData("""{"finish_reason":"stop"}""", true)]
    [InlineData("{\"finish_reason\" :\n \"stop\"}", true)]
    [InlineData("""{"a":{"finish_reason":null},"finish_reason":"stop"}""", true)]
    [InlineData("""{"finish_reason":null}""", false)]
    [InlineData("""{"content":"\"finish_reason\":\"stop\""}""", false)]
    [InlineData("""{"x":"finish_reason"}""", false)]
    [InlineData("""{"finish_reason":""", false)]
    public void A_finish_reason_is_found(string data, bool finishes) => Assert.Equal(finishes, StreamChunk.Finishes(Encoding.UTF8.GetBytes(data)));
}
