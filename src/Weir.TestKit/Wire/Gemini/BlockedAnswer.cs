using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>The answer to a prompt that Google's filters block.</summary>
internal sealed class BlockedAnswer(ScriptedModelOptions options, ModelRequest request) : Answer(options, request)
{
    public override WireShape Shape => GeminiShape.Instance;

    public override bool Streams => Request.Stream;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        WriteMembers(json);
        json.WriteEndObject();
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        using var frame = new GeminiFrame(array: false);
        WriteMembers(frame.Start());
        yield return frame.End();
    }

    private void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteStartObject("promptFeedback");
        json.WriteString("blockReason", "PROHIBITED_CONTENT");
        json.WriteEndObject();
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", Request.PromptTokens);
        json.WriteNumber("totalTokenCount", Request.PromptTokens);
        json.WriteEndObject();
        json.WriteString("modelVersion", Request.Model);
        json.WriteString("responseId", $"gemini-{Request.Number:D6}");
    }
}
