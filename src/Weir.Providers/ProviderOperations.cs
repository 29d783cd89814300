namespace Weir.Providers;

/// <summary>Which provider has which operation, and where: the one place that knows an operation's interface.</summary>
public static class ProviderOperations
{
    /// <summary>The operations that have one address and one body form each: everything but chat and counting.</summary>
    public static IReadOnlyList<Operation> Plain { get; } =
    [
        Operation.Completion, Operation.Embedding, Operation.ImageGeneration, Operation.ImageEdit, Operation.Transcription, Operation.Translation,
        Operation.Speech, Operation.Moderation, Operation.Rerank, Operation.Realtime,
    ];

    /// <summary>Where <paramref name="operation"/>, one of <see cref="Plain"/>, goes; null when the provider has no such operation.</summary>
    public static Uri? UriOf(IProvider provider, Operation operation, ProviderAddress address) => operation switch
    {
        Operation.Completion => (provider as ICompletionProvider)?.CompletionUri(address),
        Operation.Embedding => (provider as IEmbeddingProvider)?.EmbeddingUri(address),
        Operation.ImageGeneration => (provider as IImageProvider)?.ImageUri(address),
        Operation.ImageEdit => (provider as IImageEditProvider)?.ImageEditUri(address),
        Operation.Transcription => (provider as ITranscriptionProvider)?.TranscriptionUri(address),
        Operation.Translation => (provider as ITranslationProvider)?.TranslationUri(address),
        Operation.Speech => (provider as ISpeechProvider)?.SpeechUri(address),
        Operation.Moderation => (provider as IModerationProvider)?.ModerationUri(address),
        Operation.Rerank => (provider as IRerankProvider)?.RerankUri(address),
        Operation.Realtime => (provider as IRealtimeProvider)?.RealtimeUri(address),
        _ => null,
    };

    /// <summary>Whether the provider has <paramref name="operation"/> at all.</summary>
    public static bool Serves(IProvider provider, Operation operation) => operation switch
    {
        Operation.Chat => provider is IChatProvider,
        Operation.Completion => provider is ICompletionProvider or IChatProvider,
        Operation.Embedding => provider is IEmbeddingProvider,
        Operation.ImageGeneration => provider is IImageProvider,
        Operation.ImageEdit => provider is IImageEditProvider,
        Operation.Transcription => provider is ITranscriptionProvider,
        Operation.Translation => provider is ITranslationProvider,
        Operation.Speech => provider is ISpeechProvider,
        Operation.Moderation => provider is IModerationProvider,
        Operation.Rerank => provider is IRerankProvider,
        Operation.Realtime => provider is IRealtimeProvider,
        _ => false,
    };

    /// <summary>What LiteLLM's <c>model_info.mode</c> stands for; null for modes that have no operation here, and for none.</summary>
    public static Operation? OfMode(string? mode) => mode switch
    {
        "chat" or "responses" => Operation.Chat,
        "completion" => Operation.Completion,
        "embedding" or "embeddings" => Operation.Embedding,
        "image_generation" => Operation.ImageGeneration,
        "image_edit" => Operation.ImageEdit,
        "audio_transcription" => Operation.Transcription,
        "audio_speech" => Operation.Speech,
        "moderation" => Operation.Moderation,
        "rerank" => Operation.Rerank,
        "realtime" => Operation.Realtime,
        _ => null,
    };
}
