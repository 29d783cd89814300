using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>Writes nodes of the file as JSON, numbers exact to the last digit.</summary>
internal static class NodeJson
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The node as JSON bytes, keys in file order.</summary>
    public static byte[] Write(ConfigNode node) => Write(node, sorted: false);

    /// <summary>The node as JSON bytes with sorted keys at every level, so that the order in the file does not matter.</summary>
    public static byte[] WriteSorted(ConfigNode node) => Write(node, sorted: true);

    private static byte[] Write(ConfigNode node, bool sorted)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            Write(writer, node, sorted);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the node at the writer's place.</summary>
    private static void Write(Utf8JsonWriter writer, ConfigNode node, bool sorted)
    {
        switch (node)
        {
            case ConfigMap map:
                writer.WriteStartObject();
                IEnumerable<ConfigEntry> entries = sorted ? map.Entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal) : map.Entries;
                foreach (var entry in entries)
                {
                    writer.WritePropertyName(entry.Name);
                    Write(writer, entry.Value, sorted);
                }

                writer.WriteEndObject();
                break;
            case ConfigList list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(writer, item, sorted);
                }

                writer.WriteEndArray();
                break;
            case ConfigScalar scalar:
                WriteScalar(writer, scalar);
                break;
            default:
                throw new InvalidOperationException($"A node of type {node.GetType().Name} has no JSON form.");
        }
    }

    private static void WriteScalar(Utf8JsonWriter writer, ConfigScalar scalar)
    {
        switch (scalar.Kind)
        {
            case ScalarKind.Null:
                writer.WriteNullValue();
                return;
            case ScalarKind.Bool when scalar.TryGetBool(out var flag):
                writer.WriteBooleanValue(flag);
                return;
            case ScalarKind.Int when scalar.TryGetLong(out var whole):
                writer.WriteNumberValue(whole);
                return;
            case ScalarKind.Int or ScalarKind.Float when NumberText(scalar.Text) is { } number:
                writer.WriteRawValue(number);
                return;
        }

        // A variable's value is always text, and YAML 1.1 takes 1e-06 for text: a number or a boolean was meant.
        if (scalar.Variable is not null && scalar.TryGetBool(out var meant))
        {
            writer.WriteBooleanValue(meant);
        }
        else if ((scalar.Variable is not null || scalar.Style == ScalarStyle.Plain) && scalar.Kind == ScalarKind.String && NumberText(scalar.Text) is { } text)
        {
            writer.WriteRawValue(text);
        }
        else
        {
            writer.WriteStringValue(scalar.Text);
        }
    }

    /// <summary>The text as a JSON number with the same digits; null when it is none.</summary>
    private static string? NumberText(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal).TrimStart('+');
        if (digits.StartsWith('.'))
        {
            digits = "0" + digits;
        }
        else if (digits.StartsWith("-.", StringComparison.Ordinal))
        {
            digits = "-0" + digits[1..];
        }

        digits = digits.Replace(".e", ".0e", StringComparison.Ordinal).Replace(".E", ".0E", StringComparison.Ordinal);
        if (digits.EndsWith('.'))
        {
            digits += "0";
        }

        if (IsJsonNumber(digits))
        {
            return digits;
        }

        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value.ToString("R", CultureInfo.InvariantCulture)
            : null;
    }

    private static bool IsJsonNumber(string text)
    {
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] == '-') || !char.IsAsciiDigit(text[^1]))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
