using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>An HTTP error in the words of OpenAI or Azure.</summary>
internal sealed class ErrorAnswer(ScriptedModelOptions options, Fault fault, ModelRequest request) : OpenAIAnswer(options, request)
{
    public override int Status => fault.Status;

    public override IEnumerable<KeyValuePair<string, string>> Headers() => base.Headers().Concat(RetryHeaders.Of(fault));

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        WriteError(json);
        json.WriteEndObject();
    }

    /// <summary>The <c>error</c> member; also the content of an error event in a stream.</summary>
    public void WriteError(Utf8JsonWriter json)
    {
        var filter = fault is { Status: 400, Code: "content_filter" };
        var (message, type, code) = Azure ? AzureWords(filter) : OpenAIWords(filter);
        json.WriteStartObject("error");
        json.WriteString("message", fault.Message ?? message);
        json.WriteString("type", fault.Type ?? type);
        json.WriteString("param", fault.Param is "" ? null : fault.Param ?? (filter && Azure ? "prompt" : null));
        json.WriteString("code", filter ? code : fault.Code is "" ? null : fault.Code ?? code);
        if (filter && Azure)
        {
            json.WriteNumber("status", 400);
            json.WriteStartObject("innererror");
            json.WriteString("code", "ResponsibleAIPolicyViolation");
            WriteFilterResults(json, "content_filter_result", "violence");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private (string Message, string? Type, string? Code) OpenAIWords(bool filter) => (fault.Status, fault.Code) switch
    {
        (400, "context_length_exceeded") => (ContextWords, "invalid_request_error", "context_length_exceeded"),
        (400, _) when filter => ("Your request was rejected as a result of our safety system.", "invalid_request_error", "content_policy_violation"),
        (400, _) => ("Invalid value for a parameter of your request.", "invalid_request_error", "invalid_value"),
        (401, _) => ("Incorrect API key provided: ***. You can find your API key at your account page.", "invalid_request_error", "invalid_api_key"),
        (403, _) => ("You are not allowed to use this model from your country, region or territory.", "request_forbidden", "unsupported_country_region_territory"),
        (404, _) => ("The model does not exist or you do not have access to it.", "invalid_request_error", "model_not_found"),
        (405, _) => ("Not allowed to use this method on this path.", "invalid_request_error", "method_not_supported"),
        (408, _) => ("Request timed out.", "timeout_error", null),
        (422, _) => ("The request could not be processed.", "invalid_request_error", null),
        (429, _) => ("Rate limit reached for requests per minute. Limit: 3, Used: 3, Requested: 1.", "requests", "rate_limit_exceeded"),
        (502, _) => ("Bad gateway.", "server_error", "502"),
        (503, _) => ("The engine is currently overloaded, please try again later.", "service_unavailable_error", null),
        (>= 500, _) => ("The server had an error while processing your request. Sorry about that!", "server_error", null),
        _ => ("The request failed.", "api_error", null),
    };

    private (string Message, string? Type, string? Code) AzureWords(bool filter) => (fault.Status, fault.Code) switch
    {
        (400, "context_length_exceeded") => (ContextWords, "invalid_request_error", "context_length_exceeded"),
        (400, _) when filter => ("The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.", null, "content_filter"),
        (400, _) => ("Invalid value for a parameter of your request.", "invalid_request_error", "BadRequest"),
        (401, _) => ("Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription.", null, "401"),
        (403, _) => ("Public access is disabled. Please configure private endpoint.", null, "403"),
        (404, _) => ("Resource not found", null, "404"),
        (408, _) => ("The operation was timeout.", null, "Timeout"),
        (422, _) => ("The request could not be processed.", null, "UnprocessableEntity"),
        (429, _) => ("Requests to the ChatCompletions_Create Operation have exceeded the call rate limit of your current pricing tier. Please retry after the time named in the header.", null, "429"),
        (503, _) => ("The service is temporarily unable to process your request. Please try again later.", null, "ServiceUnavailable"),
        (>= 500, _) => ("The server had an error processing your request. Sorry about that!", "server_error", "InternalServerError"),
        _ => ("The request failed.", null, fault.Status.ToString(CultureInfo.InvariantCulture)),
    };

    private const string ContextWords =
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.";
}
