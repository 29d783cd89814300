using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Reads JSON as Google's parser does: a member's name may be written <c>camelCase</c> or <c>snake_case</c>, null is as good as absent, and a
/// number may stand in quotes. Every wrong type is a <see cref="DialectException"/> that names the member.
/// </summary>
internal static class GeminiJson
{
    /// <summary>How bodies are read.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = 128 };

    /// <summary>How bodies are written: as Google does, without escaping what needs none.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 256 };

    /// <summary>Whether the reader stands on the member <paramref name="camel"/>, in either spelling.</summary>
    public static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> camel) =>
        json.ValueIsEscaped ? Matches(Encoding.UTF8.GetBytes(Name(ref json)), camel) : Matches(json.ValueSpan, camel);

    /// <summary>Whether <paramref name="name"/> is <paramref name="camel"/> in either spelling.</summary>
    public static bool Matches(ReadOnlySpan<byte> name, ReadOnlySpan<byte> camel)
    {
        if (name.Length == camel.Length)
        {
            return name.SequenceEqual(camel);
        }

        var at = 0;
        foreach (var letter in camel)
        {
            if (letter is >= (byte)'A' and <= (byte)'Z')
            {
                if (at + 1 >= name.Length || name[at] != '_' || name[at + 1] != letter + 32)
                {
                    return false;
                }

                at += 2;
            }
            else if (at >= name.Length || name[at++] != letter)
            {
                return false;
            }
        }

        return at == name.Length;
    }

    /// <summary>The name that the reader stands on. A name with half a surrogate pair is shown with the replacement character: no known member has one.</summary>
    public static string Name(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    /// <summary><paramref name="name"/> in camelCase.</summary>
    public static string Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
        {
            return name;
        }

        var camel = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var joins = name[i] == '_' && i > 0 && i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]);
            camel.Append(joins ? char.ToUpperInvariant(name[++i]) : name[i]);
        }

        return camel.ToString();
    }

    /// <summary><paramref name="text"/> as a JSON string.</summary>
    public static RawJson Quoted(string text) => RawJson.Of([(byte)'"', .. JsonEncodedText.Encode(text, WriterOptions.Encoder).EncodedUtf8Bytes, (byte)'"']);

    /// <summary>Moves to the value; true when it is an object, false when it is null.</summary>
    public static bool Enter(ref Utf8JsonReader json, in Place place, string member) => Enter(ref json, JsonTokenType.StartObject, "an object", place, member);

    /// <summary>Moves to the value; true when it is an array, false when it is null.</summary>
    public static bool EnterArray(ref Utf8JsonReader json, in Place place, string member) => Enter(ref json, JsonTokenType.StartArray, "an array", place, member);

    /// <summary>Moves to the value and reads a text; null when it is null.</summary>
    public static string? Text(ref Utf8JsonReader json, in Place place, string member)
    {
        json.Read();
        return TextHere(ref json, place, member);
    }

    /// <summary>Reads the text at which the reader stands; null when it is null.</summary>
    public static string? TextHere(ref Utf8JsonReader json, in Place place, string member)
    {
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            throw place.Wrong(member, "text", json.TokenType);
        }

        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new DialectException(place.Of(member), $"`{place.Of(member)}` holds half of a surrogate pair or bytes that are no UTF-8.");
        }
    }

    /// <summary>Moves to the value and reads a truth value; null when it is null.</summary>
    public static bool? Flag(ref Utf8JsonReader json, in Place place, string member)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Null => null,
            _ => throw place.Wrong(member, "true or false", json.TokenType),
        };
    }

    /// <summary>Moves to the value and reads a number; null when it is null.</summary>
    public static double? Number(ref Utf8JsonReader json, in Place place, string member)
    {
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number when json.TryGetDouble(out var value) && double.IsFinite(value):
                return value;
            case JsonTokenType.String when double.TryParse(TextHere(ref json, place, member), NumberStyles.Float, CultureInfo.InvariantCulture, out var quoted) && double.IsFinite(quoted):
                return quoted;
            default:
                throw place.Wrong(member, "a number", json.TokenType);
        }
    }

    /// <summary>Moves to the value and reads a whole number (Vertex's <c>topK</c> is a float: 40.0 is 40); null when it is null.</summary>
    public static long? Whole(ref Utf8JsonReader json, in Place place, string member)
    {
        var at = json;
        at.Read();
        if (at.TokenType == JsonTokenType.Number && at.TryGetInt64(out var exact))
        {
            json = at;
            return exact;
        }

        return Number(ref json, place, member) switch
        {
            null => null,
            { } value when value == Math.Floor(value) && Math.Abs(value) < 1e15 => (long)value,
            _ => throw place.Wrong(member, "a whole number", JsonTokenType.Number),
        };
    }

    private static bool Enter(ref Utf8JsonReader json, JsonTokenType wanted, string what, in Place place, string member)
    {
        json.Read();
        return json.TokenType == wanted || (json.TokenType == JsonTokenType.Null ? false : throw place.Wrong(member, what, json.TokenType));
    }
}
