using System.Collections.Frozen;

namespace Weir.Providers.Pricing;

/// <summary>What is known about a model besides its prices. An absent value means unknown, never "no" and never zero.</summary>
public sealed record ModelFacts
{
    /// <summary>Name of the row in the price book, e.g. <c>azure/gpt-4o</c>.</summary>
    public required string Key { get; init; }

    /// <summary>LiteLLM's <c>litellm_provider</c> as the row has it, e.g. <c>bedrock_converse</c>.</summary>
    public string Provider { get; init; } = "";

    /// <summary>chat, embedding, audio_transcription, ...; null when not said.</summary>
    public string? Mode { get; init; }

    /// <summary>Context window in tokens.</summary>
    public long? MaxInputTokens { get; init; }

    /// <summary>Longest answer in tokens.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>LiteLLM's older <c>max_tokens</c>: the longest answer, else the context window.</summary>
    public long? MaxTokens => MaxOutputTokens ?? MaxInputTokens;

    /// <summary>Day on which the vendor retires the model; a hint, since vendors move these days.</summary>
    public DateOnly? DeprecationDate { get; init; }

    /// <summary><c>supports_*</c> flags by their full name.</summary>
    public FrozenDictionary<string, bool> Supports { get; init; } = FrozenDictionary<string, bool>.Empty;
}
