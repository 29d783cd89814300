using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Gateway.Audit;

namespace Weir.Server.Cli.Audit;

/// <summary>A row as a line of JSON: its place, its body byte for byte as it was hashed, its hash.</summary>
internal static class AuditLine
{
    internal static string Of(AuditRow row)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("chain"u8, row.Chain);
            json.WriteNumber("seq"u8, row.Seq);
            json.WritePropertyName("body"u8);
            json.WriteRawValue(row.Body.Span, skipInputValidation: true);
            json.WriteString("hash"u8, Convert.ToHexStringLower(row.Hash.Span));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
