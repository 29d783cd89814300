using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Writes <c>generationConfig</c>.</summary>
internal static class GeminiConfigWriter
{
    /// <summary>Writes the member, unless it would be empty.</summary>
    public static void Write(Utf8JsonWriter json, ChatTurn turn, GeminiExtras extras, Dropped dropped)
    {
        if (turn.MaxTokens is null && turn.Temperature is null && turn.TopP is null && turn.TopK is null && turn.Seed is null && turn.Choices is null && turn.Stop.Count == 0
            && turn.PresencePenalty is null && turn.FrequencyPenalty is null && turn.Format is null && turn.Reasoning is null && extras.Config.Count == 0)
        {
            return;
        }

        json.WriteStartObject("generationConfig"u8);
        Whole(json, "maxOutputTokens"u8, turn.MaxTokens);
        Number(json, "temperature"u8, turn.Temperature);
        Number(json, "topP"u8, turn.TopP);
        Whole(json, "topK"u8, turn.TopK);
        Seed(json, turn.Seed, dropped);
        Whole(json, "candidateCount"u8, turn.Choices);
        Penalties(json, turn, dropped);
        if (turn.Stop.Count > 0)
        {
            json.WriteStartArray("stopSequences"u8);
            foreach (var stop in turn.Stop)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        Format(json, turn.Format, dropped);
        if (turn.Reasoning is not null)
        {
            Thinking(json, turn.Reasoning, turn.Model, dropped);
        }

        foreach (var extra in extras.Config)
        {
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void Seed(Utf8JsonWriter json, long? seed, Dropped dropped)
    {
        // Google's seed has 32 bits; it refuses larger ones.
        if (seed is < int.MinValue or > int.MaxValue)
        {
            dropped.Add("seed");
        }
        else
        {
            Whole(json, "seed"u8, seed);
        }
    }

    private static void Penalties(Utf8JsonWriter json, ChatTurn turn, Dropped dropped)
    {
        if (!GeminiModels.IsThree(turn.Model))
        {
            Number(json, "presencePenalty"u8, turn.PresencePenalty);
            Number(json, "frequencyPenalty"u8, turn.FrequencyPenalty);
            return;
        }

        // Refused since the third generation.
        if (turn.PresencePenalty is not null)
        {
            dropped.Add("presence_penalty");
        }

        if (turn.FrequencyPenalty is not null)
        {
            dropped.Add("frequency_penalty");
        }
    }

    private static void Format(Utf8JsonWriter json, OutputFormat? format, Dropped dropped)
    {
        if (format is null)
        {
            return;
        }

        json.WriteString("responseMimeType"u8, "application/json"u8);
        if (format.Schema.IsAbsent)
        {
            return;
        }

        // Known since Gemini 2.0, takes JSON Schema as it is; LiteLLM chooses the same. The schema's name means nothing to the model.
        json.WritePropertyName("responseJsonSchema"u8);
        format.Schema.WriteTo(json);
        if (format.Description is not null)
        {
            dropped.Add("response_format.description");
        }
    }

    private static void Thinking(Utf8JsonWriter json, ReasoningWish wish, string model, Dropped dropped)
    {
        if (wish.Summary is not null and not ("auto" or "none"))
        {
            dropped.Add("reasoning.summary");
        }

        json.WriteStartObject("thinkingConfig"u8);
        var off = wish.Enabled is false || wish.Effort is "none" or "disable" || (wish.Effort is null && wish.BudgetTokens == 0);
        if (GeminiModels.IsThree(model))
        {
            // A budget is still understood there, but never beside a level.
            if (off)
            {
                json.WriteString("thinkingLevel"u8, GeminiModels.Level("none", model));
            }
            else if (wish.Effort is not null)
            {
                json.WriteString("thinkingLevel"u8, GeminiModels.Level(wish.Effort, model));
            }
            else if (wish.BudgetTokens is not null)
            {
                json.WriteNumber("thinkingBudget"u8, wish.BudgetTokens.Value);
            }
        }
        else
        {
            var budget = off ? 0
                : wish.BudgetTokens ?? (wish.Effort == "minimal" ? GeminiModels.LeastBudget(model)
                : wish.Effort is not null ? ReasoningEffort.ToBudget(wish.Effort) ?? -1
                : wish.Enabled is true ? -1 : null);
            Whole(json, "thinkingBudget"u8, budget);
        }

        // Whoever asks for thinking in another dialect expects to see it, as with LiteLLM; Gemini shows thoughts only when told to.
        var says = wish.Enabled is not null || wish.Effort is not null || wish.BudgetTokens is not null;
        if ((wish.Tell ?? (says ? !off : null)) is { } tell)
        {
            json.WriteBoolean("includeThoughts"u8, tell);
        }

        json.WriteEndObject();
    }

    private static void Whole(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is not null)
        {
            json.WriteNumber(name, value.Value);
        }
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is not null)
        {
            json.WriteNumber(name, value.Value);
        }
    }
}
