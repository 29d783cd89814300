using System.Text;
using CsCheck;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Tokens;

public sealed class UsageReaderTests
{
    [Fact]
    public void OpenAIs_usage_is_read_with_its_details()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 2006, Completion = 300, Total = 2306, CachedPrompt = 1920, AudioPrompt = 6, Reasoning = 128, AudioCompletion = 2 },
            Read("""
                {"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,
                 "prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":6},
                 "completion_tokens_details":{"reasoning_tokens":128,"audio_tokens":2,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}
                """));
    }

    [Fact]
    public void A_realtime_usage_is_read_with_the_kinds_of_its_cached_tokens()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 253, Completion = 103, Total = 356, CachedPrompt = 64, CachedAudioPrompt = 48, AudioPrompt = 121, ImagePrompt = 12, CachedImagePrompt = 4, AudioCompletion = 80 },
            Read("""
                {"total_tokens":356,"input_tokens":253,"output_tokens":103,
                 "input_token_details":{"text_tokens":120,"audio_tokens":121,"image_tokens":12,"cached_tokens":64,"cached_tokens_details":{"text_tokens":12,"audio_tokens":48,"image_tokens":4}},
                 "output_token_details":{"text_tokens":23,"audio_tokens":80}}
                """));
    }

    [Fact]
    public void An_embeddings_usage_has_no_completion()
    {
        Assert.Equal(new TokenUsage { Prompt = 8, Total = 8 }, Read("""{"prompt_tokens":8,"total_tokens":8}"""));
    }

    [Fact]
    public void Null_members_are_nothing()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 5, Completion = 1, Total = 6 },
            Read("""{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6,"prompt_tokens_details":null,"completion_tokens_details":{"reasoning_tokens":null}}"""));
    }

    [Fact]
    public void DeepSeeks_cache_hits_are_cached_tokens()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 30, Completion = 4, Total = 34, CachedPrompt = 20 },
            Read("""{"prompt_tokens":30,"completion_tokens":4,"total_tokens":34,"prompt_cache_hit_tokens":20,"prompt_cache_miss_tokens":10}"""));
        Assert.Equal(30, Read("""{"prompt_cache_hit_tokens":20,"prompt_cache_miss_tokens":10}""").Prompt);
    }

    [Fact]
    public void XAIs_reasoning_beside_the_completion_is_added_to_it()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 10, Completion = 109, Total = 119, Reasoning = 100 },
            Read("""{"prompt_tokens":10,"completion_tokens":9,"total_tokens":119,"completion_tokens_details":{"reasoning_tokens":100},"num_sources_used":0}"""));
    }

    [Fact]
    public void Reasoning_inside_the_completion_is_not_added_again()
    {
        Assert.Equal(109, Read("""{"prompt_tokens":10,"completion_tokens":109,"total_tokens":119,"completion_tokens_details":{"reasoning_tokens":100}}""").Completion);
    }

    [Fact]
    public void Perplexitys_reasoning_outside_the_total_is_added()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 33, Completion = 81160, Total = 7196, Reasoning = 73997 },
            Read("""{"prompt_tokens":33,"completion_tokens":7163,"total_tokens":7196,"citation_tokens":20016,"num_search_queries":18,"reasoning_tokens":73997}"""));
    }

    [Fact]
    public void OpenRouters_cache_writes_and_costs_do_not_confuse()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 194, Completion = 2, Total = 196, CachedPrompt = 10, CacheWrite = 100 },
            Read("""{"prompt_tokens":194,"completion_tokens":2,"total_tokens":196,"cost":0.00095,"is_byok":false,"cost_details":{"upstream_inference_cost":null,"deep":[{"prompt_tokens":9}]},"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":100}}"""));
    }

    [Fact]
    public void A_LiteLLM_upstreams_cache_members_are_read()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 100, Completion = 2, Total = 102, CachedPrompt = 60, CacheWrite = 30 },
            Read("""{"prompt_tokens":100,"completion_tokens":2,"total_tokens":102,"cache_creation_input_tokens":30,"cache_read_input_tokens":60,"prompt_tokens_details":{"cached_tokens":60}}"""));
    }

    [Fact]
    public void Responses_style_names_mean_the_same()
    {
        Assert.Equal(
            new TokenUsage { Prompt = 7, Completion = 5, Total = 12, CachedPrompt = 3, Reasoning = 2 },
            Read("""{"input_tokens":7,"input_tokens_details":{"cached_tokens":3},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":12}"""));
    }

    [Theory]
    [InlineData("""{"prompt_tokens":12.0,"completion_tokens":1e1}""", 12, 10)]
    [InlineData("""{"prompt_tokens":11.2,"completion_tokens":"7"}""", 12, 0)]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":-5}""", 1, 0)]
    [InlineData("""{"prompt_tokens":99999999999999999999999999,"completion_tokens":1}""", 1_000_000_000_000, 1)]
    [InlineData("""{"prompt_tokens":1e400,"completion_tokens":1}""", 1_000_000_000_000, 1)]
    [InlineData("""{"prompt_\u0074okens":3,"completion_tokens":1}""", 3, 1)]
    [InlineData("""{"prompt_tokens":5,"total_tokens":9}""", 5, 4)]
    public void Odd_numbers_are_read_for_what_they_can_mean(string json, long prompt, long completion)
    {
        var usage = Read(json);
        Assert.Equal((prompt, completion), (usage.Prompt, usage.Completion));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("{\"prompt_tokens\":")]
    [InlineData("{\"prompt_tokens\":1")]
    [InlineData("{\"prompt_tokens\":\"1\"}")]
    [InlineData("{\"prompt_tokens\":null,\"completion_tokens\":null}")]
    [InlineData("{\"queue_time\":0.1}")]
    public void What_is_no_usage_is_refused_and_changes_nothing(string json)
    {
        var usage = new TokenUsage { Prompt = 42 };
        Assert.False(UsageReader.TryRead(Encoding.UTF8.GetBytes(json), ref usage));
        Assert.Equal(new TokenUsage { Prompt = 42 }, usage);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var json = """{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920},"x":[1,{"y":"z"}]}"""u8.ToArray();
        var usage = default(TokenUsage);
        Assert.True(UsageReader.TryRead(json, ref usage));
        Assert.Equal(0, Allocations.Least(() => UsageReader.TryRead(json, ref usage)));
    }

    [Fact]
    public void Bytes_that_nobody_meant_never_throw_and_never_count_below_zero()
    {
        string[] words =
        [
            "{", "}", "[", "]", ":", ",", "null", "true", "-1", "7", "1e3", "1e999", "\"prompt_tokens\"", "\"completion_tokens\"", "\"prompt_tokens_details\"",
            "\"completion_tokens_details\"", "\"cached_tokens\"", "\"reasoning_tokens\"", "\"total_tokens\"", "\"\\ud800\"", "\"", "\\", " ", "\u00e9",
        ];
        var soup = Gen.OneOf(words).Array[0, 24].Select(static parts => Encoding.UTF8.GetBytes("{" + string.Concat(parts)));
        var pairs = Gen.Select(Gen.OneOf(words[12..19]), Gen.OneOf("1", "-4", "null", "1e30", "{\"cached_tokens\":3}", "[{}]", "\"9\"", "0.5")).Array[0, 8]
            .Select(static members => Encoding.UTF8.GetBytes("{" + string.Join(',', members.Select(static m => m.Item1 + ":" + m.Item2)) + "}"));
        Gen.OneOf(Gen.Byte.Array[0, 64], soup, pairs).Sample(static json =>
        {
            var usage = default(TokenUsage);
            UsageReader.TryRead(json, ref usage);
            return usage.Prompt >= 0 && usage.Completion >= 0 && usage.Total >= 0 && usage.CachedPrompt >= 0 && usage.CacheWrite >= 0
                && usage.Reasoning >= 0 && usage.AudioPrompt >= 0 && usage.AudioCompletion >= 0;
        }, iter: 20_000);
    }

    [Fact]
    public void What_was_written_is_what_is_read()
    {
        var count = Gen.Long[0, 1_000_000];
        Gen.Select(count, count, count, count).Sample(static (prompt, completion, cached, reasoning) =>
        {
            var usage = Read($$$"""{"completion_tokens_details":{"reasoning_tokens":{{{reasoning}}} },"prompt_tokens":{{{prompt}}},"total_tokens":{{{prompt + completion}}},"completion_tokens":{{{completion}}},"prompt_tokens_details":{"cached_tokens":{{{cached}}} }}""");
            return usage.CachedPrompt == cached && usage.Reasoning == reasoning && usage.Total == prompt + completion
                && (prompt == 0 || usage.Prompt == prompt) && usage.Completion >= completion;
        });
    }

    private static TokenUsage Read(string json)
    {
        var usage = default(TokenUsage);
        Assert.True(UsageReader.TryRead(Encoding.UTF8.GetBytes(json), ref usage));
        return usage;
    }
}
