using System.Text;
using CsCheck;
using Microsoft.ML.Tokenizers;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Tokens;

public sealed class TokenCounterTests
{
    private static readonly Lazy<TiktokenTokenizer> Reference = new(static () => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    [Theory]
    [InlineData("gpt-4o", "o200k_base")]
    [InlineData("azure/gpt-4o-mini", "o200k_base")]
    [InlineData("gpt-4.1", "o200k_base")]
    [InlineData("gpt-5.4", "o200k_base")]
    [InlineData("o3", "o200k_base")]
    [InlineData("ft:gpt-4o:org::id", "o200k_base")]
    [InlineData("hosted_vllm/llama", "o200k_base")]
    [InlineData("gpt-4", "cl100k_base")]
    [InlineData("gpt-4-turbo", "cl100k_base")]
    [InlineData("azure/gpt-35-turbo", "cl100k_base")]
    [InlineData("ft:gpt-3.5-turbo:org::id", "cl100k_base")]
    [InlineData("text-embedding-ada-002", "cl100k_base")]
    public void A_model_has_the_vocabulary_that_its_vendor_says(string model, string encoding)
    {
        Assert.Equal(encoding, TokenCounter.CountText(model, "x").Tokenizer);
    }

    [Fact]
    public void A_text_counts_as_published()
    {
        // The example of OpenAI's cookbook: 6 tokens in both vocabularies.
        Assert.Equal(new TokenCount(6, "cl100k_base", Exact: true), TokenCounter.CountText("gpt-4", "tiktoken is great!"));
        Assert.Equal(new TokenCount(6, "o200k_base", Exact: true), TokenCounter.CountText("gpt-4o", "tiktoken is great!"u8));
        Assert.Equal(0, TokenCounter.CountText("gpt-4o", "").Tokens);
    }

    [Fact]
    public void A_chat_counts_by_the_published_rules()
    {
        // The cookbook's conversation, for which the API reports 129 tokens with gpt-4-0613 and 124 with gpt-4o.
        var body = """
            {"model":"m","temperature":0,"messages":[
            {"role":"system","content":"You are a helpful, pattern-following assistant that translates corporate jargon into plain English."},
            {"role":"system","name":"example_user","content":"New synergies will help drive top-line growth."},
            {"role":"system","name":"example_assistant","content":"Things working well together will increase revenue."},
            {"role":"system","name":"example_user","content":"Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."},
            {"role":"system","name":"example_assistant","content":"Let's talk later when we're less busy about how to do better."},
            {"role":"user","content":"This late pivot means we don't have time to boil the ocean for the client deliverable."}]}
            """u8;
        Assert.Equal(new TokenCount(129, "cl100k_base", Exact: true), TokenCounter.CountRequest("gpt-4-0613", body));
        Assert.Equal(new TokenCount(124, "o200k_base", Exact: true), TokenCounter.CountRequest("gpt-4o", body));
    }

    [Fact]
    public void Text_parts_count_as_the_same_text_in_one_string()
    {
        var whole = TokenCounter.CountRequest("gpt-4o", """{"messages":[{"role":"user","content":"Hello there"}]}"""u8);
        var parts = TokenCounter.CountRequest("gpt-4o", """{"messages":[{"content":[{"type":"text","text":"Hello there"}],"role":"user"}]}"""u8);
        Assert.Equal(whole, parts);
    }

    [Fact]
    public void Images_count_an_estimate_that_is_said_to_be_one()
    {
        var plain = TokenCounter.CountRequest("gpt-4o", """{"messages":[{"role":"user","content":[]}]}"""u8).Tokens;
        var low = TokenCounter.CountRequest("gpt-4o", """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}}]}]}"""u8);
        var auto = TokenCounter.CountRequest("gpt-4o", """{"messages":[{"role":"user","content":[{"image_url":{"url":"data:image/png;base64,AAAA"},"type":"image_url"}]}]}"""u8);
        Assert.Equal((plain + 85, false), (low.Tokens, low.Exact));
        Assert.Equal((plain + 250, false), (auto.Tokens, auto.Exact));
    }

    [Fact]
    public void Earlier_tool_calls_count_their_name_and_arguments()
    {
        var without = TokenCounter.CountRequest("gpt-4o", """{"messages":[{"role":"assistant","content":null}]}"""u8).Tokens;
        var with = TokenCounter.CountRequest("gpt-4o", """{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_abc","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}}]}]}"""u8).Tokens;
        Assert.Equal(Count("get_weather") + Count("{\"city\":\"Paris\"}"), with - without);
    }

    [Fact]
    public void Tools_count_what_the_model_reads_of_them()
    {
        var without = TokenCounter.CountRequest("gpt-4o", """{"messages":[{"role":"user","content":"hi"}]}"""u8).Tokens;
        var with = TokenCounter.CountRequest("gpt-4o", """
            {"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"get_current_weather","description":"Get the current weather in a given location",
             "parameters":{"type":"object","properties":{"location":{"type":"string","description":"The city and state, e.g. San Francisco, CA"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["location"]}}}]}
            """u8);
        Assert.False(with.Exact);

        // The API's own overhead for this well-known tool is about 60 tokens.
        Assert.InRange(with.Tokens - without, 45, 80);
    }

    [Theory]
    [InlineData("""{"prompt":"Hello there"}""", 2)]
    [InlineData("""{"input":"Hello there"}""", 2)]
    [InlineData("""{"input":["Hello there","Hello there"]}""", 4)]
    [InlineData("""{"prompt":[1,2,3]}""", 3)]
    [InlineData("""{"input":[[1,2,3],[4]]}""", 4)]
    [InlineData("""{"input":[]}""", 0)]
    [InlineData("""{"model":"x"}""", 0)]
    [InlineData("""[]""", 0)]
    [InlineData("""{"messages":7,"prompt":null}""", 0)]
    public void Prompts_and_inputs_count_in_every_form(string body, long tokens)
    {
        Assert.Equal(tokens, TokenCounter.CountRequest("gpt-4o", Encoding.UTF8.GetBytes(body)).Tokens);
    }

    [Fact]
    public void A_broken_body_counts_up_to_the_break()
    {
        var count = TokenCounter.CountRequest("gpt-4o", """{"prompt":"Hello there","x":"""u8);
        Assert.Equal((2, false), (count.Tokens, count.Exact));
    }

    [Fact]
    public void A_lone_surrogate_is_no_failure()
    {
        Assert.False(TokenCounter.CountRequest("gpt-4o", """{"prompt":"a\ud800b"}"""u8).Exact);
    }

    [Fact]
    public void Cutting_a_long_text_of_words_changes_no_count()
    {
        var word = Gen.OneOf(
            Gen.String[Gen.Char['a', 'z'], 1, 9],
            Gen.OneOf("don't", "ANd", "3.14", "12345678", "\u00e9t\u00e9", "\u4f60\u597d", "\ud83d\ude00", "--", "(x)", "\n", "\n\n", "  ", "a\tb", ""));
        word.Array[1500, 2500].Select(static words => string.Join(' ', words)).Sample(
            static text => TokenCounter.CountText("gpt-4o", text).Tokens == Reference.Value.CountTokens(text),
            iter: 40);
    }

    [Fact]
    public void A_run_without_a_break_is_counted_in_bounded_pieces()
    {
        var run = new string('a', 300_000);
        var count = TokenCounter.CountText("gpt-4o", run);
        Assert.InRange(count.Tokens, run.Length / 16, run.Length);
    }

    [Fact]
    public void A_text_beyond_the_bound_is_taken_in_proportion()
    {
        var count = TokenCounter.CountText("gpt-4o", string.Concat(Enumerable.Repeat("word ", 1_000_000)));
        Assert.False(count.Exact);
        Assert.InRange(count.Tokens, 990_000, 1_010_000);
    }

    [Fact]
    public void The_upper_bound_is_never_below_the_count()
    {
        Gen.String[Gen.Char, 0, 60].Select(static text => System.Text.Json.JsonSerializer.Serialize(text)).Sample(static text =>
        {
            var body = Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":{{text}}}]}""");
            return TokenCounter.CountRequest("gpt-4o", body).Tokens <= TokenCounter.UpperBound(body.Length);
        });
    }

    [Fact]
    public async Task Many_threads_count_the_same()
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, 16).Select(static _ => Task.Run(static () => TokenCounter.CountText("gpt-4o", "tiktoken is great!").Tokens)));
        Assert.All(counts, static tokens => Assert.Equal(6, tokens));
    }

    private static long Count(string text) => TokenCounter.CountText("gpt-4o", text).Tokens;
}
