using System.Collections.Frozen;
using Weir.Providers.Adapters;

namespace Weir.Providers;

/// <summary>List 1: every provider that this build serves, one line each, under LiteLLM's prefix.</summary>
public static class ProviderCatalog
{
    private static readonly IProvider[] All =
    [
        new AzureOpenAI(),
        new TextCompletionOpenAI(),
        new OpenAICompatibleWithText("openai") { HasResponses = true, HasFiles = true, DefaultBase = new("https://api.openai.com/v1"), KeyVariables = ["OPENAI_API_KEY"], BaseVariables = ["OPENAI_BASE_URL", "OPENAI_API_BASE"] },

        // Vendors with a wire format of their own.
        new Anthropic(),
        new AzureAI(),
        new GoogleAIStudio(),
        new VertexAI(),
        new Bedrock(),

        // Servers that people run themselves.
        new OpenAICompatibleWithRerank("hosted_vllm") { KeyVariables = ["HOSTED_VLLM_API_KEY"], BaseVariables = ["HOSTED_VLLM_API_BASE"], KeyOptional = true },
        Ollama("ollama"),
        Ollama("ollama_chat"),
        new OpenAICompatibleWithText("lm_studio") { DefaultBase = new("http://localhost:1234/v1"), KeyVariables = ["LM_STUDIO_API_KEY"], BaseVariables = ["LM_STUDIO_API_BASE"], KeyOptional = true },
        new OpenAICompatibleWithText("llamafile") { DefaultBase = new("http://127.0.0.1:8080/v1"), KeyVariables = ["LLAMAFILE_API_KEY"], BaseVariables = ["LLAMAFILE_API_BASE"], KeyOptional = true },
        new OpenAICompatibleWithRerank("litellm_proxy") { HasResponses = true, HasFiles = true, KeyVariables = ["LITELLM_PROXY_API_KEY"], BaseVariables = ["LITELLM_PROXY_API_BASE"], KeyOptional = true },
        new OpenAICompatibleWithText("custom_openai") { KeyVariables = ["OPENAI_LIKE_API_KEY"], BaseVariables = ["OPENAI_LIKE_API_BASE"], KeyOptional = true },
        new OpenAICompatibleWithText("openai_like") { KeyVariables = ["OPENAI_LIKE_API_KEY"], BaseVariables = ["OPENAI_LIKE_API_BASE"], KeyOptional = true },

        // Rerankers.
        new RerankVendor("cohere") { DefaultBase = new("https://api.cohere.com/v2"), KeyVariables = ["COHERE_API_KEY", "CO_API_KEY"], BaseVariables = ["COHERE_API_BASE"] },
        new EmbeddingAndRerankVendor("jina_ai") { DefaultBase = new("https://api.jina.ai/v1"), KeyVariables = ["JINA_AI_API_KEY"], BaseVariables = ["JINA_AI_API_BASE"] },
        new EmbeddingAndRerankVendor("infinity") { KeyVariables = ["INFINITY_API_KEY"], BaseVariables = ["INFINITY_API_BASE"], KeyOptional = true },

        // Vendors.
        new OpenAICompatible("groq") { DefaultBase = new("https://api.groq.com/openai/v1"), KeyVariables = ["GROQ_API_KEY"], BaseVariables = ["GROQ_API_BASE"] },
        new OpenAICompatible("mistral") { DefaultBase = new("https://api.mistral.ai/v1"), KeyVariables = ["MISTRAL_AZURE_API_KEY", "MISTRAL_API_KEY"], BaseVariables = ["MISTRAL_AZURE_API_BASE", "MISTRAL_API_BASE"], RequiredPath = "/v1" },
        new OpenAICompatibleWithText("deepseek") { DefaultBase = new("https://api.deepseek.com/beta"), KeyVariables = ["DEEPSEEK_API_KEY"], BaseVariables = ["DEEPSEEK_API_BASE"] },
        new OpenAICompatible("xai") { HasResponses = true, DefaultBase = new("https://api.x.ai/v1"), KeyVariables = ["XAI_API_KEY"], BaseVariables = ["XAI_API_BASE"] },
        new OpenAICompatibleWithText("openrouter") { DefaultBase = new("https://openrouter.ai/api/v1"), KeyVariables = ["OPENROUTER_API_KEY", "OR_API_KEY"], BaseVariables = ["OPENROUTER_API_BASE"] },
        new OpenAICompatibleWithRerank("together_ai") { DefaultBase = new("https://api.together.xyz/v1"), KeyVariables = ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"], BaseVariables = ["TOGETHER_AI_API_BASE"] },
        new OpenAICompatibleWithText("fireworks_ai") { DefaultBase = new("https://api.fireworks.ai/inference/v1"), KeyVariables = ["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"], BaseVariables = ["FIREWORKS_API_BASE"], ModelPrefix = "accounts/fireworks/models/", ModelRoot = "accounts/" },
        new OpenAICompatible("perplexity") { DefaultBase = new("https://api.perplexity.ai"), KeyVariables = ["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"], BaseVariables = ["PERPLEXITY_API_BASE"] },
        new OpenAICompatibleWithText("cerebras") { DefaultBase = new("https://api.cerebras.ai/v1"), KeyVariables = ["CEREBRAS_API_KEY"], BaseVariables = ["CEREBRAS_API_BASE"] },
        new OpenAICompatibleWithText("nvidia_nim") { DefaultBase = new("https://integrate.api.nvidia.com/v1"), KeyVariables = ["NVIDIA_NIM_API_KEY"], BaseVariables = ["NVIDIA_NIM_API_BASE"] },
        new OpenAICompatibleWithText("databricks") { KeyVariables = ["DATABRICKS_API_KEY"], BaseVariables = ["DATABRICKS_API_BASE"], RequiredPath = "/serving-endpoints" },
        new OpenAICompatible("github") { DefaultBase = new("https://models.inference.ai.azure.com"), KeyVariables = ["GITHUB_API_KEY"], BaseVariables = ["GITHUB_API_BASE"] },
        new OpenAICompatible("dashscope") { DefaultBase = new("https://dashscope-intl.aliyuncs.com/compatible-mode/v1"), KeyVariables = ["DASHSCOPE_API_KEY"], BaseVariables = ["DASHSCOPE_API_BASE"] },
        new OpenAICompatible("deepinfra") { DefaultBase = new("https://api.deepinfra.com/v1/openai"), KeyVariables = ["DEEPINFRA_API_KEY"], BaseVariables = ["DEEPINFRA_API_BASE"] },
        new OpenAICompatible("moonshot") { DefaultBase = new("https://api.moonshot.ai/v1"), KeyVariables = ["MOONSHOT_API_KEY"], BaseVariables = ["MOONSHOT_API_BASE"] },
        new OpenAICompatible("nebius") { DefaultBase = new("https://api.studio.nebius.ai/v1"), KeyVariables = ["NEBIUS_API_KEY"], BaseVariables = ["NEBIUS_API_BASE"] },
        new OpenAICompatible("novita") { DefaultBase = new("https://api.novita.ai/v3/openai"), KeyVariables = ["NOVITA_API_KEY"], BaseVariables = ["NOVITA_API_BASE"] },
        new OpenAICompatible("sambanova") { DefaultBase = new("https://api.sambanova.ai/v1"), KeyVariables = ["SAMBANOVA_API_KEY"], BaseVariables = ["SAMBANOVA_API_BASE"] },
        new OpenAICompatible("volcengine") { DefaultBase = new("https://ark.cn-beijing.volces.com/api/v3"), KeyVariables = ["VOLCENGINE_API_KEY"], BaseVariables = ["VOLCENGINE_API_BASE"] },
        new OpenAICompatible("zai") { DefaultBase = new("https://api.z.ai/api/paas/v4"), KeyVariables = ["ZAI_API_KEY"], BaseVariables = ["ZAI_API_BASE"] },
    ];

    /// <summary>Names under which LiteLLM and its price book file models of a provider that has another name here.</summary>
    private static readonly KeyValuePair<string, string>[] Aliases =
    [
        new("bedrock_converse", "bedrock"), new("vertex_ai_beta", "vertex_ai"), new("vertex_ai-language-models", "vertex_ai"),
        new("vertex_ai-anthropic_models", "vertex_ai"),
    ];

    private static readonly FrozenDictionary<string, IProvider> ByName = All.Select(p => (p.Name, Provider: p))
        .Concat(Aliases.Select(a => (Name: a.Key, Provider: All.First(p => p.Name == a.Value)))).ToFrozenDictionary(p => p.Name, p => p.Provider, StringComparer.Ordinal);

    /// <summary>Every catalog name, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(p => p.Name).Order(StringComparer.Ordinal)];

    /// <summary>Prefixes that LiteLLM serves and this build does not, so that a message can say "known, not served" and not "unknown".</summary>
    public static FrozenSet<string> KnownElsewhere { get; } = FrozenSet.ToFrozenSet(
        [
            "a2a", "ai21", "ai21_chat", "aiml", "aleph_alpha", "amazon_nova", "anthropic_text", "anyscale", "assemblyai",
            "auto_router", "aws_polly", "azure_text", "baseten", "bytez", "cloudflare", "codestral",
            "cohere_chat", "cometapi", "compactifai", "custom", "dashscope_text", "datarobot", "deepgram", "docker_model_runner",
            "elevenlabs", "empower", "fal_ai", "featherless_ai", "friendliai", "galadriel", "gigachat", "github_copilot",
            "gradient_ai", "heroku", "huggingface", "hyperbolic", "lambda_ai", "langgraph", "lemonade",
            "llamagate", "maritalk", "meta_llama", "minimax", "morph", "nano-gpt", "nlp_cloud", "nscale", "oci", "oobabooga", "ovhcloud",
            "palm", "petals", "poe", "predibase", "publicai", "ragflow", "recraft", "replicate", "runwayml", "sagemaker",
            "sagemaker_chat", "sap", "snowflake", "stability", "text-completion-codestral", "topaz", "triton", "v0",
            "vercel_ai_gateway", "vllm", "voyage", "wandb", "watsonx", "watsonx_text", "xiaomi_mimo",
            "xinference",
            "abliteration", "apertis", "azure_agents", "bedrock_mantle", "black_forest_labs", "chatgpt", "chutes", "clarifai", "gmi", "helicone", "manus",
            "pydantic_ai_agents", "sarvam", "scaleway", "synthetic",
        ],
        StringComparer.Ordinal);

    /// <summary>The provider called <paramref name="name"/> (LiteLLM's prefix), or null.</summary>
    public static IProvider? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ByName.GetValueOrDefault(name);
    }

    /// <summary>
    /// Splits LiteLLM's <c>provider/model</c>. False when the text before the first slash is no catalog name; the model then
    /// may still be one without prefix.
    /// </summary>
    /// <param name="model">E.g. <c>azure/o_series/my-deployment</c>.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="upstreamModel">The upstream's own name of the model: <c>my-deployment</c>.</param>
    public static bool TrySplit(string model, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IProvider? provider, out string upstreamModel)
    {
        ArgumentNullException.ThrowIfNull(model);
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        provider = slash > 0 ? Find(model[..slash]) : null;
        upstreamModel = provider is null ? model : provider.UpstreamModel(model[(slash + 1)..]);
        return provider is not null;
    }

    private static OpenAICompatibleWithText Ollama(string name) => new(name)
    {
        DefaultBase = new("http://localhost:11434"),
        KeyVariables = ["OLLAMA_API_KEY"],
        BaseVariables = ["OLLAMA_API_BASE"],
        KeyOptional = true,
        RequiredPath = "/v1",
        NativePaths = ["/api/generate", "/api/chat", "/api/embeddings", "/api/embed", "/api"],
    };
}
