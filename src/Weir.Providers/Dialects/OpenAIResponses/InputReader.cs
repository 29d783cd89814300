using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// Turns <c>input</c> into messages. Items are flat, messages are not: what a model said and called in a row becomes one message, and so do the
/// results in a row.
/// </summary>
internal static class InputReader
{
    /// <summary>Reads the value of <c>input</c>.</summary>
    internal static void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<ChatMessage> messages)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case JsonTokenType.String:
                messages.Add(new ChatMessage(ChatRole.User, [new TextPart(Fields.Decode(ref reader))]));
                return;
            case JsonTokenType.StartArray:
                break;
            default:
                throw Fields.Wrong("input", "a string or a list of items");
        }
        for (var n = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; n++)
        {
            var place = Place.In("input", n);
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw place.Wrong("", "an object");
            }
            Add(Item.Read(ref reader, source, place), place, messages);
        }
    }

    private static void Add(Item item, in Place place, List<ChatMessage> messages)
    {
        switch (item.Type)
        {
            case Item.Message:
                var role = Role(item, place);
                if (role == ChatRole.Assistant)
                {
                    Continued(ChatRole.Assistant, messages).AddRange(item.Content);
                }
                else
                {
                    messages.Add(new ChatMessage(role, item.Content));
                }
                break;
            case Item.FunctionCall or Item.CustomToolCall:
                var freeForm = item.Type == Item.CustomToolCall;
                var (id, seal) = SignedToolIds.Split(Needed(item.CallId, place, "call_id"));
                var arguments = freeForm ? FreeForm.Wrap(item.Input ?? "") : string.IsNullOrEmpty(item.Input) ? "{}" : item.Input;
                Continued(ChatRole.Assistant, messages).Add(
                    new ToolCallPart(id, Needed(item.Name, place, "name"), arguments) { Signature = seal, FreeForm = freeForm });
                break;
            case Item.FunctionCallOutput or Item.CustomToolCallOutput:
                var called = SignedToolIds.Split(Needed(item.CallId, place, "call_id")).Id;
                Continued(ChatRole.Tool, messages).Add(new ToolResultPart(called, item.Content) { Name = NameOf(called, messages) });
                break;
            case Item.Reasoning:
                if (item.ToThinking() is { } thinking)
                {
                    Continued(ChatRole.Assistant, messages).Add(thinking);
                }
                break;
            case "item_reference":
                throw new DialectException(place.Path(""),
                    $"'{place.Path("")}' refers to an item that only the server that stored it can look up. This model is reached through another API: " +
                    "send the item itself (most clients do so with 'store': false).");
            default:
                // Results that the client brings for tools of other kinds; all else was the model's doing.
                var brought = item.Type.EndsWith("_output", StringComparison.Ordinal) || item.Type.EndsWith("_response", StringComparison.Ordinal);
                Continued(brought ? ChatRole.Tool : ChatRole.Assistant, messages).Add(new OpaquePart(WireFormat.OpenAIResponses, item.Type, item.Whole));
                break;
        }
    }

    private static List<ContentPart> Continued(ChatRole role, List<ChatMessage> messages)
    {
        if (messages is [.., var last] && last.Role == role)
        {
            return last.Parts;
        }
        var message = new ChatMessage(role, []);
        messages.Add(message);
        return message.Parts;
    }

    private static ChatRole Role(Item item, in Place place) => item.Role switch
    {
        "user" => ChatRole.User,
        "assistant" => ChatRole.Assistant,
        "system" => ChatRole.System,
        "developer" => ChatRole.Developer,
        _ => throw place.Wrong("role", "'user', 'assistant', 'system' or 'developer'"),
    };

    private static string Needed(string? value, in Place place, string member) =>
        string.IsNullOrEmpty(value) ? throw new DialectException(place.Path(member), $"'{place.Path(member)}' is missing.") : value;

    /// <summary>Some APIs want the tool's name with the result. The call mostly stands in the message right before.</summary>
    private static string? NameOf(string callId, List<ChatMessage> messages)
    {
        for (var m = messages.Count - 1; m >= 0; m--)
        {
            foreach (var part in messages[m].Role == ChatRole.Assistant ? messages[m].Parts : [])
            {
                if (part is ToolCallPart call && call.Id == callId)
                {
                    return call.Name;
                }
            }
        }
        return null;
    }
}
