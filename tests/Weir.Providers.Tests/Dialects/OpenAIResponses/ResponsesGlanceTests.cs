using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.OpenAIResponses;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Dialects.OpenAIResponses;

/// <summary>What the gateway sees in answers that pass through untouched.</summary>
public sealed class ResponsesGlanceTests
{
    private const string Completed =
        """{"type":"response.completed","sequence_number":9,"response":{"id":"resp_1","status":"completed","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"Hi."}]}],"service_tier":"priority","usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":8},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":25}}}""";

    private static readonly OpenAIResponsesDialect Dialect = new();

    [Theory]
    [InlineData("response.created", """{"type":"response.created","response":{"id":"resp_1","status":"in_progress","usage":null}}""", EventTraits.None)]
    [InlineData("response.output_item.added", """{"type":"response.output_item.added","output_index":0,"item":{"type":"message"}}""", EventTraits.None)]
    [InlineData("response.output_text.delta", """{"type":"response.output_text.delta","delta":"Hi"}""", EventTraits.Content)]
    [InlineData("response.function_call_arguments.delta", """{"type":"response.function_call_arguments.delta","delta":"{"}""", EventTraits.Content)]
    [InlineData("response.reasoning_summary_text.delta", """{"type":"response.reasoning_summary_text.delta","delta":"H"}""", EventTraits.Content)]
    [InlineData("response.output_item.done", """{"type":"response.output_item.done","item":{"type":"function_call"}}""", EventTraits.Content)]
    [InlineData("response.completed", Completed, EventTraits.Terminal | EventTraits.Finish | EventTraits.Content | EventTraits.Usage)]
    [InlineData("response.incomplete", """{"type":"response.incomplete","response":{"status":"incomplete"}}""", EventTraits.Terminal | EventTraits.Finish | EventTraits.Content)]
    [InlineData("response.failed", """{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"x"}}}""", EventTraits.Terminal | EventTraits.Error)]
    [InlineData("error", """{"type":"error","code":"rate_limit_exceeded","message":"x","param":null}""", EventTraits.Error)]
    [InlineData("", """{"error":{"message":"overloaded"}}""", EventTraits.Error)]
    [InlineData("keepalive", """{"type":"keepalive"}""", EventTraits.None)]
    [InlineData("response.output_text.delta", """{"type":"response.output_text""", EventTraits.Garbage)]
    [InlineData("", "ok", EventTraits.Garbage)]
    [InlineData("", "[DONE]", EventTraits.Terminal)]
    public void An_event_means_the_same_with_and_without_its_name(string name, string data, EventTraits expected)
    {
        var facts = default(StreamFacts);
        Assert.Equal(expected, Dialect.Look(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(data), false, ref facts));
        Assert.Equal(expected, Dialect.Look([], Encoding.UTF8.GetBytes(data), false, ref facts) | (expected & EventTraits.Usage));
        Assert.Equal(expected, Dialect.Look("message"u8, Encoding.UTF8.GetBytes(data), false, ref facts) | (expected & EventTraits.Usage));
    }

    [Fact]
    public void The_last_event_tells_usage_and_tier()
    {
        var facts = default(StreamFacts);
        Dialect.Look("response.completed"u8, Encoding.UTF8.GetBytes(Completed), true, ref facts);
        Assert.Equal((20, 5, 8, 2), (facts.Usage.Prompt, facts.Usage.Completion, facts.Usage.CachedPrompt, facts.Usage.Reasoning));
        Assert.Equal(ServiceTier.Priority, facts.Tier);
    }

    [Fact]
    public void A_whole_answer_tells_usage_and_failure()
    {
        var answer = """{"object":"response","status":"completed","error":null,"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}"""u8;
        var facts = Dialect.ReadFacts(answer);
        Assert.True(facts is { IsJsonObject: true, HasError: false, Usage.Total: 5 });
        Assert.True(Dialect.ReadFacts("""{"status":"failed","error":{"code":"server_error"}}"""u8).HasError);
        Assert.False(Dialect.ReadFacts(answer[..^1]).IsJsonObject);
        Assert.False(Dialect.ReadFacts([.. answer, (byte)'x']).IsJsonObject);
    }

    [Fact]
    public void Text_is_kept_once_although_a_stream_repeats_it()
    {
        using var output = new OutputText();
        foreach (var data in new[]
        {
            """{"type":"response.output_text.delta","delta":"Hel","logprobs":[]}""", """{"type":"response.output_text.delta","delta":"lo","logprobs":[]}""",
            """{"type":"response.output_text.done","text":"Hello"}""", """{"type":"response.content_part.done","part":{"type":"output_text","text":"Hello"}}""", Completed,
        })
        {
            Dialect.KeepText(Encoding.UTF8.GetBytes(data), output);
        }
        Assert.Equal(5, output.Count(text => text.Length));
    }

    [Fact]
    public void Text_of_a_stream_without_pieces_is_kept_from_its_end()
    {
        using var output = new OutputText();
        Dialect.KeepText(Encoding.UTF8.GetBytes(Completed), output);
        Assert.Equal(3, output.Count(text => text.Length));
        using var whole = new OutputText();
        Dialect.KeepText("""{"object":"response","output":[{"type":"message","content":[{"type":"output_text","text":"Hi."}]},{"type":"function_call","arguments":"{}"}]}"""u8, whole);
        Assert.Equal(5, whole.Count(text => text.Length));
    }

    [Fact]
    public void A_look_allocates_nothing()
    {
        var delta = """{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi","logprobs":[]}"""u8.ToArray();
        var completed = Encoding.UTF8.GetBytes(Completed);
        var facts = default(StreamFacts);
        Assert.Equal(0, Allocations.Least(() =>
        {
            Dialect.Look("response.output_text.delta"u8, delta, true, ref facts);
            Dialect.Look([], delta, true, ref facts);
            Dialect.Look([], delta, false, ref facts);
            Dialect.Look("response.completed"u8, completed, true, ref facts);
            Dialect.ReadFacts(completed);
        }));
    }
}
