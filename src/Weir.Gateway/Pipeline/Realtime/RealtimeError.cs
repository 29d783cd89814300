using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>An error as the realtime API says it: OpenAI API, "Server events", <c>error</c>.</summary>
internal static class RealtimeError
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The event.</summary>
    /// <param name="error">What failed.</param>
    /// <param name="eventId">The client's event that is to blame; null for none.</param>
    internal static ReadOnlyMemory<byte> Event(GatewayError error, string? eventId)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(bytes, Plain);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteString("event_id"u8, "event_weir_" + Guid.CreateVersion7().ToString("N"));
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, error.HttpStatus < 500 ? "invalid_request_error"u8 : "server_error"u8);
        json.WriteString("code"u8, error.WireType);
        json.WriteString("message"u8, error.Message);
        json.WriteString("param"u8, error.Param);
        json.WriteString("event_id"u8, eventId);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }
}
