namespace Weir.Providers;

/// <summary>How embeddings are asked for.</summary>
public enum EmbeddingForm
{
    /// <summary>OpenAI's <c>/embeddings</c>: the caller's bytes pass through.</summary>
    OpenAI,

    /// <summary>Gemini's <c>:batchEmbedContents</c>.</summary>
    GeminiBatch,

    /// <summary>Vertex AI's <c>:predict</c> with instances.</summary>
    VertexPredict,
}
