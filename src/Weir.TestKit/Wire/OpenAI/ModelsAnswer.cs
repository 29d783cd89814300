using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>The list of models, or one of them.</summary>
internal sealed class ModelsAnswer(ScriptedModelOptions options, ModelRequest request, string? one) : OpenAIAnswer(options, request)
{
    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        if (one is not null)
        {
            WriteModel(json, one);
            return;
        }

        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        IReadOnlyList<string> models = Options.Models.Count > 0 ? Options.Models : ["scripted"];
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
        json.WriteString("id", name);
        json.WriteString("object", "model");
        json.WriteNumber("created", Created);
        json.WriteString("owned_by", "scripted");
        json.WriteEndObject();
    }
}
