using Weir.Providers;
using Weir.Providers.Adapters;

namespace Weir.Providers.Tests.Adapters;

/// <summary>Which address a deployment's calls go to.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("openai", null, "https://api.openai.com/v1/chat/completions")]
    [InlineData("openai", "https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions")]
    [InlineData("openai", "http://10.0.0.5:8000/v1/", "http://10.0.0.5:8000/v1/chat/completions")]
    [InlineData("openai", "http://10.0.0.5:8000", "http://10.0.0.5:8000/chat/completions")]
    [InlineData("openai", "http://10.0.0.5:8000/v1/chat/completions", "http://10.0.0.5:8000/v1/chat/completions")]
    [InlineData("openai", "https://gw.example/x/y?key=1", "https://gw.example/x/y/chat/completions?key=1")]
    [InlineData("openai", "http://user:pw@host:81/v1", "http://host:81/v1/chat/completions")]
    [InlineData("openai", "http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions")]
    [InlineData("hosted_vllm", "http://vllm:8000/v1", "http://vllm:8000/v1/chat/completions")]
    [InlineData("ollama", null, "http://localhost:11434/v1/chat/completions")]
    [InlineData("ollama", "http://box:11434", "http://box:11434/v1/chat/completions")]
    [InlineData("ollama", "http://box:11434/", "http://box:11434/v1/chat/completions")]
    [InlineData("ollama", "http://box:11434/v1", "http://box:11434/v1/chat/completions")]
    [InlineData("ollama_chat", "http://box:11434/api/chat", "http://box:11434/v1/chat/completions")]
    [InlineData("ollama", "http://box:11434/api/generate", "http://box:11434/v1/chat/completions")]
    [InlineData("mistral", "https://api.mistral.ai", "https://api.mistral.ai/v1/chat/completions")]
    [InlineData("databricks", "https://adb-1.azuredatabricks.net", "https://adb-1.azuredatabricks.net/serving-endpoints/chat/completions")]
    [InlineData("databricks", "https://adb-1.azuredatabricks.net/serving-endpoints", "https://adb-1.azuredatabricks.net/serving-endpoints/chat/completions")]
    [InlineData("groq", null, "https://api.groq.com/openai/v1/chat/completions")]
    [InlineData("deepseek", null, "https://api.deepseek.com/beta/chat/completions")]
    [InlineData("xai", null, "https://api.x.ai/v1/chat/completions")]
    [InlineData("openrouter", null, "https://openrouter.ai/api/v1/chat/completions")]
    [InlineData("together_ai", null, "https://api.together.xyz/v1/chat/completions")]
    [InlineData("fireworks_ai", null, "https://api.fireworks.ai/inference/v1/chat/completions")]
    [InlineData("perplexity", null, "https://api.perplexity.ai/chat/completions")]
    [InlineData("cerebras", null, "https://api.cerebras.ai/v1/chat/completions")]
    [InlineData("nvidia_nim", null, "https://integrate.api.nvidia.com/v1/chat/completions")]
    [InlineData("github", null, "https://models.inference.ai.azure.com/chat/completions")]
    [InlineData("litellm_proxy", "http://litellm:4000", "http://litellm:4000/chat/completions")]
    [InlineData("lm_studio", null, "http://localhost:1234/v1/chat/completions")]
    [InlineData("llamafile", null, "http://127.0.0.1:8080/v1/chat/completions")]
    public void Chat_goes_under_the_base_address(string provider, string? apiBase, string expected)
    {
        var chat = Assert.IsType<IChatProvider>(ProviderCatalog.Find(provider), exactMatch: false);
        var address = new ProviderAddress(apiBase is null ? null : new(apiBase), null, "m");
        Assert.Equal(expected, chat.ChatUri(address, WireFormat.OpenAIChat, stream: false).AbsoluteUri);
        Assert.True(chat.ModelInBody(address));
    }

    [Theory]
    [InlineData("https://r.openai.azure.com", "2024-10-21", "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://r.openai.azure.com/", "2025-04-01-preview", "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2025-04-01-preview")]
    [InlineData("https://r.openai.azure.com/openai", "2024-10-21", "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://r.openai.azure.com", null, "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2025-02-01-preview")]
    [InlineData("https://r.openai.azure.com", "", "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2025-02-01-preview")]
    [InlineData("https://r.openai.azure.com", "v1", "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.openai.azure.com", "preview", "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.openai.azure.com/", "latest", "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.openai.azure.com/openai/v1", null, "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.openai.azure.com/openai/v1/", "2024-10-21", "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.services.ai.azure.com/openai/v1/chat/completions", null, "https://r.services.ai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.openai.azure.com/openai/deployments/other", "2024-10-21", "https://r.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-10-21")]
    [InlineData("https://r.openai.azure.com/openai/deployments/", "2024-10-21", "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://r.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-06-01", null, "https://r.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-06-01")]
    [InlineData("https://r.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-06-01", "2024-10-21", "https://r.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-10-21")]
    [InlineData("https://apim.azure-api.net/ai", "2024-10-21", "https://apim.azure-api.net/ai/openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://gateway.ai.cloudflare.com/v1/acc/gw/azure-openai/res", "2024-10-21", "https://gateway.ai.cloudflare.com/v1/acc/gw/azure-openai/res/gpt/chat/completions?api-version=2024-10-21")]
    public void Azure_takes_the_dated_or_the_v1_route(string apiBase, string? version, string expected)
    {
        var azure = new AzureOpenAI();
        var address = new ProviderAddress(new(apiBase), version, "gpt");
        Assert.Equal(expected, azure.ChatUri(address, WireFormat.OpenAIChat, stream: false).AbsoluteUri);
        Assert.Equal(expected.Contains("/openai/v1/", StringComparison.Ordinal), azure.ModelInBody(address));
    }

    [Fact]
    public void Each_operation_has_its_own_path()
    {
        var address = new ProviderAddress(new("https://r.openai.azure.com"), "2024-10-21", "emb");
        Assert.EndsWith("/openai/deployments/emb/embeddings?api-version=2024-10-21", new AzureOpenAI().EmbeddingUri(address).AbsoluteUri, StringComparison.Ordinal);
        Assert.EndsWith("/openai/deployments/emb/completions?api-version=2024-10-21", new AzureOpenAI().CompletionUri(address).AbsoluteUri, StringComparison.Ordinal);
        var openai = Assert.IsType<OpenAICompatibleWithText>(ProviderCatalog.Find("openai"));
        Assert.Equal("https://api.openai.com/v1/embeddings", openai.EmbeddingUri(new(null, null, "m")).AbsoluteUri);
        Assert.Equal("https://api.openai.com/v1/completions", openai.CompletionUri(new(null, null, "m")).AbsoluteUri);
    }

    [Theory]
    [InlineData("gemini", null, "gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse")]
    [InlineData("gemini", "https://proxy.example/v1beta", "m", "https://proxy.example/v1beta/models/m:streamGenerateContent?alt=sse")]
    [InlineData("gemini", "https://proxy.example/v1beta/models/other", "m", "https://proxy.example/v1beta/models/other:streamGenerateContent?alt=sse")]
    [InlineData("anthropic", null, "claude-sonnet-4-5", "https://api.anthropic.com/v1/messages")]
    [InlineData("anthropic", "https://proxy.example/v1/messages", "m", "https://proxy.example/v1/messages")]
    [InlineData("azure_ai", "https://r.services.ai.azure.com", "claude-sonnet-4-5", "https://r.services.ai.azure.com/anthropic/v1/messages")]
    [InlineData("azure_ai", "https://r.services.ai.azure.com/models", "grok-3", "https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview")]
    [InlineData("azure_ai", "https://r.services.ai.azure.com/openai/v1", "grok-3", "https://r.services.ai.azure.com/openai/v1/chat/completions")]
    [InlineData("azure_ai", "https://m.eastus2.models.ai.azure.com", "command-r", "https://m.eastus2.models.ai.azure.com/v1/chat/completions")]
    [InlineData("bedrock", null, "anthropic.claude-3-haiku-20240307-v1:0", "https://bedrock-runtime.eu-west-4.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream")]
    [InlineData("vertex_ai", null, "gemini-2.5-pro", "https://eu-west-4-aiplatform.googleapis.com/v1/projects/p/locations/eu-west-4/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse")]
    [InlineData("vertex_ai", null, "claude-sonnet-4-5@20250929", "https://eu-west-4-aiplatform.googleapis.com/v1/projects/p/locations/eu-west-4/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict")]
    [InlineData("bedrock", null, "invoke/eu-west-4/anthropic.claude-3-haiku-20240307-v1:0", "https://bedrock-runtime.eu-west-4.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke-with-response-stream")]
    [InlineData("bedrock", null, "invoke/meta.llama3-70b-instruct-v1:0", "https://bedrock-runtime.eu-west-4.amazonaws.com/model/meta.llama3-70b-instruct-v1%3A0/converse-stream")]
    public void A_vendor_s_own_format_has_its_own_address(string provider, string? apiBase, string model, string expected)
    {
        var chat = Assert.IsType<IChatProvider>(ProviderCatalog.Find(provider), exactMatch: false);
        var address = new ProviderAddress(apiBase is null ? null : new Uri(apiBase), null, chat.UpstreamModel(model)) { Location = "eu-west-4", Project = "p" };
        Assert.Equal(expected, chat.ChatUri(address, chat.ChatFormats(model)[0], stream: true).AbsoluteUri);
    }

    [Theory]
    [InlineData("us-east-1/anthropic.claude-v2", "us-east-1", "anthropic.claude-v2")]
    [InlineData("converse/us-east-1/anthropic.claude-v2", "us-east-1", "anthropic.claude-v2")]
    [InlineData("us.anthropic.claude-v2", null, "us.anthropic.claude-v2")]
    [InlineData("arn:aws:bedrock:eu-central-1:1:inference-profile/x", "eu-central-1", "arn:aws:bedrock:eu-central-1:1:inference-profile/x")]
    public void Bedrock_reads_the_region_in_a_model_s_name(string model, string? region, string upstream)
    {
        var bedrock = ProviderCatalog.Find("bedrock")!; // In the catalog, as another test shows.
        Assert.Equal(region, bedrock.LocationIn(model));
        Assert.Equal(upstream, bedrock.UpstreamModel(model));
    }

    [Fact]
    public void A_deployment_name_can_not_leave_its_place_in_the_path()
    {
        var uri = new AzureOpenAI().ChatUri(new(new("https://r.openai.azure.com"), "2024-10-21", "a/../../b?x#y"), WireFormat.OpenAIChat, stream: false);
        Assert.Equal("/openai/deployments/a%2F..%2F..%2Fb%3Fx%23y/chat/completions", uri.AbsolutePath);
    }

    [Theory]
    [InlineData("azure", "AZURE_API_BASE")]
    [InlineData("hosted_vllm", "HOSTED_VLLM_API_BASE")]
    [InlineData("litellm_proxy", "LITELLM_PROXY_API_BASE")]
    public void Without_any_address_the_message_names_the_way(string provider, string variable)
    {
        var chat = Assert.IsType<IChatProvider>(ProviderCatalog.Find(provider), exactMatch: false);
        var address = new ProviderAddress(null, null, "m");
        Assert.Null(chat.BaseAddress(address));
        Assert.Contains(variable, Assert.Throws<InvalidOperationException>(() => chat.ChatUri(address, WireFormat.OpenAIChat, stream: false)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-10-21", true)]
    [InlineData("2025-04-01-preview", true)]
    [InlineData("v1", true)]
    [InlineData("latest", true)]
    [InlineData("2024-13-01", false)]
    [InlineData("2024-10-21preview", false)]
    [InlineData("1.0", false)]
    [InlineData("20241021", false)]
    public void An_api_version_can_be_told_from_other_text(string text, bool expected) => Assert.Equal(expected, AzureOpenAI.LooksLikeVersion(text));
}
