using System.Buffers;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Realtime;

/// <summary>
/// A session over a WebSocket. Its events are written by <see cref="RealtimeSession"/>; this is what comes back to a request that
/// is no handshake.
/// </summary>
internal sealed class RealtimeAnswer(ScriptedModelOptions options, ModelRequest request) : OpenAIAnswer(options, request)
{
    public override int Status => 426;

    public override string ContentType => "text/plain";

    public override void WriteBody(IBufferWriter<byte> output) => output.Write("This endpoint is a WebSocket.\n"u8);
}
