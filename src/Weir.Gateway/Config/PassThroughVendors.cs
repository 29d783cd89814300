using Weir.Providers;

namespace Weir.Gateway.Config;

/// <summary>A vendor's own API under a prefix.</summary>
/// <param name="Path">The prefix.</param>
/// <param name="Provider">Catalog name of the vendor.</param>
/// <param name="Format">In whose form a caller there reads Weir's own errors.</param>
internal sealed record PassThroughVendor(string Path, string Provider, WireFormat Format);

/// <summary>The vendors whose APIs are open under LiteLLM's prefixes, one line each.</summary>
internal static class PassThroughVendors
{
    /// <summary>All of them. <c>/openai</c> gives way to Weir's own routes below it; <c>/openai_passthrough</c> has none.</summary>
    internal static readonly PassThroughVendor[] All =
    [
        new("/openai", "openai", WireFormat.OpenAIChat),
        new("/openai_passthrough", "openai", WireFormat.OpenAIChat),
        new("/anthropic", "anthropic", WireFormat.AnthropicMessages),
        new("/gemini", "gemini", WireFormat.GeminiGenerate),
        new("/vertex_ai", "vertex_ai", WireFormat.GeminiGenerate),
        new("/vertex-ai", "vertex_ai", WireFormat.GeminiGenerate),
        new("/bedrock", "bedrock", WireFormat.BedrockConverse),
        new("/azure", "azure", WireFormat.OpenAIChat),
        new("/azure_ai", "azure_ai", WireFormat.OpenAIChat),
        new("/cohere", "cohere", WireFormat.OpenAIChat),
        new("/mistral", "mistral", WireFormat.OpenAIChat),
        new("/vllm", "hosted_vllm", WireFormat.OpenAIChat),
        new("/openrouter", "openrouter", WireFormat.OpenAIChat),
        new("/nvidia_nim", "nvidia_nim", WireFormat.OpenAIChat),
    ];
}
