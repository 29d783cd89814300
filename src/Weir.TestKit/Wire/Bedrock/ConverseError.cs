using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Bedrock;

/// <summary>An HTTP error in AWS's words: its name in a header, its message in the body.</summary>
internal sealed class ConverseError(ScriptedModelOptions options, Fault fault, ModelRequest request) : Answer(options, request)
{
    public override WireShape Shape => BedrockShape.Instance;

    public override int Status => fault.Status;

    /// <summary>Name of the exception.</summary>
    public string Type => fault.Type ?? Words().Type;

    public override IEnumerable<KeyValuePair<string, string>> Headers()
    {
        yield return new("x-amzn-RequestId", $"00000000-0000-0000-0000-{Request.Number:D12}");
        yield return new("x-amzn-ErrorType", Type + ":http://internal.amazon.com/coral/com.amazon.bedrock/");
        foreach (var header in RetryHeaders.Of(fault))
        {
            yield return header;
        }
    }

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteString("message", fault.Message ?? Words().Message);
        json.WriteEndObject();
    }

    private (string Type, string Message) Words() => (fault.Status, fault.Code) switch
    {
        (400, "context_length_exceeded") => ("ValidationException", "The model returned the following errors: Input is too long for requested model."),
        (400, "content_filter") => ("ValidationException", "The model returned the following errors: Output blocked by content filtering policy"),
        (400, _) => ("ValidationException", "Malformed input request, please reformat your input and try again."),
        (401 or 403, _) => ("AccessDeniedException", "You don't have access to the model with the specified model ID."),
        (404, _) => ("ResourceNotFoundException", "Could not resolve the foundation model from the provided model identifier."),
        (408, _) => ("ModelTimeoutException", "Model has timed out in processing the request. Try your request again."),
        (424, _) => ("ModelErrorException", "The system encountered an unexpected error during processing. Try your request again."),
        (429, _) => ("ThrottlingException", "Too many requests, please wait before trying again."),
        (503, _) => ("ServiceUnavailableException", "Bedrock is unable to process your request."),
        (>= 500, _) => ("InternalServerException", "The system encountered an unexpected error during processing. Try your request again."),
        _ => ("ValidationException", "The request failed."),
    };
}
