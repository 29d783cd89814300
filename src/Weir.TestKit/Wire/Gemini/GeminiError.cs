using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>An HTTP error in Google's words: the code of HTTP, the status of gRPC, and details.</summary>
internal sealed class GeminiError(ScriptedModelOptions options, Fault fault, ModelRequest request) : Answer(options, request)
{
    public override WireShape Shape => GeminiShape.Instance;

    public override int Status => fault.Status;

    public override IEnumerable<KeyValuePair<string, string>> Headers() => RetryHeaders.Of(fault);

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        WriteMembers(json);
        json.WriteEndObject();
    }

    public void WriteMembers(Utf8JsonWriter json)
    {
        var (status, message) = Words();
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.Status);
        json.WriteString("message", fault.Message ?? message);
        json.WriteString("status", fault.Type ?? status);
        if (fault.Code is "API_KEY_INVALID")
        {
            json.WriteStartArray("details");
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
            json.WriteString("reason", "API_KEY_INVALID");
            json.WriteString("domain", "googleapis.com");
            json.WriteEndObject();
            json.WriteEndArray();
        }
        else if (fault is { Status: 429, RetryAfter: { } after })
        {
            json.WriteStartArray("details");
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.RetryInfo");
            json.WriteString("retryDelay", after + "s");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private (string Status, string Message) Words() => (fault.Status, fault.Code) switch
    {
        (400, "context_length_exceeded") => ("INVALID_ARGUMENT", "The input token count (2100000) exceeds the maximum number of tokens allowed (1048576)."),
        (400, _) => ("INVALID_ARGUMENT", "Request contains an invalid argument."),
        (401, _) => ("UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."),
        (403, _) => ("PERMISSION_DENIED", "The caller does not have permission"),
        (404, _) => ("NOT_FOUND", "Requested entity was not found."),
        (429, _) => ("RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."),
        (499, _) => ("CANCELLED", "The operation was cancelled."),
        (501, _) => ("UNIMPLEMENTED", "Operation is not implemented, or supported, or enabled."),
        (503, _) => ("UNAVAILABLE", "The model is overloaded. Please try again later."),
        (504 or 408, _) => ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        (>= 500, _) => ("INTERNAL", "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"),
        _ => ("FAILED_PRECONDITION", "The request failed."),
    };
}
