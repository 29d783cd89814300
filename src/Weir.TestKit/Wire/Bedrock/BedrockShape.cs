using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Bedrock;

/// <summary>Bedrock's way with keys, errors and streams.</summary>
internal sealed class BedrockShape : WireShape
{
    public static readonly BedrockShape Instance = new();

    public override string StreamType => "application/vnd.amazon.eventstream";

    /// <summary>A prelude that promises 1 GB of one frame.</summary>
    public override ReadOnlyMemory<byte> EndlessStart { get; } = EventFrame.Prelude(1 << 30, 0);

    public override ReadOnlyMemory<byte> FloodEvent { get; } =
        EventFrame.Of("event", "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"x\"},\"p\":\"abc\"}"u8);

    /// <summary>A frame whose checksum is wrong.</summary>
    public override ReadOnlyMemory<byte> BrokenEvent { get; } = Broken();

    /// <summary>A Bedrock API key. A request signed with SigV4 is judged by <see cref="SigV4Check"/> when the server knows the secret.</summary>
    public override bool Carries(HttpRequest http, string key) => Bearer(http, key) || http.Headers["x-api-key"] == key;

    public override Fault? Unauthorized(HttpRequest http, ReadOnlySpan<byte> body, ScriptedModelOptions options) =>
        options.AwsSecretKey is not null && !http.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.Ordinal)
            ? SigV4Check.Refusal(http, body, options) : base.Unauthorized(http, body, options);

    public override Fault WrongKey(HttpRequest http) => Fault.Http(403) with { Type = "UnrecognizedClientException", Message = "The security token included in the request is invalid." };

    public override Fault NoModel(ScriptedModelOptions options, string name) =>
        Fault.Http(400) with { Message = "The provided model identifier is invalid." };

    public override Answer Error(ScriptedModelOptions options, Fault fault, ModelRequest request) => new ConverseError(options, fault, request);

    public override ReadOnlyMemory<byte> ErrorEvent(ScriptedModelOptions options, Fault fault, ModelRequest request, int sent)
    {
        var error = new ConverseError(options, fault, request);
        var type = error.Type;
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        error.WriteBody(body);
        return EventFrame.Of("exception", char.ToLowerInvariant(type[0]) + type[1..], body.WrittenSpan);
    }

    private static byte[] Broken()
    {
        var frame = EventFrame.Of("event", "messageStart", Encoding.ASCII.GetBytes("{\"role\":\"assistant\"}"));
        frame[^1] ^= 0xFF;
        return frame;
    }
}
