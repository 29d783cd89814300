using System.Text;
using System.Text.Json;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// What a tool answered, as Gemini wants it: a JSON object. By Google's rule <c>output</c> holds the output and <c>error</c> the error; an object
/// with neither is the output itself.
/// </summary>
internal static class GeminiToolResult
{
    /// <summary>Reads the object at which the reader stands as text.</summary>
    public static string Read(ref Utf8JsonReader json, ReadOnlySpan<byte> source, out bool isError)
    {
        isError = false;
        var start = (int)json.TokenStartIndex;
        var members = 0;
        var known = false;
        string? text = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            members++;
            var output = IsOutput(ref json);
            var error = IsError(ref json);
            json.Read();
            var from = (int)json.TokenStartIndex;
            var isText = json.TokenType == JsonTokenType.String;
            if (members == 1 && (output || error))
            {
                known = true;
                isError = error;
                text = isText ? GeminiJson.TextHere(ref json, new("functionResponse"), "response") : null;
                json.Skip();
                text ??= Encoding.UTF8.GetString(source[from..(int)json.BytesConsumed]);
            }
            else
            {
                json.Skip();
            }
        }

        if (members == 1 && known)
        {
            return text ?? "";
        }

        isError = false;
        return Encoding.UTF8.GetString(source[start..(int)json.BytesConsumed]);
    }

    /// <summary>Writes <paramref name="text"/> as the member <c>response</c>.</summary>
    public static void Write(Utf8JsonWriter json, string text, bool isError)
    {
        json.WritePropertyName("response"u8);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!isError && IsPlainObject(bytes))
        {
            json.WriteRawValue(bytes, skipInputValidation: true);
            return;
        }

        json.WriteStartObject();
        json.WriteString(isError ? "error"u8 : "output"u8, text);
        json.WriteEndObject();
    }

    /// <summary>Whether the text is a JSON object that Gemini would not take for an envelope.</summary>
    private static bool IsPlainObject(ReadOnlySpan<byte> text)
    {
        if (text.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return false;
        }

        try
        {
            var json = new Utf8JsonReader(text, GeminiJson.ReaderOptions);
            json.Read();
            var members = 0;
            var envelope = false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                members++;
                envelope |= IsOutput(ref json) || IsError(ref json);
                json.Read();
                json.Skip();
            }

            return json.TokenType == JsonTokenType.EndObject && !json.Read() && !(members == 1 && envelope);
        }
        catch (JsonException)
        {
            // Not JSON: it is a text like any other.
            return false;
        }
    }

    /// <summary>LiteLLM and older samples of Google write <c>content</c> and <c>result</c>.</summary>
    private static bool IsOutput(ref Utf8JsonReader json) =>
        !json.ValueIsEscaped && (json.ValueSpan.SequenceEqual("output"u8) || json.ValueSpan.SequenceEqual("result"u8) || json.ValueSpan.SequenceEqual("content"u8));

    private static bool IsError(ref Utf8JsonReader json) => !json.ValueIsEscaped && json.ValueSpan.SequenceEqual("error"u8);
}
