using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Writes <c>usage</c>.</summary>
internal static class UsageWriter
{
    /// <summary>Writes the member. Cache writes have no place of OpenAI's: they are told as LiteLLM tells them.</summary>
    internal static void Write(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage.Prompt);
        json.WriteNumber("completion_tokens"u8, usage.Completion);
        json.WriteNumber("total_tokens"u8, Math.Max(usage.Total, usage.Prompt + usage.Completion));
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedPrompt);
        json.WriteNumber("audio_tokens"u8, usage.AudioPrompt);
        if (usage.CacheWrite > 0)
        {
            json.WriteNumber("cache_creation_tokens"u8, usage.CacheWrite);
        }
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        json.WriteNumber("audio_tokens"u8, usage.AudioCompletion);
        json.WriteEndObject();
        if (usage.CacheWrite > 0)
        {
            json.WriteNumber("cache_creation_input_tokens"u8, usage.CacheWrite);
            json.WriteNumber("cache_read_input_tokens"u8, usage.CachedPrompt);
        }
        json.WriteEndObject();
    }
}
