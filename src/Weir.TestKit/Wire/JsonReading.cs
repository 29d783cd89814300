using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Wire;

/// <summary>Looking into JSON that may be of any shape.</summary>
internal static class JsonReading
{
    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The first of two spellings that is there.</summary>
    public static JsonElement? Member(this JsonElement element, string name, string otherwise) => element.Member(name) ?? element.Member(otherwise);

    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static int? Number32(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    public static bool Flag(this JsonElement element, string name) => element.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>The items of a list; none when it is no list.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>The items of a member that is a list.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => element.Member(name).Items();

    public static bool Is(this JsonElement element, string member, string value) => element.Text(member) == value;

    /// <summary>Text of a content: a string, or the text parts of a list.</summary>
    public static string Joined(this JsonElement? content)
    {
        if (content is { ValueKind: JsonValueKind.String } text)
        {
            return text.GetString() ?? "";
        }

        var joined = new StringBuilder();
        foreach (var part in content.Items())
        {
            if (part.Text("text") is { } piece)
            {
                joined.Append(joined.Length > 0 ? "\n" : "").Append(piece);
            }
        }

        return joined.ToString();
    }
}
