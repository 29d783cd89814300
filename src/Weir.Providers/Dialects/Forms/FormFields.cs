using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Dialects.Forms;

/// <summary>
/// A form's fields said as a JSON body, so that the same rules judge a form and a body: duplicates, names of endpoints and credentials, the
/// gateway's own members. It is read and never sent.
/// </summary>
public static class FormFields
{
    private const int MaxDepth = 64;

    /// <summary>Writes the fields; null, and why, when a part can't be what its name says.</summary>
    public static byte[]? ToJson(FormIndex form, out FormRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(form);
        refusal = null;
        var body = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(body, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        foreach (var part in form.Parts)
        {
            var member = RequestMembers.Find(part.BareName);
            if (member != RequestMember.Unknown && (part.IsFile || part.BareName != part.Name))
            {
                // A reader that joins lists, or that takes a file for a text, would find the member here.
                refusal = new FormRefusal($"The part '{part.Name}' must be one plain field named '{part.BareName}'.", part.Name);
                return null;
            }
            if (part.Text is { } text)
            {
                json.WritePropertyName(part.Name);
                Write(json, member, text.Span);
            }
        }
        json.WriteEndObject();
        json.Flush();
        return body.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, RequestMember member, ReadOnlySpan<byte> text)
    {
        if (IsTyped(member) && Literal(text) is { } literal)
        {
            json.WriteRawValue(literal, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    /// <summary>Members that are no text in a body. A form has text alone, which is read as JSON here.</summary>
    private static bool IsTyped(RequestMember member) =>
        member is RequestMember.Stream or RequestMember.StreamOptions or RequestMember.N or RequestMember.MaxTokens or RequestMember.MaxCompletionTokens or RequestMember.MaxOutputTokens
            or (>= RequestMember.Metadata and <= RequestMember.MockTesting and not RequestMember.MockResponse);

    private static byte[]? Literal(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        if (text.SequenceEqual("True"u8) || text.SequenceEqual("False"u8))
        {
            // As Python writes them.
            return Encoding.ASCII.GetBytes(text[0] == (byte)'T' ? "true" : "false");
        }
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType == JsonTokenType.String)
            {
                return null;
            }
            reader.Skip();
            return reader.Read() ? null : text.ToArray();
        }
        catch (JsonException)
        {
            // No JSON: then it is a text, and a member that must be none is refused like in a body.
            return null;
        }
    }
}
