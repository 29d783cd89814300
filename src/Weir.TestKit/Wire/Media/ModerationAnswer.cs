using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Media;

/// <summary>Verdicts on texts: a category is hit when its name occurs in the text.</summary>
internal sealed class ModerationAnswer(ScriptedModelOptions options, ModelRequest request) : OpenAIAnswer(options, request)
{
    private static readonly string[] Categories =
    [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm", "self-harm/intent",
        "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic",
    ];

    public override void WriteBody(IBufferWriter<byte> output)
    {
        var input = Request.Member("input");
        // A list of parts is one input; a list of texts is many.
        var texts = input is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.String
            ? list.EnumerateArray().Select(t => t.GetString() ?? "") : [input.Joined()];
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteString("id", $"modr-{Request.Number:D6}");
        json.WriteString("model", Request.Model ?? "omni-moderation-latest");
        json.WriteStartArray("results");
        foreach (var text in texts)
        {
            bool Hit(string category) => text.Contains(category, StringComparison.OrdinalIgnoreCase);
            json.WriteStartObject();
            json.WriteBoolean("flagged", Categories.Any(Hit));
            json.WriteStartObject("categories");
            foreach (var category in Categories)
            {
                json.WriteBoolean(category, Hit(category));
            }

            json.WriteEndObject();
            json.WriteStartObject("category_scores");
            foreach (var category in Categories)
            {
                json.WriteNumber(category, Hit(category) ? 0.9 : 0.01);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
