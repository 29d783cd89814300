using System.Buffers;
using System.Text;
using Weir.TestKit.Wire.Anthropic;

namespace Weir.TestKit.Wire.Bedrock;

/// <summary>Claude's own answer in Bedrock's frames: each event is the base64 of what Anthropic would send.</summary>
internal sealed class InvokeAnswer(ScriptedModelOptions options, MessagesAnswer inner) : Answer(options, inner.Request)
{
    public override WireShape Shape => BedrockShape.Instance;

    public override bool Streams => inner.Streams;

    public override void WriteBody(IBufferWriter<byte> output) => inner.WriteBody(output);

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        foreach (var one in inner.Events())
        {
            var text = Encoding.UTF8.GetString(one.Span);
            var data = text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..].TrimEnd();
            yield return EventFrame.Of("event", "chunk", Encoding.ASCII.GetBytes($$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(data))}}","p":"abc"}"""));
        }
    }
}
