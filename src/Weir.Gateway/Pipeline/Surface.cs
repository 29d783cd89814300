using Weir.Gateway.Pipeline.Kept;
using Weir.Providers;

namespace Weir.Gateway.Pipeline;

/// <summary>What a route stands for.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Format">How the caller writes and reads.</param>
/// <param name="Route">The route's template, for metrics and traces; one of the endpoint list.</param>
internal sealed record Surface(Operation Operation, WireFormat Format, string Route)
{
    /// <summary>What is done with a thing that an upstream keeps; null when a model is called.</summary>
    internal KeptRoute? Kept { get; init; }

    /// <summary>The operation's path, for messages.</summary>
    internal string Name => (Operation, Format) switch
    {
        (Operation.File, _) => "/files",
        (Operation.Batch, _) => "/batches",
        (Operation.Completion, _) => "/completions",
        (Operation.Embedding, _) => "/embeddings",
        (Operation.CountTokens, WireFormat.AnthropicMessages) => "/v1/messages/count_tokens",
        (_, WireFormat.AnthropicMessages) => "/v1/messages",
        (_, WireFormat.OpenAIResponses) => "/responses",
        (_, WireFormat.GeminiGenerate) => "/v1beta/models",
        _ => "/chat/completions",
    };

    /// <summary>The chat that a text completion can be asked as.</summary>
    internal Surface AsChat => this with { Operation = Operation.Chat };

    /// <summary>Whether the path names the model and says whether to stream, and the body does not.</summary>
    internal bool ModelInPath => Format is WireFormat.GeminiGenerate or WireFormat.BedrockConverse;
}
