using System.Text.Json;
using Weir.Providers.Upstream;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// Takes members out of objects below the top level (<c>additional_drop_params: [tools[*].strict]</c>); arrays are entered. All paths go
/// in one walk, so that two of them can meet in one object.
/// </summary>
internal static class NestedMembers
{
    private readonly record struct Found(int NameStart, ByteSpan Value, bool Removed);

    /// <summary>Removes what the dotted <paramref name="paths"/> name below <paramref name="value"/>.</summary>
    internal static void Remove(ReadOnlySpan<byte> body, ByteSpan value, IReadOnlyList<string> paths, PatchedBody target)
    {
        var reader = new Utf8JsonReader(body[value.Start..value.End], new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = value.Start + (int)reader.TokenStartIndex;
                reader.Skip();
                Remove(body, new ByteSpan(start, value.Start + (int)reader.BytesConsumed), paths, target);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            RemoveFromObject(body, value, paths, ref reader, target);
        }
    }

    /// <summary>The rest of each path that leads through <paramref name="name"/>; null when one ends there, so that it goes as a whole.</summary>
    internal static List<string>? Below(IEnumerable<string> paths, string name)
    {
        var rests = new List<string>();
        foreach (var path in paths)
        {
            var dot = path.IndexOf('.', StringComparison.Ordinal);
            var head = (dot < 0 ? path : path[..dot]).Replace("[*]", "", StringComparison.Ordinal).Replace("[]", "", StringComparison.Ordinal);
            if (!head.Equals(name, StringComparison.Ordinal))
            {
                continue;
            }
            if (dot < 0)
            {
                return null;
            }
            rests.Add(path[(dot + 1)..]);
        }
        return rests;
    }

    private static void RemoveFromObject(
        ReadOnlySpan<byte> body, ByteSpan value, IReadOnlyList<string> paths, ref Utf8JsonReader reader, PatchedBody target)
    {
        var members = new List<Found>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = value.Start + (int)reader.TokenStartIndex;
            var below = NameOf(ref reader) is { } name ? Below(paths, name) : [];
            reader.Read();
            var start = value.Start + (int)reader.TokenStartIndex;
            reader.Skip();
            var span = new ByteSpan(start, value.Start + (int)reader.BytesConsumed);
            members.Add(new Found(nameStart, span, below is null));
            if (below is { Count: > 0 })
            {
                Remove(body, span, below, target);
            }
        }
        var lastKeptEnd = value.Start + 1;
        for (var i = 0; i < members.Count;)
        {
            if (!members[i].Removed)
            {
                lastKeptEnd = members[i++].Value.End;
                continue;
            }
            var first = i;
            while (i < members.Count && members[i].Removed)
            {
                i++;
            }
            if (i < members.Count)
            {
                target.Replace(members[first].NameStart, members[i].NameStart, default);
            }
            else
            {
                target.Replace(lastKeptEnd, members[^1].Value.End, default);
            }
        }
    }

    /// <summary>The decoded name, or null when it holds half a surrogate pair: no path can mean such a name.</summary>
    private static string? NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
