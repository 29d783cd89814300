namespace Weir.Gateway.Tests.Config.Wild;

/// <summary>The environment in which the configurations of <c>tests/configs</c> are loaded.</summary>
internal static class WildEnvironment
{
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AZURE_SWEDEN_BASE"] = "https://oai-sweden.openai.azure.com",
        ["AZURE_SWEDEN_KEY"] = "key-sweden",
        ["AZURE_FRANCE_KEY"] = "key-france",
        ["AZURE_API_KEY"] = "key-azure",
        ["SWEDEN_RPM"] = "600",
        ["REDIS_HOST"] = "redis",
        ["REDIS_PORT"] = "6379",
        ["CACHE_TTL"] = "60",
        ["LITELLM_MASTER_KEY"] = "sk-from-the-environment",
        ["PROXY_MASTER_KEY"] = "sk-from-the-chart",
        ["DATABASE_URL"] = "postgresql://u:p@db/litellm",
        ["OPENAI_API_KEY"] = "key-openai",
        ["GROQ_API_KEY"] = "key-groq",
        ["MISTRAL_API_KEY"] = "key-mistral",
        ["DEEPSEEK_API_KEY"] = "key-deepseek",
        ["OPENROUTER_API_KEY"] = "key-openrouter",
        ["CEREBRAS_API_KEY"] = "key-cerebras",
        ["NVIDIA_NIM_API_KEY"] = "key-nvidia",
        ["PERPLEXITY_API_KEY"] = "key-perplexity",
        ["GITHUB_TOKEN"] = "key-github",
        ["ANTHROPIC_API_KEY"] = "key-anthropic",
        ["GEMINI_API_KEY"] = "key-gemini",
        ["COHERE_API_KEY"] = "key-cohere",
        ["MODEL_NAME"] = "hosted_vllm/org/model",
        ["MODEL_BASE"] = "http://vllm:8000/v1",
        ["MODEL_KEY"] = "EMPTY",
        ["MODEL_TIMEOUT"] = "12.5",
        ["MODEL_TEMPERATURE"] = "0.3",
        ["DROP_PARAMS"] = "True",
        ["RETRIES"] = "4",
        ["STREAM_USAGE"] = "false",
        ["KEY_THAT_IS_SET"] = "key-east",
        ["MAX_BUDGET"] = "100",
        ["TENANT"] = "tenant",
        ["CLIENT"] = "client",
        ["CLIENT_SECRET"] = "client-secret",
    };
}
