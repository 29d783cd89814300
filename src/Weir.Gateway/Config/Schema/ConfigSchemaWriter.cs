using System.Buffers;
using System.Text.Json;

namespace Weir.Gateway.Config.Schema;

/// <summary>Writes the schema of the configuration as JSON Schema (draft 2020-12), for editors.</summary>
internal static class ConfigSchemaWriter
{
    private const string Reference = "environmentReference";

    /// <summary>Writes the document: indented, with a line end at the end, the same bytes on every machine.</summary>
    public static void Write(IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions
        {
            Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "Weir configuration");
            json.WriteString("description", "LiteLLM's config.yaml as this build of Weir reads it. x-weir-mark says of each key: served, ignored (no effect) or restricts (not enforced: the start is refused).");
            var pending = new SortedDictionary<string, ConfigSection>(StringComparer.Ordinal);
            WriteSection(json, ConfigSchema.TopLevel, pending);
            WriteDefinitions(json, pending);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteDefinitions(Utf8JsonWriter json, SortedDictionary<string, ConfigSection> pending)
    {
        json.WriteStartObject("$defs");
        json.WriteStartObject(Reference);
        json.WriteString("type", "string");
        json.WriteString("description", "Replaced by the environment variable of that name.");
        json.WriteString("pattern", "^os\\.environ/");
        json.WriteEndObject();
        var written = new HashSet<string>(StringComparer.Ordinal);
        while (pending.FirstOrDefault(item => !written.Contains(item.Key)) is { Value: { } section, Key: var name })
        {
            written.Add(name);
            json.WriteStartObject(name);
            WriteSection(json, section, pending);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSection(Utf8JsonWriter json, ConfigSection section, SortedDictionary<string, ConfigSection> pending)
    {
        WriteTypes(json, ["object", "null"]);
        json.WriteBoolean("additionalProperties", section.Open);
        json.WriteStartObject("properties");
        foreach (var key in section.Keys)
        {
            json.WriteStartObject(key.Name);
            WriteKey(json, key, pending);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter json, ConfigKey key, SortedDictionary<string, ConfigSection> pending)
    {
        json.WriteString("description", Describe(key));
        json.WriteString("x-weir-mark", key.Mark switch
        {
            KeyMark.Served => "served",
            KeyMark.Restricts => "restricts",
            _ => "ignored",
        });
        if (key.Types == ValueTypes.Any)
        {
            return;
        }

        if (key.Types.HasFlag(ValueTypes.Text) && key.Choices.IsEmpty && (key.Types & ~(ValueTypes.Bool | ValueTypes.Int | ValueTypes.Number)) == ValueTypes.Text)
        {
            WriteTypes(json, [.. ScalarTypes(key.Types), "null"]);
            return;
        }

        json.WriteStartArray("anyOf");
        WriteForms(json, key, pending);
        if (!key.Types.HasFlag(ValueTypes.Text) || !key.Choices.IsEmpty)
        {
            json.WriteStartObject();
            json.WriteString("$ref", "#/$defs/" + Reference);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteForms(Utf8JsonWriter json, ConfigKey key, SortedDictionary<string, ConfigSection> pending)
    {
        json.WriteStartObject();
        if (key.Choices.IsEmpty)
        {
            WriteTypes(json, [.. ScalarTypes(key.Types), "null"]);
        }
        else
        {
            json.WriteStartArray("enum");
            foreach (var choice in key.Choices)
            {
                json.WriteStringValue(choice);
            }

            json.WriteNullValue();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        if ((key.Types & (ValueTypes.List | ValueTypes.TextList)) != 0)
        {
            json.WriteStartObject();
            json.WriteString("type", "array");
            if (key.Items is { } items)
            {
                json.WriteStartObject("items");
                WriteReference(json, items, pending);
                json.WriteEndObject();
            }
            else if (key.Types.HasFlag(ValueTypes.TextList))
            {
                json.WriteStartObject("items");
                WriteTypes(json, ["string", "number"]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        if (key.Types.HasFlag(ValueTypes.Map))
        {
            json.WriteStartObject();
            if (key.Map is { } map)
            {
                WriteReference(json, map, pending);
            }
            else
            {
                json.WriteString("type", "object");
            }

            if (key.Values is { } values)
            {
                json.WriteStartObject("additionalProperties");
                WriteReference(json, values, pending);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }
    }

    private static void WriteReference(Utf8JsonWriter json, ConfigSection section, SortedDictionary<string, ConfigSection> pending)
    {
        var name = section.Name.Replace("[]", "", StringComparison.Ordinal).Replace(".<name>", "_entry", StringComparison.Ordinal).Replace('.', '_');
        pending.TryAdd(name, section);
        json.WriteString("$ref", "#/$defs/" + name);
    }

    private static IEnumerable<string> ScalarTypes(ValueTypes types)
    {
        if (types.HasFlag(ValueTypes.Bool))
        {
            yield return "boolean";
        }

        if (types.HasFlag(ValueTypes.Number))
        {
            yield return "number";
        }
        else if (types.HasFlag(ValueTypes.Int))
        {
            yield return "integer";
        }

        if (types.HasFlag(ValueTypes.Text))
        {
            yield return "string";
        }
    }

    private static void WriteTypes(Utf8JsonWriter json, ReadOnlySpan<string> types)
    {
        json.WriteStartArray("type");
        foreach (var type in types)
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
    }

    private static string Describe(ConfigKey key)
    {
        var what = char.ToUpperInvariant(key.Description[0]) + key.Description[1..] + ".";
        return key.Mark switch
        {
            KeyMark.Restricts => $"{what} Not enforced by this build: the start is refused unless --allow-unenforced is given. {key.Instead}".TrimEnd(),
            KeyMark.Ignored => $"{what} No effect in this build. {key.Instead}".TrimEnd(),
            _ => what,
        };
    }
}
