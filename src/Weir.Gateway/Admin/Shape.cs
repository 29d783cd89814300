using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin;

/// <summary>Writes things as LiteLLM's answers show them: every documented member is there, null or empty when nothing was said.</summary>
/// <param name="defaults">A JSON object with the members in their order.</param>
internal sealed class Shape(string defaults)
{
    private static readonly string[] Inner = [Access.Keys.CallerReader.KeyId];
    private readonly JsonElement _defaults = JsonElement.Parse(defaults);

    /// <summary>Writes the members, without the braces.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="fields">What is said.</param>
    /// <param name="over">What is written in the place of a member of that name.</param>
    internal void WriteMembers(Utf8JsonWriter json, EntryFields fields, params IReadOnlyList<(string Name, JsonElement Value)> over)
    {
        var written = new HashSet<string>(Inner, StringComparer.Ordinal);
        foreach (var (name, value) in over)
        {
            Write(name, value);
        }
        foreach (var usual in _defaults.EnumerateObject())
        {
            Write(usual.Name, fields.Find(usual.Name) ?? usual.Value);
        }
        foreach (var member in fields.Members)
        {
            Write(member.Name, member.Value);
        }

        void Write(string name, JsonElement value)
        {
            if (written.Add(name))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
    }

    /// <summary>Writes an object.</summary>
    internal void Write(Utf8JsonWriter json, EntryFields fields, params IReadOnlyList<(string Name, JsonElement Value)> over)
    {
        json.WriteStartObject();
        WriteMembers(json, fields, over);
        json.WriteEndObject();
    }
}
