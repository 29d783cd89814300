using System.Text;
using System.Text.Json;

namespace Weir.Providers.Dialects.Realtime;

/// <summary>Where the members that are read stand in an event: a tree of names.</summary>
internal static class EventMembers
{
    /// <summary>The event itself.</summary>
    internal const int Root = 0;

    /// <summary>Nothing below is read.</summary>
    internal const int Unread = -1;

    /// <summary>A raw name that is longer is none of ours, however it is escaped.</summary>
    internal const int LongestName = 6 * 32;

    // The place of each in the list is its number.
    private static readonly (int Parent, byte[] Name, EventMember? Member)[] Nodes =
    [
        (Unread, [], null),
        (Root, "type"u8.ToArray(), EventMember.Type),
        (Root, "event_id"u8.ToArray(), EventMember.EventId),
        (Root, "session"u8.ToArray(), null),
        (3, "model"u8.ToArray(), EventMember.SessionModel),
        (3, "audio"u8.ToArray(), null),
        (5, "input"u8.ToArray(), null),
        (6, "transcription"u8.ToArray(), null),
        (7, "model"u8.ToArray(), EventMember.TranscriptionModel),
        (3, "input_audio_transcription"u8.ToArray(), null),
        (9, "model"u8.ToArray(), EventMember.TranscriptionModel),
        (Root, "response"u8.ToArray(), null),
        (11, "model"u8.ToArray(), EventMember.ResponseModel),
        (11, "status"u8.ToArray(), EventMember.ResponseStatus),
        (11, "usage"u8.ToArray(), EventMember.ResponseUsage),
        (Root, "usage"u8.ToArray(), EventMember.Usage),
        (Root, "delta"u8.ToArray(), EventMember.Delta),
    ];

    /// <summary>What is read of a node's value; null when only things inside it are.</summary>
    internal static EventMember? MemberOf(int node) => Nodes[node].Member;

    internal static string NameOf(int node) => Encoding.ASCII.GetString(Nodes[node].Name);

    /// <summary>The node called <paramref name="raw"/> (as it stands between the quotes) below <paramref name="parent"/>; <see cref="Unread"/> when nothing of it is read.</summary>
    /// <exception cref="InvalidOperationException">The name holds half a pair of surrogates.</exception>
    internal static int Find(int parent, ReadOnlySpan<byte> raw, out bool exact)
    {
        exact = true;
        if (raw.IndexOf((byte)'\\') >= 0)
        {
            return FindSpelled(parent, Unescaped(raw), out exact);
        }
        for (var node = 1; node < Nodes.Length; node++)
        {
            if (Nodes[node].Parent == parent && raw.SequenceEqual(Nodes[node].Name))
            {
                return node;
            }
        }
        return FindSpelled(parent, Encoding.UTF8.GetString(raw), out exact);
    }

    private static int FindSpelled(int parent, string name, out bool exact)
    {
        for (var node = 1; node < Nodes.Length; node++)
        {
            if (Nodes[node].Parent != parent)
            {
                continue;
            }
            var known = NameOf(node);
            // The two letters outside ASCII that readers which fold case take for letters of it.
            if (known.Equals(name.Replace('\u017F', 's').Replace('\u212A', 'k'), StringComparison.OrdinalIgnoreCase))
            {
                exact = known == name;
                return node;
            }
        }
        exact = true;
        return Unread;
    }

    private static string Unescaped(ReadOnlySpan<byte> raw)
    {
        Span<byte> quoted = stackalloc byte[LongestName + 2];
        quoted = quoted[..(raw.Length + 2)];
        quoted[0] = quoted[^1] = (byte)'"';
        raw.CopyTo(quoted[1..]);
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        return reader.GetString() ?? "";
    }
}
