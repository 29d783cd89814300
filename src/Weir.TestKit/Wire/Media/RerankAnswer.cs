using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.Media;

/// <summary>Documents in the order of how many words of the query they hold, as Cohere answers.</summary>
internal sealed class RerankAnswer(ScriptedModelOptions options, ModelRequest request, bool second) : Answer(options, request)
{
    public override WireShape Shape => CohereShape.Instance;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        var query = (Request.Text("query") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var documents = Request.Root.Items("documents").Select(d => d.ValueKind == JsonValueKind.String ? d.GetString() ?? "" : d.Text("text") ?? "").ToList();
        var ranked = documents.Select((text, index) => (Index: index, Text: text, Score: Score(query, text)))
            .OrderByDescending(d => d.Score).ThenBy(d => d.Index).Take(Request.Number32("top_n") ?? documents.Count);
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteString("id", $"rerank-{Request.Number:D6}");
        json.WriteStartArray("results");
        foreach (var (index, text, score) in ranked)
        {
            json.WriteStartObject();
            json.WriteNumber("index", index);
            json.WriteNumber("relevance_score", score);
            if (Request.Root.Flag("return_documents"))
            {
                json.WriteStartObject("document");
                json.WriteString("text", text);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("meta");
        json.WriteStartObject("api_version");
        json.WriteString("version", second ? "2" : "1");
        json.WriteEndObject();
        json.WriteStartObject("billed_units");
        // Cohere bills a search for every hundred documents.
        json.WriteNumber("search_units", Math.Max(1, (documents.Count + 99) / 100));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static double Score(string[] query, string text) =>
        query.Length == 0 ? 0 : Math.Round((double)query.Count(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)) / query.Length, 4);
}
