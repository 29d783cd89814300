using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Reads single values. Each method moves the reader from the member's name to the end of its value.</summary>
internal static class Fields
{
    internal static readonly JsonReaderOptions Options = new() { MaxDepth = OpenAIChat.RequestReader.MaxDepth };

    /// <summary>A string; null for null and, in answers, for anything else.</summary>
    internal static string? Text(ref Utf8JsonReader reader, in Place place, string member)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return Decode(ref reader);
        }
        if (reader.TokenType != JsonTokenType.Null && place.IsStrict)
        {
            throw place.Wrong(member, "a string");
        }
        reader.Skip();
        return null;
    }

    /// <summary>A string at the top level of a request.</summary>
    internal static string? Text(ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => Decode(ref reader),
            JsonTokenType.Null => null,
            _ => throw Wrong(member, "a string"),
        };
    }

    /// <summary>True or false at the top level of a request.</summary>
    internal static bool? Flag(ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Null => null,
            _ => throw Wrong(member, "true or false"),
        };
    }

    /// <summary>A number at the top level of a request.</summary>
    internal static double? Number(ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetDouble(out var value) && double.IsFinite(value) => value,
            JsonTokenType.Null => null,
            _ => throw Wrong(member, "a number"),
        };
    }

    /// <summary>A count at the top level of a request.</summary>
    internal static long? Count(ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetInt64(out var value) && value >= 0 => value,
            JsonTokenType.Null => null,
            _ => throw Wrong(member, "a whole number"),
        };
    }

    /// <summary>An index or a count in an answer; <paramref name="otherwise"/> for anything else.</summary>
    internal static long Loose(ref Utf8JsonReader reader, long otherwise)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value))
        {
            return value;
        }
        reader.Skip();
        return otherwise;
    }

    /// <summary>Moves into an object that is the value; false when it is null. In answers anything else is passed over.</summary>
    internal static bool Enter(ref Utf8JsonReader reader, JsonTokenType wanted, in Place place, string member)
    {
        reader.Read();
        if (reader.TokenType == wanted)
        {
            return true;
        }
        if (reader.TokenType != JsonTokenType.Null && place.IsStrict)
        {
            throw place.Wrong(member, wanted == JsonTokenType.StartArray ? "a list" : "an object");
        }
        reader.Skip();
        return false;
    }

    /// <summary>The string member <paramref name="name"/> of the object on whose brace the reader stands; null when it has none. The reader is a copy.</summary>
    internal static string? Peek(Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.String ? Decode(ref reader) : null;
            }
            reader.Skip();
        }
        return null;
    }

    /// <summary>The complaint about a top-level member of the wrong type.</summary>
    internal static DialectException Wrong(string member, string wanted) => new(member, $"'{member}' must be {wanted}.");

    /// <summary>
    /// The text of a string token. A server that cuts its output between the halves of a surrogate pair sends each half in an event of its own;
    /// a half becomes U+FFFD here instead of ending the stream.
    /// </summary>
    internal static string Decode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }
            i++;
            if (text[i] == 'u')
            {
                plain.Append((char)ushort.Parse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
                continue;
            }
            plain.Append(text[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var same => same });
        }
        // A round trip through UTF-8 turns what is left alone into U+FFFD.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(plain.ToString()));
    }
}
