using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Providers;

namespace Weir.Gateway.Errors;

/// <summary>
/// Error bodies in the caller's format. OpenAI's formats get LiteLLM's: <c>{"error":{"message","type","param","code"}}</c>, the code being the
/// status as a string.
/// </summary>
internal static class ErrorEnvelope
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the body. <paramref name="callId"/> is null when callers are not told it.</summary>
    internal static void Write(IBufferWriter<byte> target, GatewayError error, string? callId, WireFormat format)
    {
        using var json = new Utf8JsonWriter(target, Plain);
        switch (format)
        {
            case WireFormat.AnthropicMessages:
                WriteAnthropic(json, error, callId);
                break;
            case WireFormat.GeminiGenerate:
                WriteGoogle(json, error, callId);
                break;
            case WireFormat.BedrockConverse:
                json.WriteStartObject();
                json.WriteString("message"u8, error.Message);
                json.WriteEndObject();
                break;
            default:
                WriteOpenAI(json, error, callId);
                break;
        }
    }

    /// <summary>Writes the body as one server-sent event, for a stream whose status has already gone out.</summary>
    internal static void WriteEvent(IBufferWriter<byte> target, GatewayError error, WireFormat format)
    {
        if (format is WireFormat.AnthropicMessages or WireFormat.OpenAIResponses)
        {
            target.Write("event: error\n"u8);
        }
        target.Write("data: "u8);
        if (format == WireFormat.OpenAIResponses)
        {
            WriteResponsesEvent(target, error);
        }
        else
        {
            Write(target, error, null, format);
        }
        target.Write("\n\n"u8);
    }

    private static void WriteOpenAI(Utf8JsonWriter json, GatewayError error, string? callId)
    {
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

    /// <summary>Anthropic API, "Errors": the type follows from the status.</summary>
    private static void WriteAnthropic(Utf8JsonWriter json, GatewayError error, string? callId)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, error.HttpStatus switch
        {
            400 or 415 or 422 => "invalid_request_error"u8,
            401 => "authentication_error"u8,
            402 => "billing_error"u8,
            403 => "permission_error"u8,
            404 or 405 => "not_found_error"u8,
            413 => "request_too_large"u8,
            429 => "rate_limit_error"u8,
            408 or 504 => "timeout_error"u8,
            503 or 529 => "overloaded_error"u8,
            _ => "api_error"u8,
        });
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
        if (callId is not null)
        {
            json.WriteString("request_id"u8, callId);
        }
        json.WriteEndObject();
    }

    /// <summary>Google APIs, "Error model": the name of the status follows from its number (google.rpc.Code).</summary>
    private static void WriteGoogle(Utf8JsonWriter json, GatewayError error, string? callId)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, error.HttpStatus);
        json.WriteString("message"u8, error.Message);
        json.WriteString("status"u8, error.HttpStatus switch
        {
            400 or 413 or 415 or 422 => "INVALID_ARGUMENT"u8,
            401 => "UNAUTHENTICATED"u8,
            403 => "PERMISSION_DENIED"u8,
            404 or 405 => "NOT_FOUND"u8,
            409 => "ABORTED"u8,
            429 => "RESOURCE_EXHAUSTED"u8,
            499 => "CANCELLED"u8,
            501 => "UNIMPLEMENTED"u8,
            503 => "UNAVAILABLE"u8,
            408 or 504 => "DEADLINE_EXCEEDED"u8,
            _ => "INTERNAL"u8,
        });
        if (callId is not null)
        {
            json.WriteStartArray("details"u8);
            json.WriteStartObject();
            json.WriteString("@type"u8, "type.googleapis.com/google.rpc.RequestInfo"u8);
            json.WriteString("requestId"u8, callId);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>OpenAI API, "Streaming events", <c>error</c>.</summary>
    private static void WriteResponsesEvent(IBufferWriter<byte> target, GatewayError error)
    {
        using var json = new Utf8JsonWriter(target, Plain);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteString("code"u8, error.WireType);
        json.WriteString("message"u8, error.Message);
        json.WriteString("param"u8, error.Param);
        json.WriteEndObject();
    }
}
