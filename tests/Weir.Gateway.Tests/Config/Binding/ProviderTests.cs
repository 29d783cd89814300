using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed class ProviderTests
{
    [Theory]
    [InlineData("openai/gpt-4o", "openai", "gpt-4o")]
    [InlineData("groq/meta-llama/llama-4-scout", "groq", "meta-llama/llama-4-scout")]
    [InlineData("openrouter/qwen/qwen3-coder:free", "openrouter", "qwen/qwen3-coder:free")]
    [InlineData("ollama_chat/llama3.1:8b", "ollama_chat", "llama3.1:8b")]
    [InlineData("openai/*", "openai", "*")]
    [InlineData("gpt-4o-mini", "openai", "gpt-4o-mini")]
    public void The_model_is_split_at_the_first_slash_only(string model, string provider, string upstream)
    {
        var bound = Bound.Entry($"model: {model}\napi_key: k");

        bound.HasNoProblem();
        Assert.Equal((provider, upstream, model), (bound.Only.Provider, bound.Only.UpstreamModel, bound.Only.LiteLlmModel));
    }

    [Fact]
    public void The_named_provider_wins_over_the_prefix_and_only_its_own_prefix_is_taken_off()
    {
        var own = Bound.Entry("model: hosted_vllm/my/model\ncustom_llm_provider: hosted_vllm\napi_base: http://vllm:8000/v1");
        var other = Bound.Entry("model: Qwen/Qwen3-32B\ncustom_llm_provider: openai\napi_base: http://vllm:8000/v1\napi_key: none");

        Assert.Equal(("hosted_vllm", "my/model"), (own.Only.Provider, own.Only.UpstreamModel));
        Assert.Equal(("openai", "Qwen/Qwen3-32B"), (other.Only.Provider, other.Only.UpstreamModel));
    }

    [Fact]
    public void A_provider_of_another_build_leaves_out_its_entry_alone_and_says_so()
    {
        var bound = Bound.From("""
            model_list:
              - model_name: command
                litellm_params: {model: cohere/command-r-plus, api_key: k}
              - model_name: gpt
                litellm_params: {model: openai/gpt-4o, api_key: k}
            """);

        Assert.Equal("gpt", bound.Only.ModelGroup);
        Assert.Contains("'cohere'", bound.LeftOut.Reason, StringComparison.Ordinal);
        Assert.Equal("config.yaml:3:29", bound.LeftOut.Origin);
        Assert.Equal(ProblemSeverity.Warning, bound.Problem(BindingCodes.ProviderNotServed).Severity);
    }

    [Fact]
    public void A_known_vendor_that_speaks_openai_is_said_to_work_through_openai()
    {
        var bound = Bound.Entry("model: wandb/some-model\napi_key: k");

        Assert.Contains("'openai/some-model' with api_base", bound.LeftOut.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claude-3-haiku-20240307", "anthropic")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", "bedrock")]
    public void The_price_book_tells_the_provider_of_a_model_without_prefix(string model, string provider) =>
        Assert.Equal(provider, Bound.Entry($"model: {model}\napi_key: k\naws_region_name: eu-west-1").Only.Provider);

    [Fact]
    public void A_misspelt_prefix_is_met_with_the_likely_one()
    {
        var problem = Bound.Entry("model: openia/gpt-4o\napi_key: k").Problem(BindingCodes.UnknownProvider);

        Assert.Equal("'openai/gpt-4o'", problem.Suggestion);
        Assert.Equal((3, 14), (problem.Position.Line - 1, problem.Position.Column));
    }

    [Theory]
    [InlineData("meta-llama/Llama-3.1-8B-Instruct")]
    [InlineData("Qwen/Qwen2.5-Coder-32B")]
    [InlineData("mistralai/Mistral-7B")]
    [InlineData("google/gemma-2-9b")]
    public void The_owner_of_a_model_repository_is_explained(string model)
    {
        var bound = Bound.Entry($"model: {model}\napi_base: http://gpu:8000/v1");

        Assert.Contains("owner of a model repository", bound.LeftOut.Reason, StringComparison.Ordinal);
        Assert.Contains($"'openai/{model}'", bound.LeftOut.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_nothing_explains_is_refused_in_the_words_that_the_field_knows()
    {
        var bound = Bound.Entry("model: my-finetune");

        Assert.StartsWith("LLM Provider NOT provided", bound.LeftOut.Reason, StringComparison.Ordinal);
        Assert.Contains("my-finetune", bound.LeftOut.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_of_a_vendor_names_the_provider_of_a_bare_model()
    {
        var bound = Bound.Entry("model: llama3-70b-8192\napi_base: https://api.groq.com/openai/v1\napi_key: k");

        Assert.Equal(("groq", "llama3-70b-8192"), (bound.Only.Provider, bound.Only.UpstreamModel));
    }

    [Fact]
    public void An_auto_router_is_refused_alone_with_what_to_do_instead()
    {
        var bound = Bound.Entry("model: auto_router/router_1\nauto_router_default_model: gpt-4o");

        Assert.Contains("routing_strategy", bound.LeftOut.Reason, StringComparison.Ordinal);
        Assert.Equal(ProblemSeverity.Warning, bound.Problem(BindingCodes.RouterNotServed).Severity);
    }

    [Fact]
    public void Mirrored_traffic_is_an_error_at_its_line()
    {
        var bound = Bound.Entry("model: openai/gpt-4o\napi_key: k\nsilent_model: openai/gpt-4o-mini");

        var problem = bound.Problem(BindingCodes.SilentModel);
        Assert.Equal((ProblemSeverity.Error, 6), (problem.Severity, problem.Position.Line));
        Assert.Empty(bound.Config.Deployments);
    }

    [Fact]
    public void A_provider_written_in_python_is_named_with_the_way_around()
    {
        var bound = Bound.From("""
            model_list:
              - model_name: mine
                litellm_params: {model: my-llm/x}
            litellm_settings:
              custom_provider_map:
                - {provider: my-llm, custom_handler: handler.my_llm}
            """);

        Assert.Contains("Python", bound.LeftOut.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prefix_without_a_model_is_no_deployment() =>
        Assert.Contains("names a provider and no model", Bound.Entry("model: openai/\napi_key: k").LeftOut.Reason, StringComparison.Ordinal);

    [Fact]
    public void A_star_takes_every_provider_that_has_a_key()
    {
        var bound = Bound.From(
            "model_list:\n  - model_name: \"*\"\n    litellm_params:\n      model: \"*\"",
            ("OPENAI_API_KEY", "a"), ("GROQ_API_KEY", "b"));

        bound.HasNoProblem();
        Assert.Equal(
            [("groq/*", "groq"), ("openai/*", "openai"), ("*", "openai")],
            bound.Config.Deployments.Select(static item => (item.ModelGroup, item.Provider)));
        Assert.All(bound.Config.Deployments, static item => Assert.Equal("*", item.UpstreamModel));
        Assert.Equal(3, bound.Config.Deployments.Select(static item => item.Id).Distinct().Count());
    }

    [Fact]
    public void A_star_without_any_key_is_left_out() =>
        Assert.Contains(
            "OPENAI_API_KEY",
            Bound.From("model_list:\n  - model_name: \"*\"\n    litellm_params:\n      model: \"*\"").LeftOut.Reason,
            StringComparison.Ordinal);
}
