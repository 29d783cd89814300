using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Reads a body of <c>POST /v1/messages</c> (or of <c>count_tokens</c>).</summary>
internal static class RequestReader
{
    internal static ChatTurn Read(ReadOnlySpan<byte> body)
    {
        var turn = new ChatTurn();
        var system = new List<ContentPart>();
        var hasJsonTool = false;
        var reader = new Utf8JsonReader(body, Wire.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new DialectException("", "The request body is not one JSON object.");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!ReadConversation(ref reader, body, turn, system, ref hasJsonTool) && !ReadSettings(ref reader, turn) && !RequestWishes.Read(ref reader, body, turn))
            {
                ReadExtra(ref reader, body, turn);
            }
        }
        if (system.Count > 0)
        {
            turn.Messages.Insert(0, new ChatMessage(ChatRole.System, system));
        }
        ToolReader.FreeChoice(turn, hasJsonTool);
        ConversationReader.NameResults(turn.Messages);
        return turn;
    }

    private static bool ReadConversation(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn, List<ContentPart> system, ref bool hasJsonTool)
    {
        if (Takes(ref reader, "messages"u8))
        {
            ConversationReader.Read(ref reader, body, turn.Messages);
        }
        else if (Takes(ref reader, "system"u8))
        {
            BlockReader.ReadContent(ref reader, body, new BodyPlace("system"), system);
        }
        else if (Takes(ref reader, "tools"u8))
        {
            hasJsonTool |= ToolReader.Read(ref reader, body, turn);
        }
        else if (Takes(ref reader, "tool_choice"u8))
        {
            ToolReader.ReadChoice(ref reader, turn);
        }
        else
        {
            return false;
        }
        return true;
    }

    private static bool ReadSettings(ref Utf8JsonReader reader, ChatTurn turn)
    {
        if (Takes(ref reader, "model"u8))
        {
            turn.Model = Text(ref reader, "model") ?? "";
        }
        else if (Takes(ref reader, "max_tokens"u8))
        {
            turn.MaxTokens = Count(ref reader, "max_tokens");
        }
        else if (Takes(ref reader, "stream"u8))
        {
            turn.Stream = Flag(ref reader, "stream") ?? false;
        }
        else if (Takes(ref reader, "temperature"u8))
        {
            turn.Temperature = Number(ref reader, "temperature");
        }
        else if (Takes(ref reader, "top_p"u8))
        {
            turn.TopP = Number(ref reader, "top_p");
        }
        else if (Takes(ref reader, "top_k"u8))
        {
            turn.TopK = Count(ref reader, "top_k");
        }
        else if (Takes(ref reader, "service_tier"u8))
        {
            turn.ServiceTier = Text(ref reader, "service_tier");
        }
        else if (Takes(ref reader, "stop_sequences"u8))
        {
            ReadStops(ref reader, turn);
        }
        else
        {
            return false;
        }
        return true;
    }

    private static void ReadStops(ref Utf8JsonReader reader, ChatTurn turn)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong("stop_sequences", "a list of strings");
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            turn.Stop.Add(reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : throw Wrong($"stop_sequences[{turn.Stop.Count}]", "a string"));
        }
    }

    private static void ReadExtra(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        var name = reader.GetString() ?? "";
        reader.Read();
        turn.Extras.Add(new Extra(WireFormat.AnthropicMessages, name, RawJson.Copy(ref reader, body)));
    }

    internal static DialectException Wrong(string member, string wanted) => new(member, $"{member}: {wanted} is expected.");

    internal static string? Text(ref Utf8JsonReader reader, string member) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Null => null,
        _ => throw Wrong(member, "a string"),
    };

    internal static bool? Flag(ref Utf8JsonReader reader, string member) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        _ => throw Wrong(member, "true or false"),
    };

    internal static double? Number(ref Utf8JsonReader reader, string member) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetDouble(out var value) && double.IsFinite(value) => value,
        JsonTokenType.Null => null,
        _ => throw Wrong(member, "a number"),
    };

    internal static long? Count(ref Utf8JsonReader reader, string member)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out var whole))
            {
                return whole;
            }
            // 1024.0 is a whole number too: some languages write it so.
            if (reader.TryGetDouble(out var value) && Math.Floor(value) == value && Math.Abs(value) < 1e15)
            {
                return (long)value;
            }
        }
        throw Wrong(member, "a whole number");
    }

    /// <summary>True, and the reader on the value, when it stands on a member of this name.</summary>
    internal static bool Takes(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();
}
