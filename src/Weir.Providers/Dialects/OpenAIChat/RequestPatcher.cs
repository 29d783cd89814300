using System.Text.Json;
using Weir.Providers.Upstream;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>What a deployment wants changed in a body. Everything else passes as it came.</summary>
public sealed record RequestPatch
{
    /// <summary>The upstream's model name as a JSON string, quotes included, added when the body has none; empty = leave the model as it is.</summary>
    public ReadOnlyMemory<byte> Model { get; init; }

    /// <summary>Take the model out of the body: the path names it, and the vendor refuses to read it twice.</summary>
    public bool OmitModel { get; init; }

    /// <summary>Take <c>stream</c> out of the body: the path says it, and the vendor refuses to read it twice.</summary>
    public bool OmitStream { get; init; }

    /// <summary>Members that the deployment sets when the request does not: name to raw JSON.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Defaults { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Members to take out: top-level names, or dotted paths into objects and lists (<c>tools[*].function.strict</c>).</summary>
    public IReadOnlyCollection<string> Drop { get; init; } = [];
}

/// <summary>Turns a request into the edits that make it the upstream's.</summary>
public static class RequestPatcher
{
    private static readonly byte[] UsageMember = [.. "\"stream_options\":{\"include_usage\":true},"u8];
    private static readonly byte[] UsageObject = [.. "{\"include_usage\":true}"u8];
    private static readonly byte[] UsageFirst = [.. "\"include_usage\":true,"u8];
    private static readonly byte[] UsageOnly = [.. "\"include_usage\":true"u8];
    private static readonly byte[] True = [.. "true"u8];

    /// <summary>
    /// Writes the edits for <paramref name="patch"/> into <paramref name="target"/>, which starts over from <paramref name="body"/>.
    /// </summary>
    /// <param name="body">The caller's bytes; must outlive the call.</param>
    /// <param name="view">What <see cref="RequestReader"/> found in them.</param>
    /// <param name="patch">What the deployment wants.</param>
    /// <param name="wantUsage">Ask the upstream for a usage chunk (streams only).</param>
    /// <param name="alsoDrop">Further members and paths to take out, for this request alone.</param>
    /// <param name="target">Receives the edits.</param>
    public static void Apply(
        ReadOnlyMemory<byte> body, RequestView view, RequestPatch patch, bool wantUsage, IReadOnlyCollection<string> alsoDrop, PatchedBody target)
    {
        target.Reset(body);
        // A caller whose path names the model may leave it out of the body; the upstream reads the body.
        var addModel = !patch.OmitModel && !patch.Model.IsEmpty && !view.Has(RequestMember.Model);
        if (!addModel && !patch.OmitModel && !patch.Model.IsEmpty && view.Value(RequestMember.Model) is { } model)
        {
            target.Replace(model.Start, model.End, patch.Model);
        }
        var names = patch.Drop.Count == 0 && alsoDrop.Count == 0 ? null : Names(patch.Drop, alsoDrop);
        var kept = RemoveMembers(body.Span, view, patch, names, target);
        if (names is not null)
        {
            RemoveNested(body.Span, view, names, target);
        }
        var asks = wantUsage && view.Stream && (names is null || NestedMembers.Below(names, "stream_options") is { Count: 0 });
        if (asks)
        {
            AskForUsage(view, target);
        }
        if (patch.Defaults.Count > 0 || addModel)
        {
            AddMembers(body.Span, view, patch, asks, names, kept, target);
        }
    }

    /// <summary>True when the caller will see a usage chunk because it asked for one.</summary>
    public static bool CallerAskedForUsage(RequestView view) => view.IncludeUsage == true;

    private static HashSet<string> Names(IReadOnlyCollection<string> drop, IReadOnlyCollection<string> alsoDrop)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in drop)
        {
            names.Add(name);
        }
        foreach (var name in alsoDrop)
        {
            names.Add(name);
        }
        // Dropping these would change what was decided on, so they stay.
        names.Remove("model");
        names.Remove("stream");
        return names;
    }

    /// <summary>Takes whole members out, commas included. Returns how many stay.</summary>
    private static int RemoveMembers(ReadOnlySpan<byte> body, RequestView view, RequestPatch? patch, HashSet<string>? names, PatchedBody target)
    {
        var members = view.Members;
        var kept = 0;
        var lastKeptEnd = view.ObjectStart;
        var i = 0;
        while (i < members.Length)
        {
            if (!IsRemoved(body, members[i], view.Format, patch, names))
            {
                lastKeptEnd = members[i].Value.End;
                kept++;
                i++;
                continue;
            }
            var first = i;
            while (i < members.Length && IsRemoved(body, members[i], view.Format, patch, names))
            {
                i++;
            }
            if (i < members.Length)
            {
                target.Replace(members[first].NameStart, members[i].NameStart, default);
            }
            else
            {
                target.Replace(lastKeptEnd, members[^1].Value.End, default);
            }
        }
        return kept;
    }

    private static bool IsRemoved(ReadOnlySpan<byte> body, in MemberSpan member, WireFormat format, RequestPatch? patch, HashSet<string>? names) =>
        (patch is { OmitModel: true } && member.Member == RequestMember.Model) || (patch is { OmitStream: true } && member.Member == RequestMember.Stream) ||
        RequestMembers.IsTakenOut(member.Member, format) || RequestMembers.NamesEndpointOrCredential(member.Member) ||
        (names is not null && names.Contains(NameOf(body, member.NameStart)));

    /// <summary>The decoded name of the member that begins at <paramref name="nameStart"/>.</summary>
    public static string NameOf(ReadOnlySpan<byte> body, int nameStart)
    {
        var reader = new Utf8JsonReader(body[nameStart..], isFinalBlock: false, default);
        reader.Read();
        return reader.GetString() ?? "";
    }

    /// <summary>Takes <c>a.b.c</c> paths out of objects below the top level. What is gone as a whole is not entered.</summary>
    private static void RemoveNested(ReadOnlySpan<byte> body, RequestView view, HashSet<string> names, PatchedBody target)
    {
        foreach (ref readonly var member in view.Members)
        {
            if (!IsRemoved(body, member, view.Format, null, names) && NestedMembers.Below(names, NameOf(body, member.NameStart)) is { Count: > 0 } below)
            {
                NestedMembers.Remove(body, member.Value, below, target);
            }
        }
    }

    private static void AskForUsage(RequestView view, PatchedBody target)
    {
        if (view.Value(RequestMember.StreamOptions) is not { } options)
        {
            // The member that asks for the stream always stays, so a comma is always due.
            target.Replace(view.ObjectStart, view.ObjectStart, UsageMember);
        }
        else if (view.IncludeUsage is null)
        {
            if (options.Length == 4)
            {
                target.Replace(options.Start, options.End, UsageObject);
            }
            else
            {
                target.Replace(options.Start + 1, options.Start + 1, view.StreamOptionsHasMembers ? UsageFirst : UsageOnly);
            }
        }
        else if (view.IncludeUsage == false)
        {
            target.Replace(view.IncludeUsageValue.Start, view.IncludeUsageValue.End, True);
        }
    }

    /// <summary>Adds the model when the path alone named it, and what the deployment sets by itself.</summary>
    private static void AddMembers(
        ReadOnlySpan<byte> body, RequestView view, RequestPatch patch, bool usageAdded, HashSet<string>? dropped, int kept, PatchedBody target)
    {
        using var added = new MemoryStream();
        foreach (var (name, value) in patch.Defaults)
        {
            // What was decided on is not a default's to change, and no member may occur twice.
            var taken = name is "model" or "stream" || (usageAdded && name == "stream_options") || (dropped is not null && dropped.Contains(name));
            if (!taken && !Holds(body, view, name))
            {
                Add(added, name, value.Span);
            }
        }
        if (!patch.OmitModel && !view.Has(RequestMember.Model) && !patch.Model.IsEmpty)
        {
            Add(added, "model", patch.Model.Span);
        }
        if (added.Length == 0)
        {
            return;
        }
        var bytes = added.ToArray();
        target.Replace(view.ObjectStart, view.ObjectStart, kept > 0 ? bytes : bytes.AsMemory(0, bytes.Length - 1));
    }

    private static void Add(MemoryStream added, string name, ReadOnlySpan<byte> value)
    {
        added.WriteByte((byte)'"');
        added.Write(JsonEncodedText.Encode(name).EncodedUtf8Bytes);
        added.Write("\":"u8);
        added.Write(value);
        added.WriteByte((byte)',');
    }

    private static bool Holds(ReadOnlySpan<byte> body, RequestView view, string name)
    {
        foreach (ref readonly var member in view.Members)
        {
            if (NameOf(body, member.NameStart) == name)
            {
                return true;
            }
        }
        // The two names of one limit: a default for the old name does not override a request that uses the new one.
        return name == "max_tokens" ? view.Has(RequestMember.MaxCompletionTokens)
            : name == "max_completion_tokens" && view.Has(RequestMember.MaxTokens);
    }
}
