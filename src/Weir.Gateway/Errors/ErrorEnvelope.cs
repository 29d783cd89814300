using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Gateway.Errors;

/// <summary>LiteLLM's error body: <c>{"error":{"message","type","param","code"}}</c>, the code being the status as a string.</summary>
internal static class ErrorEnvelope
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the body. <paramref name="callId"/> is null when callers are not told it.</summary>
    internal static void Write(IBufferWriter<byte> target, GatewayError error, string? callId)
    {
        using var json = new Utf8JsonWriter(target, Plain);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.WireType);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, error.HttpStatus.ToString(CultureInfo.InvariantCulture));
        if (!error.ProviderFields.IsEmpty)
        {
            json.WritePropertyName("provider_specific_fields"u8);
            json.WriteRawValue(error.ProviderFields.Span);
        }
        if (callId is not null)
        {
            json.WriteString("litellm_call_id"u8, callId);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes the body as one server-sent event, for a stream whose status has already gone out.</summary>
    internal static void WriteEvent(IBufferWriter<byte> target, GatewayError error)
    {
        target.Write("data: "u8);
        Write(target, error, null);
        target.Write("\n\n"u8);
    }
}
