using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// <c>POST /v1/messages/count_tokens</c>: takes the body of a message (whatever limits it names are of no matter) and answers
/// <c>{"input_tokens":n}</c>. Where no upstream counts, the gateway does.
/// </summary>
public static class CountTokens
{
    /// <summary>Writes the question to Anthropic. It refuses members that only matter to an answer, so they are not written, and nothing is said of them.</summary>
    /// <exception cref="DialectException">Leaving something out would change what is counted.</exception>
    public static void WriteRequest(ChatTurn turn, IBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target, Wire.WriterOptions);
        new RequestWriter(turn, json, new Dropped()).WriteForCounting();
    }

    /// <summary>The count in an upstream's reply; null when it holds none.</summary>
    public static long? ReadReply(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, Wire.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            long? count = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isCount = reader.ValueTextEquals("input_tokens"u8);
                reader.Read();
                count = isCount && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= 0 ? value : count;
                reader.Skip();
            }
            return count;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Writes the reply.</summary>
    public static void WriteReply(long tokens, IBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target, Wire.WriterOptions);
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, tokens);
        json.WriteEndObject();
    }

    /// <summary>
    /// Counts here. Anthropic publishes no tokenizer: the count is OpenAI's of the same text, an estimate that is some percent too low for
    /// Claude, as LiteLLM's is.
    /// </summary>
    public static TokenCount Count(ChatTurn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return TokenCounter.CountTurn(turn.Model, turn);
    }
}
