using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Gateway.Admin;

/// <summary>Makes JSON values of plain ones.</summary>
internal static class JsonValues
{
    internal static readonly JsonElement Null = JsonElement.Parse("null"u8);

    internal static JsonElement Of(string? text) => text is null ? Null : JsonElement.Parse(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\""));

    internal static JsonElement Of(bool flag) => JsonElement.Parse(flag ? "true"u8 : "false"u8);

    internal static JsonElement Of(long number) => JsonElement.Parse(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    internal static JsonElement Of(decimal number) => JsonElement.Parse(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    internal static JsonElement Of(DateTimeOffset? time) => time is { } known ? Of(Stamp(known)) : Null;

    internal static JsonElement Of(IEnumerable<string> texts) => Of(json =>
    {
        json.WriteStartArray();
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }
        json.WriteEndArray();
    });

    internal static JsonElement Of(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            write(json);
        }
        return JsonElement.Parse(bytes.WrittenSpan);
    }

    /// <summary>An instant as LiteLLM's framework writes it.</summary>
    internal static string Stamp(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
}
