using System.Buffers;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Files;

/// <summary>Bytes that are no JSON.</summary>
internal sealed class BytesAnswer(ScriptedModelOptions options, ModelRequest request, string contentType, ReadOnlyMemory<byte> bytes) : OpenAIAnswer(options, request)
{
    public override string ContentType => contentType;

    public override void WriteBody(IBufferWriter<byte> output) => output.Write(bytes.Span);
}
