using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>Vectors of Google's two APIs: one value per word, its length, so that equal inputs get equal vectors. Vertex tells tokens, the Gemini API does not.</summary>
internal sealed class GoogleEmbeddingAnswer(ScriptedModelOptions options, ModelRequest request) : Answer(options, request)
{
    public override WireShape Shape => GeminiShape.Instance;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        var vertex = Request.Kind == RouteKind.PredictEmbeddings;
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteStartArray(vertex ? "predictions" : "embeddings");
        foreach (var item in Request.Root.Items(vertex ? "instances" : "requests"))
        {
            var text = vertex ? item.Text("content") ?? "" : (item.Member("content")?.Member("parts")).Joined();
            json.WriteStartObject();
            if (vertex)
            {
                json.WriteStartObject("embeddings");
                json.WriteStartObject("statistics");
                json.WriteBoolean("truncated", false);
                json.WriteNumber("token_count", Tokens.Count(text));
                json.WriteEndObject();
            }

            json.WriteStartArray("values");
            foreach (var word in text.Split(' '))
            {
                json.WriteNumberValue(word.Length / 8.0);
            }

            json.WriteEndArray();
            if (vertex)
            {
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
