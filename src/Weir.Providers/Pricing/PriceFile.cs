using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Weir.Providers.Pricing;

/// <summary>Reads prices in the JSON form of LiteLLM's <c>model_prices_and_context_window.json</c>: an object of model name to fields.</summary>
internal static class PriceFile
{
    /// <summary>Rows by name. Members of a row that are no price and no fact are passed over, as LiteLLM does.</summary>
    /// <exception cref="InvalidDataException">The text is not such a file; the message says where.</exception>
    internal static Dictionary<string, ModelPrice> Read(ReadOnlySpan<byte> json, string name)
    {
        var rows = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        if (json.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new InvalidDataException($"price file {name}: expected an object of model names, as in LiteLLM's model_prices_and_context_window.json");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // GetString of a property name is never null.
                var key = reader.GetString()!;
                reader.Read();
                if (reader.TokenType != JsonTokenType.StartObject || key == "sample_spec")
                {
                    reader.Skip();
                    continue;
                }

                rows[key] = ReadRow(key, ref reader, name);
            }

            // Reading on finds text behind the object.
            reader.Read();
            return rows;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"price file {name}: not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine}: {e.Message}", e);
        }
    }

    private static ModelPrice ReadRow(string key, ref Utf8JsonReader reader, string file)
    {
        var prices = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var supports = new Dictionary<string, bool>(StringComparer.Ordinal);
        string provider = "", mode = "";
        long? maxInput = null, maxOutput = null, maxTokens = null;
        DateOnly? retired = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // As above: a property name is never null.
            var field = reader.GetString()!;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.Number when field == "max_input_tokens":
                    maxInput = Count(ref reader);
                    break;
                case JsonTokenType.Number when field == "max_output_tokens":
                    maxOutput = Count(ref reader);
                    break;
                case JsonTokenType.Number when field == "max_tokens":
                    maxTokens = Count(ref reader);
                    break;
                case JsonTokenType.Number when field.Contains("cost", StringComparison.Ordinal):
                    AddPrice(field, ref reader);
                    break;
                case JsonTokenType.StartObject when field == "search_context_cost_per_query":
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        var size = reader.GetString()!; // never null, as above
                        reader.Read();
                        if (reader.TokenType == JsonTokenType.Number)
                        {
                            AddPrice(size, ref reader);
                        }

                        reader.Skip();
                    }

                    break;
                case JsonTokenType.True or JsonTokenType.False when field.StartsWith("supports_", StringComparison.Ordinal):
                    supports[field] = reader.TokenType == JsonTokenType.True;
                    break;
                case JsonTokenType.String when field == "litellm_provider":
                    provider = reader.GetString() ?? "";
                    break;
                case JsonTokenType.String when field == "mode":
                    mode = reader.GetString() ?? "";
                    break;
                case JsonTokenType.String when field == "deprecation_date":
                    retired = DateOnly.TryParseExact(reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        var facts = new ModelFacts
        {
            Key = key,
            Provider = provider,
            Mode = mode.Length == 0 ? null : mode,
            MaxInputTokens = maxInput,
            MaxOutputTokens = maxOutput ?? (maxInput is null ? maxTokens : null),
            DeprecationDate = retired,
            Supports = supports.ToFrozenDictionary(StringComparer.Ordinal),
        };
        return new ModelPrice(facts, prices.ToFrozenDictionary(StringComparer.Ordinal));

        void AddPrice(string field, ref Utf8JsonReader number)
        {
            if (!number.TryGetDecimal(out var value))
            {
                throw new InvalidDataException($"price file {file}: {key}.{field} is not a decimal number");
            }

            if (ModelPrice.Problem(value) is { } problem)
            {
                throw new InvalidDataException($"price file {file}: {key}.{field}: {problem}");
            }

            prices[field] = value;
        }
    }

    // Some rows write 1e6 or 128000.0.
    private static long? Count(ref Utf8JsonReader reader) =>
        reader.TryGetInt64(out var whole) ? whole : reader.TryGetDecimal(out var value) && value is >= 0 and <= long.MaxValue ? (long)value : null;
}
