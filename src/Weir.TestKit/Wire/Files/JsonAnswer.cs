using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Files;

/// <summary>A small answer of OpenAI's that is written in one go.</summary>
internal sealed class JsonAnswer(ScriptedModelOptions options, ModelRequest request, Action<Utf8JsonWriter> write) : OpenAIAnswer(options, request)
{
    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        write(json);
    }

    /// <summary>A list of kept things.</summary>
    public static JsonAnswer List<T>(ScriptedModelOptions options, ModelRequest request, IReadOnlyList<T> things, Func<T, string> id, Action<T, Utf8JsonWriter> write) =>
        new(options, request, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (var thing in things)
            {
                write(thing, json);
            }

            json.WriteEndArray();
            json.WriteString("first_id", things.Count > 0 ? id(things[0]) : null);
            json.WriteString("last_id", things.Count > 0 ? id(things[^1]) : null);
            json.WriteBoolean("has_more", false);
            json.WriteEndObject();
        });
}
