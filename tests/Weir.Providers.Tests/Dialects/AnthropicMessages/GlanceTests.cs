using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

public sealed class GlanceTests
{
    [Theory]
    [InlineData("""{"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}""", EventTraits.Usage)]
    [InlineData("""{"type":"message_start","message":{}}""", EventTraits.None)]
    [InlineData("""{"type":"ping"}""", EventTraits.None)]
    [InlineData("""{"type":"later","x":{"text":"a"}}""", EventTraits.None)]
    [InlineData("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""", EventTraits.None)]
    [InlineData("""{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""", EventTraits.None)]
    [InlineData("""{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}""", EventTraits.Content)]
    [InlineData("""{"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":"x"}}""", EventTraits.Content)]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}""", EventTraits.None)]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}""", EventTraits.Content)]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}""", EventTraits.Content)]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{}}}""", EventTraits.Content)]
    [InlineData("""{"type":"content_block_stop","index":0}""", EventTraits.None)]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}""", EventTraits.Usage | EventTraits.Finish)]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":9}}""", EventTraits.Usage)]
    [InlineData("""{"type":"message_stop"}""", EventTraits.Terminal)]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"x"}}""", EventTraits.Error)]
    [InlineData("""{"error":"x"}""", EventTraits.Error)]
    [InlineData("""{"type":"content_block_delta","delta":{"text":"a"},"error":{"message":"x"}}""", EventTraits.Error)]
    [InlineData("""[1]""", EventTraits.Garbage)]
    [InlineData("""{"type":"ping" """, EventTraits.Garbage)]
    [InlineData("""garbage""", EventTraits.Garbage)]
    public void An_event_is_what_its_data_say(string data, EventTraits traits)
    {
        var facts = default(StreamFacts);
        Assert.Equal(traits, Claude.Look("", data, contentSeen: false, ref facts));
        if (traits is not EventTraits.None)
        {
            Assert.Equal(traits, Claude.Look("", data, contentSeen: true, ref facts));
        }
    }

    [Fact]
    public void An_error_is_seen_by_its_name_alone_and_behind_content()
    {
        var facts = default(StreamFacts);
        Assert.Equal(EventTraits.Error, Claude.Look("error", "{}", contentSeen: true, ref facts));
        Assert.Equal(EventTraits.Error, Claude.Look("content_block_delta", """{"error":{"message":"sk-ant"}}""", contentSeen: true, ref facts));
        Assert.Equal(EventTraits.Content, Claude.Look("content_block_delta", """{"type":"content_block_delta","delta":{"type":"text_delta","text":"an \"error\": x"}}""", contentSeen: true, ref facts));
    }

    [Fact]
    public void The_last_word_on_usage_completes_the_first()
    {
        var facts = default(StreamFacts);
        Claude.Look("message_start", """{"type":"message_start","message":{"usage":{"input_tokens":5,"cache_creation_input_tokens":300,"cache_read_input_tokens":2000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},"output_tokens":1,"service_tier":"priority"}}}""", false, ref facts);
        Claude.Look("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"output_tokens":40,"output_tokens_details":{"thinking_tokens":30}}}""", true, ref facts);
        Assert.Equal((2305, 40, 2000, 300, 200, 30), (facts.Usage.Prompt, facts.Usage.Completion, facts.Usage.CachedPrompt, facts.Usage.CacheWrite, facts.Usage.CacheWriteHour, facts.Usage.Reasoning));
        Assert.Equal(ServiceTier.Priority, facts.Tier);
    }

    [Fact]
    public void A_word_that_splits_the_input_anew_replaces_it()
    {
        var facts = default(StreamFacts);
        Claude.Look("", """{"type":"message_start","message":{"usage":{"input_tokens":100,"output_tokens":0}}}""", false, ref facts);
        Claude.Look("", """{"type":"message_delta","delta":{},"usage":{"input_tokens":20,"cache_read_input_tokens":80,"output_tokens":4}}""", true, ref facts);
        Assert.Equal((100, 80, 4), (facts.Usage.Prompt, facts.Usage.CachedPrompt, facts.Usage.Completion));
    }

    [Theory]
    [InlineData("""{"type":"message","content":[],"usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":2,"service_tier":"batch"}}""", true, false, 7, ServiceTier.Batch)]
    [InlineData("""{"type":"error","error":{"type":"api_error","message":"x"}}""", true, true, 0, ServiceTier.Standard)]
    [InlineData("""{"error":null,"usage":null}""", true, false, 0, ServiceTier.Standard)]
    [InlineData("""{"usage":{"input_tokens":"many"}}""", true, false, 0, ServiceTier.Standard)]
    [InlineData("""{"usage":{"input_tokens":3}""", false, false, 0, ServiceTier.Standard)]
    [InlineData("""{} {}""", false, false, 0, ServiceTier.Standard)]
    [InlineData("""[]""", false, false, 0, ServiceTier.Standard)]
    [InlineData("", false, false, 0, ServiceTier.Standard)]
    public void A_whole_answer_is_read_in_one_pass(string answer, bool isObject, bool hasError, long prompt, ServiceTier tier)
    {
        var facts = Claude.Dialect.ReadFacts(Encoding.UTF8.GetBytes(answer));
        Assert.Equal((isObject, hasError, prompt, tier), (facts.IsJsonObject, facts.HasError, facts.Usage.Prompt, facts.Tier));
    }

    [Fact]
    public void The_text_of_a_stream_is_kept_for_counting()
    {
        using var output = new OutputText();
        foreach (var data in new[]
        {
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"aa"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"bbb"}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"cccc"}}""",
        })
        {
            Claude.Dialect.KeepText(Encoding.UTF8.GetBytes(data), output);
        }
        Assert.Equal("aabbbcccc".Length, output.Count(text => text.Length));
    }

    [Fact]
    public void Looking_allocates_nothing()
    {
        var events = new[]
        {
            """{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":5,"output_tokens":1,"service_tier":"standard"}}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}""",
            """{"type":"message_stop"}""",
        }.Select(Encoding.UTF8.GetBytes).ToArray();
        var answer = """{"type":"message","content":[{"type":"text","text":"x"}],"usage":{"input_tokens":3,"output_tokens":2}}"""u8.ToArray();
        var facts = default(StreamFacts);
        Assert.Equal(0, Allocations.Least(() =>
        {
            foreach (var data in events)
            {
                Claude.Dialect.Look([], data, false, ref facts);
                Claude.Dialect.Look("content_block_delta"u8, data, true, ref facts);
            }
            Claude.Dialect.ReadFacts(answer);
        }));
    }
}
