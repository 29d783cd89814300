using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>The list of models, or one of them, as Google tells it.</summary>
internal sealed class GeminiModelsAnswer(ScriptedModelOptions options, ModelRequest request) : Answer(options, request)
{
    public override WireShape Shape => GeminiShape.Instance;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        if (Request.Model is { } one)
        {
            WriteModel(json, one);
            return;
        }

        IReadOnlyList<string> models = Options.Models.Count > 0 ? Options.Models : ["scripted"];
        json.WriteStartObject();
        json.WriteStartArray("models");
        foreach (var name in models)
        {
            WriteModel(json, name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", "models/" + name);
        json.WriteString("version", "001");
        json.WriteString("displayName", name);
        json.WriteNumber("inputTokenLimit", 1_048_576);
        json.WriteNumber("outputTokenLimit", 65_536);
        json.WriteStartArray("supportedGenerationMethods");
        json.WriteStringValue("generateContent");
        json.WriteStringValue("countTokens");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
