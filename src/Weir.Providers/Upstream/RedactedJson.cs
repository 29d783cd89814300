using System.Buffers;
using System.Text.Json;

namespace Weir.Providers.Upstream;

/// <summary>Copies JSON from outside with every text in it cleaned; as text alone, an escaped credential would slip through.</summary>
internal static class RedactedJson
{
    /// <summary><c>{"name": json}</c>, cleaned.</summary>
    /// <param name="name">The one member's name.</param>
    /// <param name="json">Valid JSON.</param>
    /// <param name="own">Values that this call used.</param>
    public static ReadOnlyMemory<byte> Member(string name, string json, IReadOnlyCollection<Secret> own)
    {
        using var document = JsonDocument.Parse(json);
        var buffer = new ArrayBufferWriter<byte>(json.Length + 32);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WritePropertyName(name);
        Copy(writer, document.RootElement, own);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement value, IReadOnlyCollection<Secret> own)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(Clean(() => member.Name, own));
                    Copy(writer, member.Value, own);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Copy(writer, item, own);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Clean(() => value.GetString() ?? "", own));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static string Clean(Func<string> read, IReadOnlyCollection<Secret> own)
    {
        try
        {
            return Redaction.Clean(read(), own);
        }
        catch (InvalidOperationException)
        {
            // No text (a lone surrogate, broken UTF-8): what can't be read can't be cleaned, so it does not travel.
            return "***";
        }
    }
}
