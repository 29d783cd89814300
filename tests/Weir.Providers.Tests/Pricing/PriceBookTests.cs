using System.Text;
using Weir.Providers.Pricing;

namespace Weir.Providers.Tests.Pricing;

public sealed class PriceBookTests
{
    private static readonly Dictionary<string, decimal> None = [];

    [Theory]
    [InlineData("openai", "gpt-4o", null, "gpt-4o")]
    [InlineData("openai", "openai/gpt-4o", null, "gpt-4o")]
    [InlineData("azure", "gpt-4o", null, "azure/gpt-4o")]
    [InlineData("azure", "our-deployment", "gpt-4o", "azure/gpt-4o")]
    [InlineData("azure", "our-deployment", "azure/gpt-4o", "azure/gpt-4o")]
    [InlineData("azure", "o_series/o3-mini", null, "azure/o3-mini")]
    [InlineData("azure", "our-deployment", "azure/gpt-4.1-2025-04-14", "gpt-4.1-2025-04-14")]
    [InlineData("azure", "our-deployment", "azure/gpt-5.4-2026-03-06", "azure/gpt-5.4")]
    [InlineData("hosted_vllm", "our-llama", "gpt-4o", "gpt-4o")]
    [InlineData("litellm_proxy", "gpt-4o", null, "gpt-4o")]
    [InlineData("openai", "ft:gpt-4o-2024-08-06:our-org:name:id", null, "ft:gpt-4o")]
    [InlineData("groq", "whisper-large-v3", null, "groq/whisper-large-v3")]
    [InlineData("text-completion-openai", "gpt-3.5-turbo-instruct", null, "gpt-3.5-turbo-instruct")]
    public void A_model_is_found_under_the_name_that_LiteLLM_would_take(string provider, string model, string? baseModel, string row)
    {
        Assert.Equal(row, PriceBook.Embedded.Find(provider, model, baseModel)?.Facts.Key);
    }

    [Fact]
    public void The_models_of_a_vendor_are_listed_by_the_vendor_s_own_names()
    {
        var own = PriceBook.WithFile(Encoding.UTF8.GetBytes("""{"groq/of-our-file": {"litellm_provider": "groq", "input_cost_per_token": 0.1}}"""), "own");

        Assert.Contains("gpt-4o", PriceBook.Embedded.ModelsOf("openai"));
        Assert.Contains("llama-3.3-70b-versatile", PriceBook.Embedded.ModelsOf("groq"));
        Assert.DoesNotContain("of-our-file", PriceBook.Embedded.ModelsOf("groq"));
        Assert.Contains("of-our-file", own.ModelsOf("groq"));
        Assert.Contains("llama-3.3-70b-versatile", own.ModelsOf("groq"));
        Assert.DoesNotContain(PriceBook.Embedded.ModelsOf("openai"), static name => name.StartsWith("azure/", StringComparison.Ordinal));
        Assert.Empty(PriceBook.Embedded.ModelsOf("hosted_vllm"));
    }

    [Theory]
    [InlineData("azure", "our-deployment", null)]
    [InlineData("hosted_vllm", "gpt-4o", null)]
    [InlineData("ollama", "gpt-4o-2024-08-06", null)]
    [InlineData("openai", "gpt-4o-of-the-future", null)]
    [InlineData("openai", "", null)]
    [InlineData("openai", "#", null)]
    [InlineData("openai", "gpt-4o\topenai", null)]
    [InlineData("openai", "gpt-4o\nada", null)]
    public void A_model_that_nobody_sells_under_that_name_has_no_price(string provider, string model, string? baseModel)
    {
        Assert.Null(PriceBook.Embedded.Find(provider, model, baseModel));
    }

    [Fact]
    public void A_name_of_any_length_is_looked_for_without_harm()
    {
        Assert.Null(PriceBook.Embedded.Find("openai", new string('x', 5000), new string('\ud800', 400)));
    }

    [Theory]
    [InlineData("gpt-4o", "openai")]
    [InlineData("claude-sonnet-4-5", "anthropic")]
    [InlineData("amazon.nova-lite-v1:0", "bedrock")]
    [InlineData("ft:gpt-4o-2024-08-06:our-org:name:id", "openai")]
    public void The_provider_of_a_model_without_prefix_is_known(string model, string provider)
    {
        Assert.True(PriceBook.Embedded.TryFindProvider(model, out var found));
        Assert.Equal(provider, found);
    }

    [Fact]
    public void A_model_that_the_book_does_not_list_has_no_provider()
    {
        Assert.False(PriceBook.Embedded.TryFindProvider("our-own-model", out var found));
        Assert.Equal("", found);
    }

    [Fact]
    public void A_row_says_what_the_model_is()
    {
        var facts = PriceBook.Embedded.Row("azure/gpt-5")?.Facts;
        Assert.NotNull(facts);
        Assert.Equal("azure", facts.Provider);
        Assert.Equal("chat", facts.Mode);
        Assert.Equal(400_000, facts.MaxInputTokens);
        Assert.Equal(128_000, facts.MaxOutputTokens);
        Assert.Equal(128_000, facts.MaxTokens);
        Assert.Equal(new DateOnly(2027, 2, 6), facts.DeprecationDate);
        Assert.True(facts.Supports["supports_function_calling"]);
        Assert.False(facts.Supports.ContainsKey("supports_audio_input"));
    }

    [Fact]
    public void Prices_are_the_exact_decimals_of_the_list()
    {
        var price = PriceBook.Embedded.Row("gpt-4o");
        Assert.Equal(0.0000025m, price?.InputPerToken);
        Assert.Equal(0.00001m, price?.OutputPerToken);
        Assert.Equal(0.00000125m, price?.Field("cache_read_input_token_cost"));
        Assert.Null(price?.Field("input_cost_per_audio_token"));
    }

    [Fact]
    public void A_file_replaces_the_row_of_that_name_whole_and_adds_new_ones()
    {
        var book = PriceBook.WithFile(
            """
            // the house's own prices
            {
              "sample_spec": { "input_cost_per_token": "USD" },
              "gpt-4o": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 2E-6, "max_tokens": 1e3, "metadata": { "a": [1] } },
              "acme/one": { "input_cost_per_token": 0.5e-6, "output_cost_per_token": 0, "supports_vision": false },
            }
            """u8,
            "prices.json");
        var replaced = book.Find("openai", "gpt-4o", null);
        Assert.Equal(0.000001m, replaced?.InputPerToken);
        Assert.Null(replaced?.Field("cache_read_input_token_cost"));
        Assert.Equal(1000, replaced?.Facts.MaxOutputTokens);
        Assert.Equal(0.0000005m, book.Find("acme", "one", null)?.InputPerToken);
        Assert.False(book.Find("acme", "one", null)?.Facts.Supports["supports_vision"]);
        Assert.Equal("azure/gpt-4o", book.Find("azure", "gpt-4o", null)?.Facts.Key);
    }

    [Theory]
    [InlineData("[]", "expected an object of model names")]
    [InlineData("", "not JSON at line 1")]
    [InlineData("{\"a\": {\"input_cost_per_token\": 1e-6}", "not JSON at line 1")]
    [InlineData("{} {}", "not JSON at line 1")]
    [InlineData("{\"a\": {\n\"input_cost_per_token\": -1e-6}}", "prices.json: a.input_cost_per_token: -0.000001 is negative")]
    [InlineData("{\"a\": {\"input_cost_per_token\": 1e7}}", "more than a million USD")]
    [InlineData("{\"a\": {\"input_cost_per_token\": 1e99}}", "not a decimal number")]
    public void A_file_that_is_no_price_file_says_where_and_why(string json, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => PriceBook.WithFile(Encoding.UTF8.GetBytes(json), "prices.json"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("prices.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deployments_own_prices_win_and_take_over_their_side()
    {
        var own = new Dictionary<string, decimal> { ["input_cost_per_token"] = 0.000003m };
        var price = PriceBook.Embedded.Resolve("azure", "gpt-4o", null, own);
        Assert.Equal(0.000003m, price?.InputPerToken);
        Assert.Equal(0.00001m, price?.OutputPerToken);
        Assert.Null(price?.Field("cache_read_input_token_cost"));
        Assert.Null(price?.Field("input_cost_per_token_batches"));
        Assert.Equal(0.000005m, price?.Field("output_cost_per_token_batches"));
        Assert.Equal("azure/gpt-4o", price?.Facts.Key);
    }

    [Fact]
    public void A_single_own_price_leaves_the_others_alone()
    {
        var own = new Dictionary<string, decimal> { ["cache_read_input_token_cost"] = 0.000001m };
        var price = PriceBook.Embedded.Resolve("azure", "gpt-4o", null, own);
        Assert.Equal(0.000001m, price?.Field("cache_read_input_token_cost"));
        Assert.Equal(0.0000025m, price?.InputPerToken);
    }

    [Fact]
    public void A_deployment_in_no_book_is_known_by_its_own_prices_alone()
    {
        var own = new Dictionary<string, decimal> { ["input_cost_per_token"] = 0m, ["output_cost_per_token"] = 0m };
        var price = PriceBook.Embedded.Resolve("hosted_vllm", "llama", null, own);
        Assert.True(price?.IsFree);
        Assert.Null(PriceBook.Embedded.Resolve("hosted_vllm", "llama", null, None));
    }

    [Fact]
    public void Both_prices_written_as_zero_make_a_listed_model_free()
    {
        var own = new Dictionary<string, decimal> { ["input_cost_per_token"] = 0m, ["output_cost_per_token"] = 0m };
        Assert.True(PriceBook.Embedded.Resolve("azure", "gpt-4o", null, own)?.IsFree);
        Assert.False(PriceBook.Embedded.Row("gpt-4o")?.IsFree);
        Assert.False(PriceBook.Embedded.Row("whisper-1")?.IsFree);
    }

    [Fact]
    public void A_negative_own_price_is_refused_by_name()
    {
        var own = new Dictionary<string, decimal> { ["output_cost_per_token"] = -1m };
        var error = Assert.Throws<ArgumentException>(() => PriceBook.Embedded.Resolve("azure", "gpt-4o", null, own));
        Assert.Contains("output_cost_per_token: -1 is negative", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_callers_choose_take_a_bounded_memory()
    {
        var book = PriceBook.WithFile("{}"u8, "none");
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Null(book.Find("openai", $"made-up-{i}", null));
        }

        Assert.InRange(book.Remembered, 1, 4096);
        Assert.NotNull(book.Find("openai", "gpt-4o", null));
    }

    [Fact]
    public void A_price_that_was_found_is_found_again_without_allocating()
    {
        var first = PriceBook.Embedded.Find("azure", "gpt-4o", null);
        var again = default(ModelPrice);
        Assert.Equal(0, Allocations.Least(() => again = PriceBook.Embedded.Find("azure", "gpt-4o", null)));
        Assert.Same(first, again);
    }
}
