using System.Text.Json;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Where in a body a reader stands: <c>contents[1].parts[0]</c>. Becomes text only when something is wrong there.</summary>
internal readonly record struct Place(string Outer, int At = -1, string? Inner = null, int Within = -1)
{
    /// <summary>The path of <paramref name="member"/> here.</summary>
    public string Of(string member)
    {
        var path = At < 0 ? Outer : $"{Outer}[{At}]";
        if (Inner is not null)
        {
            path += Within < 0 ? $".{Inner}" : $".{Inner}[{Within}]";
        }

        return path.Length == 0 ? member : member.Length == 0 ? path : $"{path}.{member}";
    }

    /// <summary>The exception for a value of the wrong type.</summary>
    public DialectException Wrong(string member, string wanted, JsonTokenType found)
    {
        var path = Of(member);
        var is_ = found switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "text",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "true or false",
            _ => "null",
        };
        return new(path, wanted == is_ ? $"`{path}` is out of range." : $"`{path}` must be {wanted}; it is {is_}.");
    }
}
