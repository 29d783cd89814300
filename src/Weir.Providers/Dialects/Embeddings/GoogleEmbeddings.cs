using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.Embeddings;

/// <summary>
/// Embeddings of Google's models: <c>:batchEmbedContents</c> of the Gemini API and <c>:predict</c> of Vertex AI. Sources: ai.google.dev,
/// "Embeddings"; Vertex AI, "Text embeddings API".
/// </summary>
public static class GoogleEmbeddings
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = OpenAIChat.RequestReader.MaxDepth };

    /// <summary>Writes the request.</summary>
    /// <param name="wish">What is asked.</param>
    /// <param name="form">In which of the two forms.</param>
    /// <param name="model">The upstream's name of the model.</param>
    /// <param name="target">Takes the body.</param>
    public static void WriteRequest(EmbeddingWish wish, EmbeddingForm form, string model, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(wish);
        using var json = new Utf8JsonWriter(target);
        json.WriteStartObject();
        json.WriteStartArray(form == EmbeddingForm.GeminiBatch ? "requests"u8 : "instances"u8);
        foreach (var text in wish.Input)
        {
            json.WriteStartObject();
            if (form == EmbeddingForm.GeminiBatch)
            {
                WriteGemini(json, wish, model, text);
            }
            else
            {
                WriteInstance(json, wish, text);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (form == EmbeddingForm.VertexPredict && wish.Dimensions is { } length)
        {
            json.WriteStartObject("parameters"u8);
            json.WriteNumber("outputDimensionality"u8, length);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Says an answer in OpenAI's form.</summary>
    /// <param name="answer">The upstream's.</param>
    /// <param name="wish">What was asked.</param>
    /// <param name="model">The name of the model to tell.</param>
    /// <param name="estimate">Counts the prompt, for vendors that tell no usage.</param>
    /// <param name="target">Takes the answer.</param>
    /// <returns>What the upstream says was used; 0 when it does not say.</returns>
    /// <exception cref="DialectException">It is no answer to these inputs.</exception>
    public static long Translate(ReadOnlySpan<byte> answer, EmbeddingWish wish, string model, Func<long> estimate, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(estimate);
        using var json = new Utf8JsonWriter(target);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        var (found, tokens) = (0, 0L);
        var reader = new Utf8JsonReader(answer, Options);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isList, isUsage) = (reader.ValueTextEquals("embeddings"u8) || reader.ValueTextEquals("predictions"u8), reader.ValueTextEquals("usageMetadata"u8));
                reader.Read();
                if (isList && reader.TokenType == JsonTokenType.StartArray)
                {
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        json.WriteStartObject();
                        json.WriteString("object"u8, "embedding"u8);
                        json.WriteNumber("index"u8, found++);
                        tokens += WriteVector(json, ref reader, answer, wish.AsBase64);
                        json.WriteEndObject();
                    }
                }
                else if (isUsage && reader.TokenType == JsonTokenType.StartObject)
                {
                    tokens = Number(ref reader, "promptTokenCount"u8);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            throw new DialectException("embeddings", "The upstream's answer holds no embeddings.");
        }
        if (found != wish.Input.Count)
        {
            throw new DialectException("embeddings", $"The upstream answered {wish.Input.Count} inputs with {found} embeddings.");
        }
        json.WriteEndArray();
        json.WriteString("model"u8, model);
        var told = tokens > 0 ? tokens : estimate();
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, told);
        json.WriteNumber("total_tokens"u8, told);
        json.WriteEndObject();
        json.WriteEndObject();
        return tokens;
    }

    private static void WriteGemini(Utf8JsonWriter json, EmbeddingWish wish, string model, string text)
    {
        json.WriteString("model"u8, "models/" + model);
        json.WriteStartObject("content"u8);
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        WriteText(json, "taskType"u8, wish.TaskType);
        WriteText(json, "title"u8, wish.Title);
        if (wish.Dimensions is { } length)
        {
            json.WriteNumber("outputDimensionality"u8, length);
        }
    }

    private static void WriteInstance(Utf8JsonWriter json, EmbeddingWish wish, string text)
    {
        json.WriteString("content"u8, text);
        WriteText(json, "task_type"u8, wish.TaskType);
        WriteText(json, "title"u8, wish.Title);
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    /// <summary>
    /// The vector of one item: <c>values</c> of a content embedding, or of the <c>embeddings</c> of a prediction, whose <c>statistics</c> tell the tokens.
    /// </summary>
    private static long WriteVector(Utf8JsonWriter json, ref Utf8JsonReader reader, ReadOnlySpan<byte> answer, bool asBase64)
    {
        var (tokens, hasValues) = (0L, false);
        var depth = reader.CurrentDepth;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException();
        }
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }
            var (isValues, isInner, isStatistics) = (reader.ValueTextEquals("values"u8), reader.ValueTextEquals("embeddings"u8), reader.ValueTextEquals("statistics"u8));
            reader.Read();
            if (isValues && reader.TokenType == JsonTokenType.StartArray && !hasValues)
            {
                hasValues = true;
                WriteValues(json, ref reader, answer, asBase64);
            }
            else if (isStatistics && reader.TokenType == JsonTokenType.StartObject)
            {
                tokens += Number(ref reader, "token_count"u8);
            }
            else if (!isInner)
            {
                reader.Skip();
            }
        }
        return hasValues ? tokens : throw new FormatException();
    }

    private static void WriteValues(Utf8JsonWriter json, ref Utf8JsonReader reader, ReadOnlySpan<byte> answer, bool asBase64)
    {
        json.WritePropertyName("embedding"u8);
        if (!asBase64)
        {
            // The numbers as they stand: no digit is lost.
            RawJson.Copy(ref reader, answer).WriteTo(json);
            return;
        }
        var floats = new ArrayBufferWriter<byte>(4096);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            BinaryPrimitives.WriteSingleLittleEndian(floats.GetSpan(sizeof(float)), reader.GetSingle());
            floats.Advance(sizeof(float));
        }
        json.WriteBase64StringValue(floats.WrittenSpan);
    }

    /// <summary>A number in the object on whose brace the reader stands; moves to its end.</summary>
    private static long Number(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        var found = 0L;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = reader.ValueTextEquals(name);
            reader.Read();
            if (wanted && reader.TokenType == JsonTokenType.Number)
            {
                // Vertex writes counts as 4.0 at times.
                found = (long)reader.GetDouble();
            }
            reader.Skip();
        }
        return found;
    }
}
