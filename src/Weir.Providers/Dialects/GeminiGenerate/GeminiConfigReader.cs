using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Reads <c>generationConfig</c>.</summary>
internal static class GeminiConfigReader
{
    private const string Here = "generationConfig";

    /// <summary>Reads the object at which the reader stands.</summary>
    public static void Read(ref Utf8JsonReader json, ReadOnlySpan<byte> source, ChatTurn turn)
    {
        var place = new Place(Here);
        string? mime = null;
        RawJson schema = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "maxOutputTokens"u8))
            {
                turn.MaxTokens = GeminiJson.Whole(ref json, place, "maxOutputTokens");
            }
            else if (GeminiJson.Is(ref json, "temperature"u8))
            {
                turn.Temperature = GeminiJson.Number(ref json, place, "temperature");
            }
            else if (GeminiJson.Is(ref json, "topP"u8))
            {
                turn.TopP = GeminiJson.Number(ref json, place, "topP");
            }
            else if (GeminiJson.Is(ref json, "topK"u8))
            {
                turn.TopK = GeminiJson.Whole(ref json, place, "topK");
            }
            else if (GeminiJson.Is(ref json, "seed"u8))
            {
                turn.Seed = GeminiJson.Whole(ref json, place, "seed");
            }
            else if (GeminiJson.Is(ref json, "candidateCount"u8))
            {
                turn.Choices = GeminiJson.Whole(ref json, place, "candidateCount") is { } count
                    ? count is >= 0 and <= int.MaxValue ? (int)count : throw place.Wrong("candidateCount", "a number", JsonTokenType.Number)
                    : null;
            }
            else if (GeminiJson.Is(ref json, "presencePenalty"u8))
            {
                turn.PresencePenalty = GeminiJson.Number(ref json, place, "presencePenalty");
            }
            else if (GeminiJson.Is(ref json, "frequencyPenalty"u8))
            {
                turn.FrequencyPenalty = GeminiJson.Number(ref json, place, "frequencyPenalty");
            }
            else if (GeminiJson.Is(ref json, "stopSequences"u8))
            {
                ReadStop(ref json, turn, place);
            }
            else if (GeminiJson.Is(ref json, "responseMimeType"u8))
            {
                mime = GeminiJson.Text(ref json, place, "responseMimeType");
            }
            else if (GeminiJson.Is(ref json, "responseSchema"u8))
            {
                schema = GeminiJson.Enter(ref json, place, "responseSchema") ? GeminiSchemaReader.Read(ref json, source) : schema;
            }
            else if (GeminiJson.Is(ref json, "responseJsonSchema"u8) || GeminiJson.Is(ref json, "_responseJsonSchema"u8))
            {
                json.Read();
                var value = RawJson.Copy(ref json, source);
                schema = value.Utf8.Span.SequenceEqual("null"u8) ? schema : value;
            }
            else if (GeminiJson.Is(ref json, "thinkingConfig"u8))
            {
                if (GeminiJson.Enter(ref json, place, "thinkingConfig"))
                {
                    turn.Reasoning = ReadThinking(ref json);
                }
            }
            else
            {
                var name = GeminiJson.Camel(GeminiJson.Name(ref json));
                json.Read();
                if (json.TokenType != JsonTokenType.Null)
                {
                    turn.Extras.Add(new(WireFormat.GeminiGenerate, $"{Here}.{name}", RawJson.Copy(ref json, source)));
                }
            }
        }

        if (mime is not (null or "" or "application/json" or "text/plain"))
        {
            // `text/x.enum` answers with one bare word of the schema's enumeration, which no other dialect can ask for.
            turn.Extras.Add(new(WireFormat.GeminiGenerate, $"{Here}.responseMimeType", GeminiJson.Quoted(mime)));
            if (!schema.IsAbsent)
            {
                turn.Extras.Add(new(WireFormat.GeminiGenerate, $"{Here}.responseJsonSchema", schema));
            }
        }
        else if (mime == "application/json" || !schema.IsAbsent)
        {
            turn.Format = new(schema);
        }
    }

    private static void ReadStop(ref Utf8JsonReader json, ChatTurn turn, in Place place)
    {
        if (!GeminiJson.EnterArray(ref json, place, "stopSequences"))
        {
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            turn.Stop.Add(GeminiJson.TextHere(ref json, place, "stopSequences") ?? throw place.Wrong("stopSequences", "a list of texts", JsonTokenType.Null));
        }
    }

    private static ReasoningWish ReadThinking(ref Utf8JsonReader json)
    {
        var place = new Place(Here + ".thinkingConfig");
        var wish = new ReasoningWish();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "includeThoughts"u8))
            {
                wish = wish with { Tell = GeminiJson.Flag(ref json, place, "includeThoughts") };
            }
            else if (GeminiJson.Is(ref json, "thinkingBudget"u8))
            {
                // 0 turns thinking off, -1 leaves the amount to the model.
                wish = GeminiJson.Whole(ref json, place, "thinkingBudget") switch
                {
                    null => wish,
                    0 => wish with { Enabled = false },
                    < 0 => wish with { Enabled = true },
                    var budget => wish with { Enabled = true, BudgetTokens = budget },
                };
            }
            else if (GeminiJson.Is(ref json, "thinkingLevel"u8))
            {
                if (GeminiJson.Text(ref json, place, "thinkingLevel") is { } level && !level.EndsWith("UNSPECIFIED", StringComparison.OrdinalIgnoreCase))
                {
                    wish = wish with { Enabled = true, Effort = level.ToLowerInvariant() };
                }
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return wish;
    }
}
