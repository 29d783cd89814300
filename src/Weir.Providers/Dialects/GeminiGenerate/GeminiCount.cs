using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Gemini's <c>:countTokens</c>. The Gemini API counts a whole request only inside <c>generateContentRequest</c>; Vertex AI takes what it counts
/// at the top. Both refuse what says how to answer.
/// </summary>
public static class GeminiCount
{
    private static readonly string[] Counted = ["contents", "systemInstruction", "tools"];

    /// <summary>Writes the question.</summary>
    /// <param name="turn">What is counted; its model is the upstream's.</param>
    /// <param name="inside">Whether it goes inside <c>generateContentRequest</c>.</param>
    /// <param name="target">Takes the body.</param>
    /// <exception cref="DialectException">Leaving something out would change what is counted.</exception>
    public static void WriteRequest(ChatTurn turn, bool inside, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var whole = new ArrayBufferWriter<byte>(1024);
        ChatDialects.Of(WireFormat.GeminiGenerate).WriteRequest(turn, whole, new Dropped());
        using var json = new Utf8JsonWriter(target, GeminiJson.WriterOptions);
        json.WriteStartObject();
        if (inside)
        {
            json.WriteStartObject("generateContentRequest"u8);
            json.WriteString("model"u8, "models/" + turn.Model);
        }
        var reader = new Utf8JsonReader(whole.WrittenSpan, new JsonReaderOptions { MaxDepth = OpenAIChat.RequestReader.MaxDepth + 8 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() ?? "";
            reader.Read();
            var value = RawJson.Copy(ref reader, whole.WrittenSpan);
            if (Counted.Contains(name, StringComparer.Ordinal))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
        if (inside)
        {
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>The count in an upstream's reply; null when it holds none.</summary>
    public static long? ReadReply(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTotal = reader.ValueTextEquals("totalTokens"u8);
                reader.Read();
                if (isTotal && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var tokens) && tokens >= 0)
                {
                    return tokens;
                }
                reader.Skip();
            }
            return null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
