using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>What goes into <c>additionalModelRequestFields</c>; a later value of a name replaces an earlier one.</summary>
internal sealed class ModelFields
{
    private readonly List<(string Name, RawJson Value)> _fields = [];

    internal void Set(string name, RawJson value)
    {
        _fields.RemoveAll(field => field.Name == name);
        _fields.Add((name, value));
    }

    internal void Set(string name, string json) => Set(name, new RawJson(Encoding.UTF8.GetBytes(json)));

    internal void Write(Utf8JsonWriter json)
    {
        if (_fields.Count == 0)
        {
            return;
        }
        json.WriteStartObject("additionalModelRequestFields"u8);
        foreach (var (name, value) in _fields)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }
}
