using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>Anthropic's usage: <c>input_tokens</c> leaves out what was read from or written to the cache.</summary>
internal readonly record struct MessagesUsage(ScriptedUsage Usage)
{
    private int Input => Usage.PromptTokens - Usage.CachedTokens - Usage.CacheWriteTokens;

    public void Write(Utf8JsonWriter json, int output)
    {
        json.WriteStartObject("usage");
        WriteCounts(json);
        json.WriteStartObject("cache_creation");
        json.WriteNumber("ephemeral_5m_input_tokens", Usage.CacheWriteTokens);
        json.WriteNumber("ephemeral_1h_input_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", output);
        json.WriteString("service_tier", "standard");
        json.WriteEndObject();
    }

    /// <summary>The running totals at the end of a stream.</summary>
    public void WriteDelta(Utf8JsonWriter json, int output)
    {
        json.WriteStartObject("usage");
        WriteCounts(json);
        json.WriteNumber("output_tokens", output);
        if (Usage.ReasoningTokens > 0)
        {
            json.WriteStartObject("output_tokens_details");
            json.WriteNumber("thinking_tokens", Usage.ReasoningTokens);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteCounts(Utf8JsonWriter json)
    {
        json.WriteNumber("input_tokens", Input);
        json.WriteNumber("cache_creation_input_tokens", Usage.CacheWriteTokens);
        json.WriteNumber("cache_read_input_tokens", Usage.CachedTokens);
    }
}
