using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Arguments of a tool call: text elsewhere, an object in Gemini.</summary>
internal static class GeminiArguments
{
    /// <summary>Writes the member <c>args</c>. What a model wrote wrongly is kept as text in an object, so that the conversation can go on.</summary>
    public static void Write(Utf8JsonWriter json, string arguments)
    {
        json.WritePropertyName("args"u8);
        if (string.IsNullOrWhiteSpace(arguments))
        {
            json.WriteStartObject();
            json.WriteEndObject();
            return;
        }

        var length = Encoding.UTF8.GetMaxByteCount(arguments.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var bytes = rented.AsSpan(0, Encoding.UTF8.GetBytes(arguments, rented));
        if (IsObject(bytes))
        {
            json.WriteRawValue(bytes, skipInputValidation: true);
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("arguments"u8, arguments);
            json.WriteEndObject();
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    private static bool IsObject(ReadOnlySpan<byte> text)
    {
        try
        {
            var json = new Utf8JsonReader(text, GeminiJson.ReaderOptions);
            return json.Read() && json.TokenType == JsonTokenType.StartObject && json.TrySkip() && !json.Read();
        }
        catch (JsonException)
        {
            // Not JSON: it is kept as text.
            return false;
        }
    }
}
