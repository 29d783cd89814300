namespace Weir.Providers;

/// <summary>How a body, an answer and a stream are written.</summary>
public enum WireFormat
{
    /// <summary>OpenAI chat completions; also text completions and embeddings, which are never translated.</summary>
    OpenAIChat,

    /// <summary>OpenAI Responses.</summary>
    OpenAIResponses,

    /// <summary>Anthropic Messages.</summary>
    AnthropicMessages,

    /// <summary>Gemini generateContent.</summary>
    GeminiGenerate,

    /// <summary>Bedrock Converse.</summary>
    BedrockConverse,
}
