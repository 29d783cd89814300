using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Media;

/// <summary>Cohere's way with keys and errors.</summary>
internal sealed class CohereShape : OpenAIShape
{
    public static readonly new CohereShape Instance = new();

    public override Fault NoModel(ScriptedModelOptions options, string name) => Fault.Http(404) with { Message = $"model '{name}' not found, make sure the correct model ID was used and that you have access to the model." };

    public override Answer Error(ScriptedModelOptions options, Fault fault, ModelRequest request) => new CohereError(options, fault, request);

    /// <summary>An error: a message, nothing more.</summary>
    private sealed class CohereError(ScriptedModelOptions options, Fault fault, ModelRequest request) : Answer(options, request)
    {
        public override WireShape Shape => Instance;

        public override int Status => fault.Status;

        public override IEnumerable<KeyValuePair<string, string>> Headers() => RetryHeaders.Of(fault);

        public override void WriteBody(IBufferWriter<byte> output)
        {
            using var json = new Utf8JsonWriter(output, Lenient);
            json.WriteStartObject();
            json.WriteString("id", $"error-{Request.Number:D6}");
            json.WriteString("message", fault.Message ?? fault.Status switch
            {
                401 => "invalid api token",
                429 => "You have exceeded your rate limit. Please try again later.",
                >= 500 => "internal server error, this has been reported to our developers.",
                _ => "invalid request",
            });
            json.WriteEndObject();
        }
    }
}
