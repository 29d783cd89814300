using System.Globalization;
using System.Text.Json;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Access.Directory;

/// <summary>
/// Reads the fields of an entry's document. What a later build or LiteLLM's importer wrote in another shape counts as not said, except where
/// not said would mean more rights: such fields have readers of their own.
/// </summary>
internal readonly struct EntryFields(JsonElement root)
{
    /// <summary>The document.</summary>
    internal JsonElement Root => root;

    /// <summary>Reads a document; it stays valid on its own.</summary>
    internal static EntryFields Of(DirectoryEntry entry)
    {
        using var document = JsonDocument.Parse(entry.Document);
        return new EntryFields(document.RootElement.Clone());
    }

    /// <summary>A member that is there and not null.</summary>
    internal JsonElement? Find(string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The fields of a member that is an object; empty when there is none.</summary>
    internal EntryFields Object(string name) => Find(name) is { ValueKind: JsonValueKind.Object } value ? new EntryFields(value) : default;

    internal string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    internal bool Flag(string name) => Find(name) is { ValueKind: JsonValueKind.True };

    /// <summary>A flag that takes rights away: only false, or nothing, means no.</summary>
    internal bool Stands(string name) => Find(name) is { } value && value.ValueKind != JsonValueKind.False;

    internal long? Whole(string name) => Find(name) is { ValueKind: JsonValueKind.Number } value
        ? value.TryGetInt64(out var whole) ? whole : value.TryGetDouble(out var number) && number is > -9e18 and < 9e18 ? (long)number : null
        : null;

    /// <summary>Dollars, to the nano-dollar; null when not said.</summary>
    internal Money? Money(string name) => Find(name) is { } value ? MoneyOf(value) : null;

    /// <summary>A list that gives rights, in which nothing means everything: what can't be read as a list of texts must not mean that.</summary>
    internal IReadOnlyList<string> Rights(string name)
    {
        var texts = Texts(name);
        return texts.Count > 0 || Find(name) is not { } value || value is { ValueKind: JsonValueKind.Array } && value.GetArrayLength() == 0 ? texts : ["(unreadable)"];
    }

    /// <summary>When something ends; what can't be read as an instant has ended.</summary>
    internal DateTimeOffset? End(string name) => Find(name) is null ? null : Time(name) ?? DateTimeOffset.MinValue;

    /// <summary>A list of texts; what is no text is left out, and no list is an empty one.</summary>
    internal IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } list)
        {
            return [];
        }
        var texts = new List<string>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text)
            {
                texts.Add(text);
            }
        }
        return texts;
    }

    /// <summary>An instant as LiteLLM writes it; one without an offset is UTC.</summary>
    internal DateTimeOffset? Time(string name) =>
        Text(name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time : null;

    internal IEnumerable<JsonProperty> Members => root.ValueKind == JsonValueKind.Object ? root.EnumerateObject() : [];

    /// <summary>Dollars as money. An amount that no counter holds is one that nobody reaches; a limit that can't be read allows nothing.</summary>
    private static Money MoneyOf(JsonElement value)
    {
        const decimal most = 9_000_000_000m;
        decimal dollars = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDecimal(out var exact) => exact,
            JsonValueKind.Number => value.GetDouble() > 0 ? most : 0,
            JsonValueKind.String when decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var told) => told,
            _ => 0,
        };
        return Weir.Providers.Pricing.Money.FromDollarsRoundedUp(decimal.Clamp(dollars, 0, most));
    }
}
