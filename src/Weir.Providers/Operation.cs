namespace Weir.Providers;

/// <summary>What a caller asks of a model. Each operation has its own path at an upstream and its own unit of use.</summary>
public enum Operation
{
    /// <summary><c>POST /chat/completions</c>.</summary>
    Chat,

    /// <summary><c>POST /completions</c> (legacy text completion).</summary>
    Completion,

    /// <summary><c>POST /embeddings</c>.</summary>
    Embedding,

    /// <summary>Counting a prompt's tokens: <c>POST /v1/messages/count_tokens</c>, Gemini's <c>:countTokens</c>. Costs nothing.</summary>
    CountTokens,

    /// <summary><c>POST /images/generations</c>.</summary>
    ImageGeneration,

    /// <summary><c>POST /images/edits</c>.</summary>
    ImageEdit,

    /// <summary><c>POST /audio/transcriptions</c>.</summary>
    Transcription,

    /// <summary><c>POST /audio/translations</c>.</summary>
    Translation,

    /// <summary><c>POST /audio/speech</c>.</summary>
    Speech,

    /// <summary><c>POST /moderations</c>.</summary>
    Moderation,

    /// <summary><c>POST /rerank</c>.</summary>
    Rerank,

    /// <summary>Reading, deleting or cancelling a stored response; all of <c>/conversations</c>.</summary>
    StoredResponse,

    /// <summary><c>/files</c> and <c>/uploads</c>.</summary>
    File,

    /// <summary><c>/batches</c>.</summary>
    Batch,

    /// <summary><c>/realtime</c>, a WebSocket.</summary>
    Realtime,

    /// <summary>A route that is passed through to a vendor or to an address of the configuration.</summary>
    PassThrough,
}
