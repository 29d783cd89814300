using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Dialects.Forms;

/// <summary>Turns a form into the upstream's: the model's name, what must not travel, what the deployment sets by itself. Everything else passes byte for byte.</summary>
public static class FormPatcher
{
    /// <summary>Writes the edits for <paramref name="patch"/> into <paramref name="target"/>, which starts over. False when a value can't stand in a form.</summary>
    /// <param name="form">What was found in the bytes.</param>
    /// <param name="patch">What the deployment wants.</param>
    /// <param name="alsoDrop">Further parts to take out, for this request alone.</param>
    /// <param name="target">Receives the edits.</param>
    public static bool Apply(FormIndex form, RequestPatch patch, IReadOnlyCollection<string> alsoDrop, PatchedForm target)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(patch);
        ArgumentNullException.ThrowIfNull(target);
        target.Reset(form.Length);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var hasModel = false;
        for (var i = 0; i < form.Parts.Count; i++)
        {
            var part = form.Parts[i];
            var member = RequestMembers.Find(part.BareName);
            hasModel |= member == RequestMember.Model;
            if (IsRemoved(part, member, patch, alsoDrop))
            {
                target.Replace(part.Start, i + 1 < form.Parts.Count ? form.Parts[i + 1].Start : form.ClosingStart, default);
                continue;
            }
            names.Add(part.BareName);
            if (member == RequestMember.Model && !patch.Model.IsEmpty)
            {
                var model = TextOf(patch.Model.Span);
                if (!CanStand(model, form.Boundary))
                {
                    return false;
                }
                target.Replace(part.ValueStart, part.ValueEnd, model);
            }
        }
        var added = new MemoryStream();
        if (!hasModel && !patch.OmitModel && !patch.Model.IsEmpty && !Add(added, form.Boundary, "model", patch.Model.Span))
        {
            return false;
        }
        foreach (var (name, value) in patch.Defaults)
        {
            var taken = name is "model" or "stream" || names.Contains(name) || alsoDrop.Contains(name) || patch.Drop.Contains(name);
            if (!taken && !Add(added, form.Boundary, name, value.Span))
            {
                return false;
            }
        }
        if (added.Length > 0)
        {
            target.Replace(form.ClosingStart, form.ClosingStart, added.ToArray());
        }
        return true;
    }

    private static bool IsRemoved(FormPart part, RequestMember member, RequestPatch patch, IReadOnlyCollection<string> alsoDrop) =>
        (patch.OmitModel && member == RequestMember.Model)
        || RequestMembers.IsTakenOut(member, WireFormat.OpenAIChat) || RequestMembers.NamesEndpointOrCredential(member)
        // What was decided on stays.
        || (member is not (RequestMember.Model or RequestMember.Stream) && (patch.Drop.Contains(part.BareName) || alsoDrop.Contains(part.BareName)));

    /// <summary>A list becomes one part each, under the name that makes a list of them.</summary>
    private static bool Add(MemoryStream added, string boundary, string name, ReadOnlySpan<byte> rawJson)
    {
        var reader = new Utf8JsonReader(rawJson);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return AddField(added, boundary, name, TextOf(rawJson));
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!AddField(added, boundary, name + "[]", TextOf(rawJson[start..(int)reader.BytesConsumed])))
            {
                return false;
            }
        }
        return true;
    }

    private static bool AddField(MemoryStream added, string boundary, string name, byte[] value)
    {
        if (!CanStand(value, boundary) || name.AsSpan().ContainsAny("\"\\\r\n"))
        {
            return false;
        }
        added.Write(Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n"));
        added.Write(value);
        added.Write("\r\n"u8);
        return true;
    }

    /// <summary>A text without its quotes and escapes; anything else as it is written.</summary>
    private static byte[] TextOf(ReadOnlySpan<byte> rawJson)
    {
        var reader = new Utf8JsonReader(rawJson);
        return reader.Read() && reader.TokenType == JsonTokenType.String ? Encoding.UTF8.GetBytes(reader.GetString() ?? "") : rawJson.ToArray();
    }

    /// <summary>False for a value that would end its part.</summary>
    private static bool CanStand(ReadOnlySpan<byte> value, string boundary) => value.IndexOf(Encoding.ASCII.GetBytes("--" + boundary)) < 0;
}
