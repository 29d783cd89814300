using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Writes a body of Converse or ConverseStream. The model and the wish for a stream go into the path, which is not written here.</summary>
internal static class RequestWriter
{
    internal static void Write(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped)
    {
        var model = ModelFamily.Of(turn.Model);
        var fields = new ModelFields();
        var wish = turn.Reasoning;
        var top = RequestExtras.Sort(turn, model, fields, ref wish, dropped);
        var thinking = ThinkingPlan.Of(turn, wish, model, fields, dropped);
        WriteSampling(turn, model, fields, dropped);

        using var json = new Utf8JsonWriter(target, Json.Writing);
        json.WriteStartObject();
        new MessagesWriter(json, model, dropped).Write(turn.Messages);
        WriteInference(json, turn, thinking.MaxTokens);
        ToolConfigWriter.Write(json, turn, model, thinking.Thinks, fields, dropped);
        fields.Write(json);
        WriteOutput(json, turn, model, thinking.Effort);
        WriteTier(json, turn.ServiceTier, dropped);
        foreach (var extra in top)
        {
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    /// <summary>Whether the form of the answer is said by a tool, for lack of a native way.</summary>
    internal static bool NeedsJsonTool(ChatTurn turn, in ModelFamily model) => turn.Format is { } format && !IsNative(format, model);

    /// <summary>Bedrock takes schemas whose objects are closed, as OpenAI's strict ones are.</summary>
    private static bool IsNative(OutputFormat format, in ModelFamily model) => model.TakesSchema && !format.Schema.IsAbsent
        && (model.IsUnnamed || format.Strict == true || format.Schema.Utf8.Span.IndexOf("\"additionalProperties\""u8) >= 0);

    private static void WriteSampling(ChatTurn turn, in ModelFamily model, ModelFields fields, Dropped dropped)
    {
        if (turn.TopK is { } k)
        {
            if (model.ThinksLikeClaude)
            {
                fields.Set("top_k", k.ToString(CultureInfo.InvariantCulture));
            }
            else if (model.IsNova)
            {
                fields.Set("inferenceConfig", string.Create(CultureInfo.InvariantCulture, $$"""{"topK":{{k}}}"""));
            }
            else
            {
                dropped.Add("top_k");
            }
        }
        Drop(turn.Choices > 1, "n");
        Drop(turn.Seed is not null, "seed");
        Drop(turn.PresencePenalty is not (null or 0), "presence_penalty");
        Drop(turn.FrequencyPenalty is not (null or 0), "frequency_penalty");
        Drop(turn.EndUser is not null, "user");

        void Drop(bool isSaid, string name)
        {
            if (isSaid)
            {
                dropped.Add(name);
            }
        }
    }

    private static void WriteInference(Utf8JsonWriter json, ChatTurn turn, long? maxTokens)
    {
        if (maxTokens is null && turn.Temperature is null && turn.TopP is null && !turn.Stop.Exists(static s => s.Length > 0))
        {
            return;
        }
        json.WriteStartObject("inferenceConfig"u8);
        if (maxTokens is { } most)
        {
            json.WriteNumber("maxTokens"u8, most);
        }
        if (turn.Temperature is { } temperature)
        {
            json.WriteNumber("temperature"u8, temperature);
        }
        if (turn.TopP is { } topP)
        {
            json.WriteNumber("topP"u8, topP);
        }
        if (turn.Stop.Exists(static s => s.Length > 0))
        {
            json.WriteStartArray("stopSequences"u8);
            foreach (var stop in turn.Stop)
            {
                // Converse refuses empty ones.
                if (stop.Length > 0)
                {
                    json.WriteStringValue(stop);
                }
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteOutput(Utf8JsonWriter json, ChatTurn turn, in ModelFamily model, string? effort)
    {
        var format = turn.Format is { } wanted && IsNative(wanted, model) ? wanted : null;
        if (format is null && effort is null)
        {
            return;
        }
        json.WriteStartObject("outputConfig"u8);
        if (format is not null)
        {
            json.WriteStartObject("textFormat"u8);
            json.WriteString("type"u8, "json_schema"u8);
            json.WriteStartObject("structure"u8);
            json.WriteStartObject("jsonSchema"u8);
            json.WriteString("schema"u8, format.Schema.Utf8.Span);
            if (!string.IsNullOrEmpty(format.Name))
            {
                json.WriteString("name"u8, format.Name);
            }
            if (!string.IsNullOrEmpty(format.Description))
            {
                json.WriteString("description"u8, format.Description);
            }
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        if (effort is not null)
        {
            json.WriteString("effort"u8, effort);
        }
        json.WriteEndObject();
    }

    private static void WriteTier(Utf8JsonWriter json, string? tier, Dropped dropped)
    {
        var word = tier switch
        {
            "auto" or "standard_only" or "standard" => "default",
            "default" or "flex" or "priority" or "reserved" => tier,
            _ => null,
        };
        if (word is null)
        {
            if (tier is not null)
            {
                dropped.Add("service_tier");
            }
            return;
        }
        json.WriteStartObject("serviceTier"u8);
        json.WriteString("type"u8, word);
        json.WriteEndObject();
    }
}
