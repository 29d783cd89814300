using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>How many tokens a prompt has.</summary>
internal sealed class GeminiCountAnswer(ScriptedModelOptions options, ModelRequest request) : Answer(options, request)
{
    public override WireShape Shape => GeminiShape.Instance;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteNumber("totalTokens", Request.PromptTokens);
        json.WriteStartArray("promptTokensDetails");
        json.WriteStartObject();
        json.WriteString("modality", "TEXT");
        json.WriteNumber("tokenCount", Request.PromptTokens);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
