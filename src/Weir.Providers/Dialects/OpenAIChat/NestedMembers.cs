using System.Text.Json;
using Weir.Providers.Upstream;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Takes members out of objects below the top level (<c>additional_drop_params: [tools.strict]</c>); arrays are entered.</summary>
internal static class NestedMembers
{
    private readonly record struct Found(int NameStart, ByteSpan Value, bool Removed);

    /// <summary>Removes the dotted <paramref name="path"/> below <paramref name="value"/>.</summary>
    internal static void Remove(ReadOnlySpan<byte> body, ByteSpan value, string path, PatchedBody target)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var head = (dot < 0 ? path : path[..dot]).Replace("[*]", "", StringComparison.Ordinal).Replace("[]", "", StringComparison.Ordinal);
        var rest = dot < 0 ? null : path[(dot + 1)..];
        var reader = new Utf8JsonReader(body[value.Start..value.End], new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = value.Start + (int)reader.TokenStartIndex;
                reader.Skip();
                Remove(body, new ByteSpan(start, value.Start + (int)reader.BytesConsumed), path, target);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            RemoveFromObject(body, value, head, rest, ref reader, target);
        }
    }

    private static void RemoveFromObject(
        ReadOnlySpan<byte> body, ByteSpan value, string head, string? rest, ref Utf8JsonReader reader, PatchedBody target)
    {
        var members = new List<Found>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = value.Start + (int)reader.TokenStartIndex;
            var hit = reader.ValueTextEquals(head);
            reader.Read();
            var start = value.Start + (int)reader.TokenStartIndex;
            reader.Skip();
            var span = new ByteSpan(start, value.Start + (int)reader.BytesConsumed);
            members.Add(new Found(nameStart, span, hit && rest is null));
            if (hit && rest is not null)
            {
                Remove(body, span, rest, target);
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
}
