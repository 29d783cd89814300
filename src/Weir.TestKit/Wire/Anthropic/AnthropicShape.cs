using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>Anthropic's way with keys, errors and streams.</summary>
internal class AnthropicShape : WireShape
{
    public static readonly AnthropicShape Instance = new();

    public override ReadOnlyMemory<byte> EndlessStart { get; } =
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""u8.ToArray();

    public override ReadOnlyMemory<byte> FloodEvent { get; } =
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}\n\n"u8.ToArray();

    public override ReadOnlyMemory<byte> BrokenEvent { get; } = "event: message_start\ndata: {\"type\": [ <html>oops\n\n"u8.ToArray();

    /// <summary>The key stands in <c>x-api-key</c>, in <c>Authorization</c>, or (Claude in Foundry) in <c>api-key</c>.</summary>
    public override bool Carries(HttpRequest http, string key) =>
        http.Headers["x-api-key"] == key || http.Headers["api-key"] == key || Bearer(http, key);

    public override Fault NoModel(ScriptedModelOptions options, string name) => Fault.Http(404) with { Message = "model: " + name };

    public override Answer Error(ScriptedModelOptions options, Fault fault, ModelRequest request) => new MessagesError(options, fault, request);

    public override ReadOnlyMemory<byte> ErrorEvent(ScriptedModelOptions options, Fault fault, ModelRequest request, int sent)
    {
        using var buffer = new EventBuffer();
        new MessagesError(options, fault, request).WriteMembers(buffer.Start("error"));
        return buffer.EndObject();
    }
}
