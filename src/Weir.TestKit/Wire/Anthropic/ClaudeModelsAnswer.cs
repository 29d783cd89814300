using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>The list of models, or one of them, as Anthropic tells it.</summary>
internal sealed class ClaudeModelsAnswer(ScriptedModelOptions options, ModelRequest request) : AnthropicAnswer(options, request)
{
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
        json.WriteStartArray("data");
        foreach (var name in models)
        {
            WriteModel(json, name);
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more", false);
        json.WriteString("first_id", models[0]);
        json.WriteString("last_id", models[^1]);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("type", "model");
        json.WriteString("id", name);
        json.WriteString("display_name", name);
        json.WriteString("created_at", "2026-01-01T00:00:00Z");
        json.WriteEndObject();
    }
}
