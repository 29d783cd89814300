using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// Reads the members that say how to think and how to answer: <c>thinking</c>, <c>output_config</c>, <c>output_format</c>, <c>metadata</c>.
/// Also used for the same members in other dialects' bodies, where clients of LiteLLM put them.
/// </summary>
internal static class RequestWishes
{
    /// <summary>Reads the member on whose name <paramref name="reader"/> stands; false, and nothing moved, when it is none of these.</summary>
    internal static bool Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        if (RequestReader.Takes(ref reader, "thinking"u8))
        {
            turn.Reasoning = ReadThinking(ref reader, turn.Reasoning);
        }
        else if (RequestReader.Takes(ref reader, "output_config"u8))
        {
            ReadOutput(ref reader, body, turn);
        }
        else if (RequestReader.Takes(ref reader, "output_format"u8))
        {
            turn.Format = ReadFormat(ref reader, body, "output_format") ?? turn.Format;
        }
        else if (RequestReader.Takes(ref reader, "metadata"u8))
        {
            ReadMetadata(ref reader, body, turn);
        }
        else
        {
            return false;
        }
        return true;
    }

    internal static ReasoningWish? ReadThinking(ref Utf8JsonReader reader, ReasoningWish? known)
    {
        if (!Enters(ref reader, "thinking"))
        {
            return known;
        }
        var wish = known ?? new ReasoningWish();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "type"u8))
            {
                wish = RequestReader.Text(ref reader, "thinking.type") switch
                {
                    "enabled" or "adaptive" => wish with { Enabled = true },
                    "disabled" => wish with { Enabled = false },
                    _ => throw RequestReader.Wrong("thinking.type", "enabled, adaptive or disabled"),
                };
            }
            else if (RequestReader.Takes(ref reader, "budget_tokens"u8))
            {
                wish = wish with { BudgetTokens = RequestReader.Count(ref reader, "thinking.budget_tokens") };
            }
            else if (RequestReader.Takes(ref reader, "display"u8))
            {
                wish = wish with { Tell = RequestReader.Text(ref reader, "thinking.display") switch { "summarized" => true, "omitted" => false, _ => null } };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return wish;
    }

    internal static void ReadOutput(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        if (!Enters(ref reader, "output_config"))
        {
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "effort"u8))
            {
                turn.Reasoning = RequestReader.Text(ref reader, "output_config.effort") is { } effort ? (turn.Reasoning ?? new ReasoningWish()) with { Effort = effort } : turn.Reasoning;
            }
            else if (RequestReader.Takes(ref reader, "format"u8))
            {
                turn.Format = ReadFormat(ref reader, body, "output_config.format") ?? turn.Format;
            }
            else
            {
                ReadExtra(ref reader, body, turn, "output_config.");
            }
        }
    }

    /// <summary>Reads <c>{"type":"json_schema","schema":{...}}</c>.</summary>
    internal static OutputFormat? ReadFormat(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, string member)
    {
        if (!Enters(ref reader, member))
        {
            return null;
        }
        var schema = default(RawJson);
        string? kind = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "type"u8))
            {
                kind = RequestReader.Text(ref reader, member + ".type");
            }
            else if (RequestReader.Takes(ref reader, "schema"u8))
            {
                schema = reader.TokenType == JsonTokenType.StartObject ? RawJson.Copy(ref reader, body) : throw RequestReader.Wrong(member + ".schema", "an object");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return kind != "json_schema" ? throw RequestReader.Wrong(member + ".type", "json_schema")
            : schema.IsAbsent ? throw RequestReader.Wrong(member + ".schema", "an object")
            : new OutputFormat(schema);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        if (!Enters(ref reader, "metadata"))
        {
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "user_id"u8))
            {
                turn.EndUser = RequestReader.Text(ref reader, "metadata.user_id");
            }
            else
            {
                ReadExtra(ref reader, body, turn, "metadata.");
            }
        }
    }

    private static void ReadExtra(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn, string prefix)
    {
        var name = prefix + reader.GetString();
        reader.Read();
        turn.Extras.Add(new Extra(WireFormat.AnthropicMessages, name, RawJson.Copy(ref reader, body)));
    }

    private static bool Enters(ref Utf8JsonReader reader, string member) => reader.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => throw RequestReader.Wrong(member, "an object"),
    };
}
