using System.Text.Json;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Where a reader stands, for the words of an error: no text is made until there is one.</summary>
/// <param name="Root"><c>messages</c>, <c>system</c>, <c>tools</c>; null in answers, whose slips are passed over.</param>
/// <param name="Item">Number of the message or tool, from 0; -1 = none.</param>
/// <param name="Block">Number of the block within it.</param>
/// <param name="Inner">Number of the block within a tool's result.</param>
internal readonly record struct BodyPlace(string? Root, int Item = -1, int Block = -1, int Inner = -1)
{
    internal static readonly BodyPlace Answer = new(null);

    /// <summary>The block number <paramref name="index"/> below here.</summary>
    internal BodyPlace At(int index) => Block < 0 ? this with { Block = index } : this with { Inner = index };

    /// <summary>The member's path.</summary>
    internal string Path(string name)
    {
        var path = Root ?? "content";
        if (Item >= 0)
        {
            path += $"[{Item}]";
        }
        if (Block >= 0)
        {
            path += Root == "messages" ? $".content[{Block}]" : $"[{Block}]";
        }
        if (Inner >= 0)
        {
            path += $".content[{Inner}]";
        }
        return name.Length == 0 ? path : $"{path}.{name}";
    }

    /// <summary>The error of a member with the wrong type.</summary>
    internal DialectException Wrong(string name, string wanted) => new(Path(name), $"{Path(name)}: {wanted} is expected.");

    /// <summary>The string at which <paramref name="reader"/> stands; null for null, and in answers for anything else.</summary>
    internal string? Text(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }
        if (Root is not null && reader.TokenType != JsonTokenType.Null)
        {
            throw Wrong(name, "a string");
        }
        reader.Skip();
        return null;
    }

    /// <summary>The boolean at which <paramref name="reader"/> stands; null for null, and in answers for anything else.</summary>
    internal bool? Flag(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return reader.TokenType == JsonTokenType.True;
        }
        if (Root is not null && reader.TokenType != JsonTokenType.Null)
        {
            throw Wrong(name, "true or false");
        }
        reader.Skip();
        return null;
    }
}
