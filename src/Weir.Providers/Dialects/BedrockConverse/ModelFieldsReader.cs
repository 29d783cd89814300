using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>
/// Reads <c>additionalModelRequestFields</c>, the place for whatever one model alone understands. What has a neutral name gets it; the rest
/// travels as extras under <c>additionalModelRequestFields.name</c>.
/// </summary>
internal static class ModelFieldsReader
{
    internal const string Prefix = "additionalModelRequestFields.";

    /// <summary>Reads the object on which the reader stands.</summary>
    internal static void Read(ref Utf8JsonReader json, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        var place = new Place("additionalModelRequestFields");
        if (!Json.IsObject(ref json, place, ""))
        {
            return;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("top_k"u8))
            {
                turn.TopK = Json.Integer(ref json, place, "top_k");
            }
            else if (json.ValueTextEquals("reasoning_effort"u8))
            {
                if (Json.Text(ref json, place, "reasoning_effort") is { } effort)
                {
                    turn.Reasoning = (turn.Reasoning ?? new ReasoningWish()) with { Effort = effort };
                }
            }
            else if (json.ValueTextEquals("thinking"u8))
            {
                json.Read();
                turn.Reasoning = Thinking(ref json, place, turn.Reasoning);
            }
            else if (json.ValueTextEquals("reasoningConfig"u8))
            {
                json.Read();
                turn.Reasoning = NovaReasoning(ref json, place, turn.Reasoning);
            }
            else
            {
                var name = Json.Name(ref json, place);
                json.Read();
                turn.Extras.Add(new Extra(WireFormat.BedrockConverse, Prefix + name, RawJson.Copy(ref json, body)));
            }
        }
    }

    /// <summary>Anthropic's <c>thinking</c>, on which the reader stands.</summary>
    internal static ReasoningWish? Thinking(ref Utf8JsonReader json, in Place place, ReasoningWish? wish)
    {
        if (!Json.IsObject(ref json, place, "thinking"))
        {
            return wish;
        }
        wish ??= new ReasoningWish();
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("type"u8))
            {
                wish = wish with { Enabled = Json.Text(ref json, place, "thinking.type") is not (null or "disabled") };
            }
            else if (json.ValueTextEquals("budget_tokens"u8))
            {
                wish = wish with { BudgetTokens = Json.Integer(ref json, place, "thinking.budget_tokens") };
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return wish;
    }

    private static ReasoningWish? NovaReasoning(ref Utf8JsonReader json, in Place place, ReasoningWish? wish)
    {
        if (!Json.IsObject(ref json, place, "reasoningConfig"))
        {
            return wish;
        }
        wish ??= new ReasoningWish();
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("type"u8))
            {
                wish = wish with { Enabled = Json.Text(ref json, place, "reasoningConfig.type") is not (null or "disabled") };
            }
            else if (json.ValueTextEquals("maxReasoningEffort"u8))
            {
                wish = wish with { Effort = Json.Text(ref json, place, "reasoningConfig.maxReasoningEffort") };
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return wish;
    }
}
