namespace Weir.Providers.Tests.Adapters;

/// <summary>Where calls go that are no chats.</summary>
public sealed class OperationAddressTests
{
    [Theory]
    [InlineData("openai", null, Operation.ImageGeneration, "https://api.openai.com/v1/images/generations")]
    [InlineData("openai", "http://h/v1/audio/speech", Operation.Speech, "http://h/v1/audio/speech")]
    [InlineData("groq", null, Operation.Transcription, "https://api.groq.com/openai/v1/audio/transcriptions")]
    [InlineData("openai", null, Operation.Translation, "https://api.openai.com/v1/audio/translations")]
    [InlineData("mistral", null, Operation.Moderation, "https://api.mistral.ai/v1/moderations")]
    [InlineData("azure", "https://r.openai.azure.com", Operation.ImageEdit, "https://r.openai.azure.com/openai/deployments/m/images/edits?api-version=2025-02-01-preview")]
    [InlineData("azure", "https://r.openai.azure.com/openai/deployments/m/audio/transcriptions?api-version=2024-06-01", Operation.Transcription, "https://r.openai.azure.com/openai/deployments/m/audio/transcriptions?api-version=2024-06-01")]
    [InlineData("azure", "https://r.openai.azure.com/openai/v1", Operation.Speech, "https://r.openai.azure.com/openai/v1/audio/speech")]
    [InlineData("azure", "https://r.openai.azure.com", Operation.Moderation, null)]
    [InlineData("cohere", null, Operation.Rerank, "https://api.cohere.com/v2/rerank")]
    [InlineData("cohere", "https://api.cohere.com/v1/rerank", Operation.Rerank, "https://api.cohere.com/v1/rerank")]
    [InlineData("jina_ai", null, Operation.Rerank, "https://api.jina.ai/v1/rerank")]
    [InlineData("jina_ai", null, Operation.Embedding, "https://api.jina.ai/v1/embeddings")]
    [InlineData("together_ai", null, Operation.Rerank, "https://api.together.xyz/v1/rerank")]
    [InlineData("hosted_vllm", "http://vllm:8000/v1", Operation.Rerank, "http://vllm:8000/v1/rerank")]
    [InlineData("infinity", "http://i:7997", Operation.Rerank, "http://i:7997/rerank")]
    [InlineData("azure_ai", "https://x.eastus.models.ai.azure.com", Operation.Rerank, "https://x.eastus.models.ai.azure.com/v1/rerank")]
    [InlineData("openai", null, Operation.Rerank, null)]
    [InlineData("openai", null, Operation.Realtime, "wss://api.openai.com/v1/realtime?model=m")]
    [InlineData("openai", "http://h:8000/v1?x=1", Operation.Realtime, "ws://h:8000/v1/realtime?x=1&model=m")]
    [InlineData("openai", "https://h/v1/realtime", Operation.Realtime, "wss://h/v1/realtime?model=m")]
    [InlineData("xai", null, Operation.Realtime, "wss://api.x.ai/v1/realtime?model=m")]
    [InlineData("azure", "https://r.openai.azure.com", Operation.Realtime, "wss://r.openai.azure.com/openai/realtime?api-version=2025-02-01-preview&deployment=m")]
    [InlineData("azure", "https://r.openai.azure.com/openai/deployments/m/chat/completions?api-version=2025-04-01-preview", Operation.Realtime, "wss://r.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=m")]
    [InlineData("azure", "https://r.openai.azure.com/openai/v1", Operation.Realtime, "wss://r.openai.azure.com/openai/v1/realtime?model=m")]
    [InlineData("anthropic", null, Operation.Realtime, null)]
    [InlineData("anthropic", null, Operation.Speech, null)]
    public void Each_operation_has_its_path_or_none(string provider, string? given, Operation operation, string? expected)
    {
        var found = ProviderCatalog.Find(provider)!;
        var uri = ProviderOperations.UriOf(found, operation, new ProviderAddress(given is null ? null : new Uri(given), null, "m"));
        Assert.Equal(expected, uri?.AbsoluteUri);
        Assert.Equal(expected is not null, ProviderOperations.Serves(found, operation));
    }
}
