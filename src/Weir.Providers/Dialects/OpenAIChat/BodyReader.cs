using System.Globalization;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// A body's bytes, the place in them, and where that place is for people. A request's members must have the right type; in an answer what has
/// another one is as good as absent.
/// </summary>
internal ref struct BodyReader
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly bool _tolerant;

    /// <summary>The tokens.</summary>
    internal Utf8JsonReader Json;

    internal BodyReader(ReadOnlySpan<byte> body, bool tolerant)
    {
        _body = body;
        _tolerant = tolerant;
        Json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        At = "";
    }

    /// <summary>Path of the object that is read: empty at the top, else <c>messages[2].content[0].</c> with its dot.</summary>
    internal string At { get; set; }

    internal readonly bool IsNull => Json.TokenType == JsonTokenType.Null;

    /// <summary>Moves to the next member's name; false at the end of the object.</summary>
    internal bool NextMember() => Json.Read() && Json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Moves to the next item; false at the end of the array.</summary>
    internal bool NextItem() => Json.Read() && Json.TokenType != JsonTokenType.EndArray;

    /// <summary>True when the name is <paramref name="name"/>; then the reader stands on the value.</summary>
    internal bool Is(ReadOnlySpan<byte> name) => Json.ValueTextEquals(name) && Json.Read();

    /// <summary>From the name over its value.</summary>
    internal void SkipMember()
    {
        Json.Read();
        Json.Skip();
    }

    /// <summary>The value, whole.</summary>
    internal RawJson Raw() => RawJson.Copy(ref Json, _body);

    /// <summary>The value, whole; absent when it is null.</summary>
    internal RawJson RawUnlessNull() => IsNull ? default : Raw();

    internal readonly DialectException Wrong(string member, string wanted) => new(At + member, $"`{At}{member}` must be {wanted}.");

    /// <summary>What a request must have and an answer may lack.</summary>
    internal readonly string Required(string? value, string member) => value ?? (_tolerant ? "" : throw new DialectException(At + member, $"`{At}{member}` is missing."));

    internal string? Text(string member) => Json.TokenType switch
    {
        JsonTokenType.String => _tolerant ? WireStrings.Lenient(ref Json) : Json.GetString(),
        JsonTokenType.Null => null,
        _ => NotA<string?>(member, "a string"),
    };

    internal bool? Flag(string member) => Json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        _ => NotA<bool?>(member, "true or false"),
    };

    internal double? Number(string member) => Json.TokenType switch
    {
        JsonTokenType.Number when Json.TryGetDouble(out var value) && double.IsFinite(value) => value,
        JsonTokenType.Null => null,
        _ => NotA<double?>(member, "a number"),
    };

    internal long? Whole(string member)
    {
        if (Json.TokenType == JsonTokenType.Number)
        {
            if (Json.TryGetInt64(out var value))
            {
                return value;
            }
            // 12.0 is what some languages make of a whole number.
            if (Json.TryGetDouble(out var number) && Math.Floor(number) == number && Math.Abs(number) < 9e18)
            {
                return (long)number;
            }
        }
        return IsNull ? null : NotA<long?>(member, "a whole number");
    }

    /// <summary>True when the value is an object, false when it is null.</summary>
    internal bool EnterObject(string member) => Json.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => NotA<bool>(member, "an object"),
    };

    /// <summary>True when the value is an array, false when it is null.</summary>
    internal bool EnterArray(string member) => Json.TokenType switch
    {
        JsonTokenType.StartArray => true,
        JsonTokenType.Null => false,
        _ => NotA<bool>(member, "an array"),
    };

    /// <summary>The path of an item, for <see cref="At"/>.</summary>
    internal static string Item(string at, string member, int index) => string.Create(CultureInfo.InvariantCulture, $"{at}{member}[{index}].");

    private T? NotA<T>(string member, string wanted)
    {
        if (!_tolerant)
        {
            throw Wrong(member, wanted);
        }
        Json.Skip();
        return default;
    }
}
