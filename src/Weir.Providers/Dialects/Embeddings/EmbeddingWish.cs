using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.Embeddings;

/// <summary>What a caller of OpenAI's <c>/embeddings</c> asks for, for vendors that are asked in another form.</summary>
public sealed record EmbeddingWish
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestReader.MaxDepth };

    /// <summary>The texts, in order; at least one.</summary>
    public required IReadOnlyList<string> Input { get; init; }

    /// <summary>Length of the vectors; null = the model's own.</summary>
    public long? Dimensions { get; init; }

    /// <summary>Whether vectors are told as base64 of their float32 values, as OpenAI's clients ask.</summary>
    public bool AsBase64 { get; init; }

    /// <summary>Google's <c>task_type</c>, which LiteLLM's clients send beside OpenAI's members.</summary>
    public string? TaskType { get; init; }

    /// <summary>Google's <c>title</c>.</summary>
    public string? Title { get; init; }

    /// <summary>Reads the body.</summary>
    /// <param name="body">Known to be one JSON object.</param>
    /// <param name="dropped">Takes the names of members for which Google has no word.</param>
    /// <exception cref="DialectException">The input is no text, or another member means nothing.</exception>
    public static EmbeddingWish Read(ReadOnlySpan<byte> body, Dropped dropped)
    {
        ArgumentNullException.ThrowIfNull(dropped);
        var wish = new EmbeddingWish { Input = [] };
        var reader = new Utf8JsonReader(body, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() ?? "";
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }
            switch (name)
            {
                case "model":
                    reader.Skip();
                    break;
                case "input":
                    wish = wish with { Input = Texts(ref reader) };
                    break;
                case "dimensions" or "output_dimensionality" or "outputDimensionality":
                    wish = wish with { Dimensions = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var length) && length > 0 ? length : throw Wrong(name, "must be a positive whole number") };
                    break;
                case "encoding_format":
                    wish = wish with { AsBase64 = Text(ref reader, name) switch { "base64" => true, "float" => false, _ => throw Wrong(name, "must be 'float' or 'base64'") } };
                    break;
                case "task_type" or "taskType":
                    wish = wish with { TaskType = Text(ref reader, name) };
                    break;
                case "title":
                    wish = wish with { Title = Text(ref reader, name) };
                    break;
                default:
                    dropped.Add(name);
                    reader.Skip();
                    break;
            }
        }
        return wish.Input.Count > 0 ? wish : throw Wrong("input", "must be a text or a list of texts");
    }

    private static List<string> Texts(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString() ?? ""];
        }
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong("input", "must be a text or a list of texts");
        }
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // Token ids are OpenAI's: the same numbers mean other words elsewhere.
            texts.Add(reader.TokenType == JsonTokenType.String ? reader.GetString() ?? ""
                : throw Wrong("input", "must be a text or a list of texts: this model has other tokens than OpenAI's, so it can't be given token ids"));
        }
        return texts;
    }

    private static string Text(ref Utf8JsonReader reader, string name) => reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : throw Wrong(name, "must be a string");

    private static DialectException Wrong(string member, string what) => new(member, $"'{member}' {what}.");
}
