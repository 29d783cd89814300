using Weir.TestKit.Faults;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Responses;

/// <summary>OpenAI's errors, with the stream events of the Responses API.</summary>
internal sealed class ResponsesShape : OpenAIShape
{
    public static readonly new ResponsesShape Instance = new();

    public override ReadOnlyMemory<byte> EndlessStart { get; } =
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":4,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\""u8.ToArray();

    public override ReadOnlyMemory<byte> FloodEvent { get; } =
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":4,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"x\",\"logprobs\":[]}\n\n"u8.ToArray();

    public override ReadOnlyMemory<byte> BrokenEvent { get; } = "event: response.created\ndata: {\"type\": [ <html>oops\n\n"u8.ToArray();

    public override ReadOnlyMemory<byte> ErrorEvent(ScriptedModelOptions options, Fault fault, ModelRequest request, int sent)
    {
        using var buffer = new EventBuffer();
        var json = buffer.Start("error");
        json.WriteNumber("sequence_number", sent);
        json.WriteString("code", fault.Code ?? (fault.Status == 429 ? "rate_limit_exceeded" : "server_error"));
        json.WriteString("message", fault.Message ?? "The server had an error while processing your request. Sorry about that!");
        json.WriteString("param", fault.Param);
        return buffer.EndObject();
    }
}
