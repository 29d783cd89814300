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
}
