using Weir.Providers;

namespace Weir.Providers.Tests.Adapters;

public sealed class ProviderCatalogTests
{
    public static TheoryData<string> Names => [.. ProviderCatalog.Names];

    [Fact]
    public void Every_provider_of_this_part_is_in_the_catalog()
    {
        string[] wanted =
        [
            "openai", "azure", "text-completion-openai", "hosted_vllm", "ollama", "ollama_chat", "lm_studio", "llamafile", "groq", "mistral",
            "deepseek", "xai", "openrouter", "together_ai", "fireworks_ai", "perplexity", "cerebras", "nvidia_nim", "databricks", "github",
            "litellm_proxy", "custom_openai", "openai_like", "anthropic", "azure_ai", "gemini", "vertex_ai", "bedrock", "cohere", "jina_ai", "infinity",
        ];
        Assert.All(wanted, name => Assert.Equal(name, ProviderCatalog.Find(name)?.Name));
    }

    [Fact]
    public void A_name_is_served_here_or_known_elsewhere_but_never_both() =>
        Assert.Empty(ProviderCatalog.Names.Intersect(ProviderCatalog.KnownElsewhere));

    [Theory]
    [InlineData("voyage")]
    [InlineData("sagemaker")]
    [InlineData("huggingface")]
    public void LiteLLMs_other_prefixes_are_known(string name)
    {
        Assert.Contains(name, ProviderCatalog.KnownElsewhere.Order());
        Assert.Null(ProviderCatalog.Find(name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_provider_names_where_its_key_and_address_may_come_from(string name)
    {
        var provider = Provider(name);
        Assert.True(provider.KeyVariables.Count > 0 || provider.ProjectVariables.Count > 0, "Nothing in the environment can let it sign in.");
        Assert.NotEmpty(provider.BaseVariables);
        Assert.All(provider.KeyVariables.Concat(provider.BaseVariables).Concat(provider.VersionVariables), v => Assert.Matches("^[A-Z_]+$", v));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_default_address_is_https_unless_it_is_this_machine(string name)
    {
        var root = Provider(name).BaseAddress(new(null, null, "m"));
        Assert.True(root is null || root.Scheme == "https" || root.IsLoopback, root?.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_provider_serves_at_least_one_operation(string name) =>
        Assert.Contains(Enum.GetValues<Operation>(), operation => ProviderOperations.Serves(Provider(name), operation));

    [Theory]
    [InlineData("azure/my-gpt", "azure", "my-gpt")]
    [InlineData("azure/o_series/my-o3", "azure", "my-o3")]
    [InlineData("azure/responses/my-codex", "azure", "my-codex")]
    [InlineData("openai/gpt-4o", "openai", "gpt-4o")]
    [InlineData("openrouter/anthropic/claude-sonnet-4", "openrouter", "anthropic/claude-sonnet-4")]
    [InlineData("hosted_vllm/meta-llama/Llama-3.1-8B", "hosted_vllm", "meta-llama/Llama-3.1-8B")]
    [InlineData("fireworks_ai/llama-v3p1-8b-instruct", "fireworks_ai", "accounts/fireworks/models/llama-v3p1-8b-instruct")]
    [InlineData("fireworks_ai/accounts/acme/models/x", "fireworks_ai", "accounts/acme/models/x")]
    [InlineData("ollama/llama3:8b", "ollama", "llama3:8b")]
    [InlineData("text-completion-openai/gpt-3.5-turbo-instruct", "text-completion-openai", "gpt-3.5-turbo-instruct")]
    public void The_prefix_is_the_provider_and_the_rest_the_upstreams_model(string text, string provider, string model)
    {
        Assert.True(ProviderCatalog.TrySplit(text, out var found, out var upstream));
        Assert.Equal(provider, found.Name);
        Assert.Equal(model, upstream);
    }

    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("voyage/rerank-2")]
    [InlineData("/gpt-4o")]
    [InlineData("OpenAI/gpt-4o")]
    [InlineData("")]
    public void Without_a_catalog_prefix_nothing_is_split(string text)
    {
        Assert.False(ProviderCatalog.TrySplit(text, out var provider, out var model));
        Assert.Null(provider);
        Assert.Equal(text, model);
    }

    private static IProvider Provider(string name) => ProviderCatalog.Find(name) ?? throw new InvalidOperationException(name);
}
