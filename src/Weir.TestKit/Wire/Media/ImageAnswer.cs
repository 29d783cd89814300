using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Media;

/// <summary>Images of one pixel, as base64, with usage.</summary>
internal sealed class ImageAnswer(ScriptedModelOptions options, ModelRequest request, string prompt, int count) : OpenAIAnswer(options, request)
{
    /// <summary>What one image costs, as the token prices of image models count it.</summary>
    public const int TokensPerImage = 1_056;

    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    public override void WriteBody(IBufferWriter<byte> output)
    {
        var text = Tokens.Count(prompt);
        var image = Request.Kind == RouteKind.ImageEdit ? TokensPerImage : 0;
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteNumber("created", Created);
        json.WriteString("background", "opaque");
        json.WriteStartArray("data");
        for (var i = 0; i < count; i++)
        {
            json.WriteStartObject();
            json.WriteString("b64_json", Pixel);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("output_format", "png");
        json.WriteString("quality", "medium");
        json.WriteString("size", "1024x1024");
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", text + image);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("image_tokens", image);
        json.WriteNumber("text_tokens", text);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", count * TokensPerImage);
        json.WriteNumber("total_tokens", text + image + (count * TokensPerImage));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
