using System.Buffers;
using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin;

/// <summary>The document of an entry while it is changed: members keep their order, and those that nobody here knows stay.</summary>
internal sealed class EntryDocument
{
    private readonly OrderedDictionary<string, JsonElement> _members = new(StringComparer.Ordinal);

    internal EntryDocument()
    {
    }

    /// <summary>A copy of what an entry says.</summary>
    internal EntryDocument(EntryFields fields)
    {
        foreach (var member in fields.Members)
        {
            _members[member.Name] = member.Value;
        }
    }

    /// <summary>Its members as fields.</summary>
    internal EntryFields Fields => new(JsonValues.Of(Write));

    /// <summary>Sets a member.</summary>
    internal EntryDocument Set(string name, JsonElement value)
    {
        _members[name] = value;
        return this;
    }

    internal EntryDocument Set(string name, string? value) => Set(name, JsonValues.Of(value));

    internal EntryDocument Set(string name, bool value) => Set(name, JsonValues.Of(value));

    /// <summary>Takes a member out.</summary>
    internal void Remove(string name) => _members.Remove(name);

    /// <summary>Whether a member is there and not null.</summary>
    internal bool Has(string name) => _members.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Sets a member of a member that is an object, making it when it is not there.</summary>
    internal void SetBelow(string name, string member, JsonElement value)
    {
        var below = new EntryDocument(_members.TryGetValue(name, out var there) ? new EntryFields(there) : default);
        if (value.ValueKind == JsonValueKind.Null)
        {
            below.Remove(member);
        }
        else
        {
            below.Set(member, value);
        }
        Set(name, JsonValues.Of(below.Write));
    }

    /// <summary>As JSON.</summary>
    internal byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Write(json);
        }
        return bytes.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (name, value) in _members)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }
}
