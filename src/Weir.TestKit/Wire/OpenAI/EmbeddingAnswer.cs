using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>Unit vectors made from a hash of the input: equal inputs get equal vectors.</summary>
internal sealed class EmbeddingAnswer(ScriptedModelOptions options, ModelRequest request) : OpenAIAnswer(options, request)
{
    private const int MostDimensions = 8_192;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        var dimensions = Math.Clamp(Request.Number32("dimensions") ?? Options.EmbeddingDimensions, 1, MostDimensions);
        var base64 = Request.Text("encoding_format") == "base64";
        var tokens = 0;
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        var index = 0;
        foreach (var (text, count) in Inputs())
        {
            tokens += count;
            var vector = UnitVector(text, dimensions);
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", index++);
            if (base64)
            {
                // OpenAI's base64 form is the little-endian float32 values, one after the other.
                json.WriteBase64String("embedding", MemoryMarshal.AsBytes(vector.AsSpan()));
            }
            else
            {
                json.WriteStartArray("embedding");
                foreach (var value in vector)
                {
                    json.WriteNumberValue(value);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", Request.Model);
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", tokens);
        json.WriteNumber("total_tokens", tokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The inputs with their token counts: a text, texts, token ids, or lists of token ids.</summary>
    private IEnumerable<(string Text, int Tokens)> Inputs()
    {
        var input = Request.Member("input") ?? default;
        if (input.ValueKind == JsonValueKind.String)
        {
            var text = input.GetString() ?? "";
            yield return (text, Tokens.Count(text));
        }
        else if (input.ValueKind == JsonValueKind.Array && input.GetArrayLength() > 0 && input[0].ValueKind == JsonValueKind.Number)
        {
            yield return (input.GetRawText(), input.GetArrayLength());
        }
        else if (input.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in input.EnumerateArray())
            {
                yield return item.ValueKind == JsonValueKind.String
                    ? (item.GetString() ?? "", Tokens.Count(item.GetString()))
                    : (item.GetRawText(), item.ValueKind == JsonValueKind.Array ? item.GetArrayLength() : 1);
            }
        }
    }

    private static float[] UnitVector(string text, int dimensions)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        var state = BitConverter.ToUInt64(hash) | 1;
        var vector = new float[dimensions];
        var sum = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            var value = ((state >> 11) / (double)(1UL << 52)) - 1.0;
            vector[i] = (float)value;
            sum += value * value;
        }

        var length = (float)Math.Sqrt(sum);
        for (var i = 0; i < dimensions && length > 0; i++)
        {
            vector[i] /= length;
        }

        return vector;
    }
}
