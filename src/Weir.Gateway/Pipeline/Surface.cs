using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.PassThrough;
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

    /// <summary>Where calls are passed through to as they are; null when a model is called.</summary>
    internal PassThroughRoute? PassThrough { get; init; }

    /// <summary>The vendor's API under which the route lies: a call goes on to it as it is when its model is nobody's here.</summary>
    internal PassThroughRoute? Above { get; init; }

    /// <summary>The operation's path, for messages.</summary>
    internal string Name => (Operation, Format) switch
    {
        (Operation.PassThrough, _) => Route,
        (Operation.File, _) => "/files",
        (Operation.Batch, _) => "/batches",
        (Operation.Completion, _) => "/completions",
        (Operation.Embedding, _) => "/embeddings",
        (Operation.ImageGeneration, _) => "/images/generations",
        (Operation.ImageEdit, _) => "/images/edits",
        (Operation.Speech, _) => "/audio/speech",
        (Operation.Transcription, _) => "/audio/transcriptions",
        (Operation.Translation, _) => "/audio/translations",
        (Operation.Moderation, _) => "/moderations",
        (Operation.Rerank, _) => "/rerank",
        (Operation.Realtime, _) => "/realtime",
        (Operation.CountTokens, WireFormat.AnthropicMessages) => "/v1/messages/count_tokens",
        (_, WireFormat.AnthropicMessages) => "/v1/messages",
        (_, WireFormat.OpenAIResponses) => "/responses",
        (_, WireFormat.GeminiGenerate) => "/v1beta/models",
        _ => "/chat/completions",
    };

    /// <summary>The chat that a text completion can be asked as.</summary>
    internal Surface AsChat => this with { Operation = Operation.Chat };

    /// <summary>Whether the body is a form with files.</summary>
    internal bool TakesForm => Operation is Operation.ImageEdit or Operation.Transcription or Operation.Translation;

    /// <summary>Whether images, sounds, judgements or rankings are asked for, and not text or vectors.</summary>
    internal bool IsMedia => Operation is >= Operation.ImageGeneration and <= Operation.Rerank;

    /// <summary>Whether the path names the model and says whether to stream, and the body does not.</summary>
    internal bool ModelInPath => Format is WireFormat.GeminiGenerate or WireFormat.BedrockConverse;
}
