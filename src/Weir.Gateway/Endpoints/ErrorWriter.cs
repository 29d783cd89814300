using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Endpoints;

/// <summary>The only place where an error becomes HTTP: LiteLLM's envelope, or an event of a stream that has begun.</summary>
internal static class ErrorWriter
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with <paramref name="error"/>. The response must not have started.</summary>
    internal static async Task WriteAsync(HttpContext http, GatewayError error, string callId, bool tellCallId)
    {
        var response = http.Response;
        response.StatusCode = error.HttpStatus;
        response.ContentType = "application/json";
        if (callId.Length > 0)
        {
            response.Headers["x-litellm-call-id"] = callId;
        }
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
        if (error.LimitType is { } limit)
        {
            response.Headers["rate_limit_type"] = limit;
        }
        if (error.HttpStatus == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
        var body = Envelope(error, tellCallId ? callId : null);
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }

    /// <summary>The error as one server-sent event, for a stream whose status has already gone out.</summary>
    internal static void WriteEvent(IBufferWriter<byte> writer, GatewayError error)
    {
        writer.Write("data: "u8);
        writer.Write(Envelope(error, null).WrittenSpan);
        writer.Write("\n\n"u8);
    }

    /// <summary>Answers for paths and methods that do not exist, in the words of LiteLLM's framework.</summary>
    internal static Task WriteDetailAsync(HttpContext http, int status, string detail)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync($$"""{"detail":"{{detail}}"}""", http.RequestAborted);
    }

    private static ArrayBufferWriter<byte> Envelope(GatewayError error, string? callId)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Plain);
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
        json.Flush();
        return buffer;
    }
}
