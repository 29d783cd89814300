using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CsCheck;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.Embeddings;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.Embeddings;

/// <summary>Embeddings of Google's models in OpenAI's form: no number is lost, and what is no answer is not passed off as one.</summary>
public sealed class GoogleEmbeddingsTests
{
    [Fact]
    public void Every_number_comes_through_in_order_in_both_forms_and_both_encodings()
    {
        var vectors = Gen.Float[-1, 1].Array[1, 12].Array[1, 5];
        Gen.Select(vectors, Gen.Bool, Gen.Bool).Sample(
            (numbers, vertex, base64) =>
            {
                var answer = vertex
                    ? "{\"predictions\":[" + string.Join(',', numbers.Select(v => "{\"embeddings\":{\"statistics\":{\"truncated\":false,\"token_count\":2.0},\"values\":" + Text(v) + "}}")) + "],\"metadata\":{\"billableCharacterCount\":9}}"
                    : "{\"embeddings\":[" + string.Join(',', numbers.Select(v => "{\"values\":" + Text(v) + ",\"shape\":[1]}")) + "]}";
                var (used, told) = Translate(answer, new EmbeddingWish { Input = [.. numbers.Select(_ => "x")], AsBase64 = base64 });
                Assert.Equal(vertex ? numbers.Length * 2 : 0, used);
                Assert.Equal(vertex ? numbers.Length * 2 : 77, told.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
                Assert.Equal(numbers.Select(v => string.Join(',', v)), told.GetProperty("data").EnumerateArray().Select(one => string.Join(',', Floats(one.GetProperty("embedding")))));
            },
            iter: 500);
    }

    [Theory]
    [InlineData("""{"embeddings":[]}""")]
    [InlineData("""{"embeddings":[{"values":[1]},{"values":[2]}]}""")]
    [InlineData("""{"embeddings":[{"shape":[1]}]}""")]
    [InlineData("""{"embeddings":[7]}""")]
    [InlineData("""{"embeddings":{"values":[1]}}""")]
    [InlineData("""{"embeddings":[{"values":["a"]}]}""")]
    [InlineData("""{"other":1}""")]
    [InlineData("""{"embeddings":[{"values":[1]""")]
    public void What_is_no_answer_to_the_inputs_is_refused(string answer) =>
        Assert.Throws<DialectException>(() => Translate(answer, new EmbeddingWish { Input = ["x"], AsBase64 = true }));

    [Fact]
    public void The_upstream_s_own_count_wins()
    {
        var (used, told) = Translate("""{"embeddings":[{"values":[1]}],"usageMetadata":{"promptTokenCount":5}}""", new EmbeddingWish { Input = ["x"] });
        Assert.Equal((5, 5), (used, told.GetProperty("usage").GetProperty("total_tokens").GetInt32()));
    }

    [Fact]
    public void What_google_has_no_word_for_is_named()
    {
        var dropped = new Dropped();
        var wish = EmbeddingWish.Read("""{"model":"m","input":"x","user":"u","encoding_format":"float","title":"t","input_type":"query","dimensions":null}"""u8, dropped);
        Assert.Equal(["user", "input_type"], dropped.Names);
        Assert.Equal(("t", null, false), (wish.Title, wish.Dimensions, wish.AsBase64));
    }

    private static string Text(float[] vector) => JsonSerializer.Serialize(vector);

    private static IEnumerable<float> Floats(JsonElement embedding)
    {
        if (embedding.ValueKind == JsonValueKind.Array)
        {
            return embedding.EnumerateArray().Select(number => number.GetSingle()).ToArray();
        }
        var bytes = embedding.GetBytesFromBase64();
        return Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * 4))).ToArray();
    }

    private static (long Used, JsonElement Told) Translate(string answer, EmbeddingWish wish)
    {
        var target = new ArrayBufferWriter<byte>();
        var used = GoogleEmbeddings.Translate(Encoding.UTF8.GetBytes(answer), wish, "m", static () => 77, target);
        return (used, JsonDocument.Parse(target.WrittenMemory).RootElement);
    }
}
