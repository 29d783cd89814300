using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// Free-form ("custom") tools take text where functions take a JSON object. In the neutral form the text is the member <c>input</c> of an
/// object, so that every model can be offered the tool as a function.
/// </summary>
internal static class FreeForm
{
    /// <summary>The schema of that object. A grammar is told in words: a model that can't be held to it can still follow it.</summary>
    internal static RawJson Schema(RawJson format)
    {
        var words = "The tool's input as plain text.";
        if (!format.IsAbsent && Definition(format.Utf8.Span) is { } grammar)
        {
            words = $"The tool's input as plain text. It must match this grammar ({grammar.Syntax}):\n{grammar.Text}";
        }
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonForm.Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "object"u8);
            json.WriteStartObject("properties"u8);
            json.WriteStartObject("input"u8);
            json.WriteString("type"u8, "string"u8);
            json.WriteString("description"u8, words);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("required"u8);
            json.WriteStringValue("input"u8);
            json.WriteEndArray();
            json.WriteBoolean("additionalProperties"u8, false);
            json.WriteEndObject();
        }
        return new RawJson(buffer.ToArray());
    }

    /// <summary>The object for a text.</summary>
    internal static string Wrap(string input) => Begin + Escape(input) + End;

    /// <summary>How the object begins and ends around the escaped text, for streams.</summary>
    internal const string Begin = "{\"input\":\"";

    /// <summary>See <see cref="Begin"/>.</summary>
    internal const string End = "\"}";

    /// <summary>The text as it stands between the quotes.</summary>
    internal static string Escape(string input) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(input);

    /// <summary>The text in the object; the arguments as they are when a model wrote something else.</summary>
    internal static string Unwrap(string arguments)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(arguments), Fields.Options);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Fields.Peek(reader, "input"u8) ?? arguments : arguments;
        }
        catch (JsonException)
        {
            return arguments;
        }
    }

    private static (string Syntax, string Text)? Definition(ReadOnlySpan<byte> format)
    {
        var reader = new Utf8JsonReader(format, Fields.Options);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject && Fields.Peek(reader, "definition"u8) is { } text
            ? (Fields.Peek(reader, "syntax"u8) ?? "grammar", text)
            : null;
    }
}
