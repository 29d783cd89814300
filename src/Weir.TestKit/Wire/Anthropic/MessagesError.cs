using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>An HTTP error in Anthropic's words.</summary>
internal sealed class MessagesError(ScriptedModelOptions options, Fault fault, ModelRequest request) : AnthropicAnswer(options, request)
{
    public override int Status => fault.Status;

    public override IEnumerable<KeyValuePair<string, string>> Headers() =>
        base.Headers().Concat(RetryHeaders.Of(fault)).Append(new("x-should-retry", fault.Status is 429 or 408 or >= 500 ? "true" : "false"));

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteString("type", "error");
        WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>What stands beside <c>type</c>; also the content of an error event.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        var (type, message) = Words();
        json.WriteStartObject("error");
        json.WriteString("type", fault.Type ?? type);
        json.WriteString("message", fault.Message ?? message);
        json.WriteEndObject();
        json.WriteString("request_id", RequestId);
    }

    private (string Type, string Message) Words() => (fault.Status, fault.Code) switch
    {
        (400, "context_length_exceeded") => ("invalid_request_error", "prompt is too long: 209000 tokens > 200000 maximum"),
        (400, "content_filter") => ("invalid_request_error", "Output blocked by content filtering policy"),
        (400, _) => ("invalid_request_error", "messages: Input should be a valid list"),
        (401, _) => ("authentication_error", "invalid x-api-key"),
        (402, _) => ("billing_error", "Your credit balance is too low to access the Anthropic API."),
        (403, _) => ("permission_error", "Your API key does not have permission to use the specified resource."),
        (404, _) => ("not_found_error", "Not Found"),
        (405, _) => ("invalid_request_error", "Method Not Allowed"),
        (408 or 504, _) => ("timeout_error", "Request timed out"),
        (413, _) => ("request_too_large", "Request exceeds the maximum size"),
        (422, _) => ("invalid_request_error", "The request could not be processed."),
        (429, _) => ("rate_limit_error", "This request would exceed your organization's rate limit of 50 requests per minute."),
        (529, _) => ("overloaded_error", "Overloaded"),
        _ => ("api_error", "Internal server error"),
    };
}
