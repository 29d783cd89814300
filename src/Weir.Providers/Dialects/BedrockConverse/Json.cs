using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Where in a body a value stands; spelled out only when it is wrong.</summary>
/// <param name="Root">The member at the top.</param>
/// <param name="Item">Number of the item in it; -1 = none.</param>
/// <param name="Block">Number of the content block in the item; -1 = none.</param>
/// <param name="Inner">Number of the block inside of a tool's result; -1 = none.</param>
internal readonly record struct Place(string Root, int Item = -1, int Block = -1, int Inner = -1)
{
    /// <summary>The path of a member here.</summary>
    internal string Path(string member)
    {
        var path = Root;
        path += Item < 0 ? "" : $"[{Item}]";
        path += Block < 0 ? "" : Item < 0 ? $"[{Block}]" : $".content[{Block}]";
        path += Inner < 0 ? "" : $".toolResult.content[{Inner}]";
        return member.Length == 0 ? path : path.Length == 0 ? member : $"{path}.{member}";
    }
}

/// <summary>Values of a JSON reader, with the path in the complaint when they are of another type. Null counts as absent.</summary>
internal static class Json
{
    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Stands on a value: true when it is an object to be entered, false for null.</summary>
    internal static bool IsObject(ref Utf8JsonReader json, in Place place, string member) => Is(ref json, JsonTokenType.StartObject, place, member, "an object");

    /// <summary>Stands on a value: true when it is an array to be entered, false for null.</summary>
    internal static bool IsArray(ref Utf8JsonReader json, in Place place, string member) => Is(ref json, JsonTokenType.StartArray, place, member, "an array");

    /// <summary>Moves to the next member's value; false at the end of the object. The name is compared before: see <see cref="Utf8JsonReader.ValueTextEquals(ReadOnlySpan{byte})"/>.</summary>
    internal static bool NextMember(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Moves to the next item; false at the end of the array.</summary>
    internal static bool NextItem(ref Utf8JsonReader json) => json.Read() && json.TokenType != JsonTokenType.EndArray;

    /// <summary>Moves to the value behind the name: a text or null.</summary>
    internal static string? Text(ref Utf8JsonReader json, in Place place, string member)
    {
        json.Read();
        return TextHere(ref json, place, member);
    }

    /// <summary>The text or null on which the reader stands.</summary>
    internal static string? TextHere(ref Utf8JsonReader json, in Place place, string member)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (json.TokenType != JsonTokenType.String)
        {
            throw Wrong(place, member, "a text");
        }
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new DialectException(place.Path(member), "The text holds half of a surrogate pair.");
        }
    }

    /// <summary>Moves to the value: a whole number or null.</summary>
    internal static long? Integer(ref Utf8JsonReader json, in Place place, string member)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (json.TokenType != JsonTokenType.Number)
        {
            throw Wrong(place, member, "a number");
        }
        return json.TryGetInt64(out var number) ? number
            : json.TryGetDouble(out var real) && Math.Abs(real) < 1e15 && Math.Floor(real) == real ? (long)real
            : throw Wrong(place, member, "a whole number");
    }

    /// <summary>Moves to the value: a number or null.</summary>
    internal static double? Number(ref Utf8JsonReader json, in Place place, string member)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.Number when json.TryGetDouble(out var number) && double.IsFinite(number) => number,
            _ => throw Wrong(place, member, "a number"),
        };
    }

    /// <summary>Moves to the value: true, false or null.</summary>
    internal static bool? Flag(ref Utf8JsonReader json, in Place place, string member)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Wrong(place, member, "true or false"),
        };
    }

    /// <summary>Moves to the value and over it.</summary>
    internal static void Skip(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }

    /// <summary>The name on which the reader stands; for members that are kept under it.</summary>
    internal static string Name(ref Utf8JsonReader json, in Place place)
    {
        try
        {
            return json.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            throw new DialectException(place.Path(""), "The name of a member holds half of a surrogate pair.");
        }
    }

    internal static DialectException Wrong(in Place place, string member, string wanted) => new(place.Path(member), $"`{place.Path(member)}` must be {wanted}.");

    private static bool Is(ref Utf8JsonReader json, JsonTokenType wanted, in Place place, string member, string words) =>
        json.TokenType == wanted || (json.TokenType == JsonTokenType.Null ? false : throw Wrong(place, member, words));
}
