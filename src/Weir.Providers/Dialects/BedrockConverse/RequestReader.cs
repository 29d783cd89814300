using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Reads a body of Converse or ConverseStream. The model, and whether the answer is streamed, stand in the path.</summary>
internal static class RequestReader
{
    internal static ChatTurn Read(ReadOnlySpan<byte> body)
    {
        var turn = new ChatTurn();
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        var top = new Place("");
        var messages = new List<ChatMessage>();
        json.Read();
        if (!Json.IsObject(ref json, top, "body"))
        {
            return turn;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("messages"u8))
            {
                json.Read();
                ReadMessages(ref json, body, messages);
            }
            else if (json.ValueTextEquals("system"u8))
            {
                json.Read();
                ReadSystem(ref json, body, turn);
            }
            else if (json.ValueTextEquals("inferenceConfig"u8))
            {
                json.Read();
                ReadInference(ref json, turn);
            }
            else if (json.ValueTextEquals("toolConfig"u8))
            {
                json.Read();
                ToolConfigReader.Read(ref json, body, turn);
            }
            else if (json.ValueTextEquals("additionalModelRequestFields"u8))
            {
                json.Read();
                ModelFieldsReader.Read(ref json, body, turn);
            }
            else if (json.ValueTextEquals("outputConfig"u8))
            {
                json.Read();
                OutputConfigReader.Read(ref json, turn);
            }
            else if (json.ValueTextEquals("serviceTier"u8))
            {
                json.Read();
                turn.ServiceTier = ReadType(ref json, new Place("serviceTier"));
            }
            else
            {
                var name = Json.Name(ref json, top);
                json.Read();
                turn.Extras.Add(new Extra(WireFormat.BedrockConverse, name, RawJson.Copy(ref json, body)));
            }
        }
        turn.Messages.AddRange(messages);
        NameResults(turn.Messages);
        return turn;
    }

    /// <summary>The <c>type</c> of the object on which the reader stands.</summary>
    internal static string? ReadType(ref Utf8JsonReader json, in Place place)
    {
        string? type = null;
        if (!Json.IsObject(ref json, place, ""))
        {
            return null;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("type"u8))
            {
                type = Json.Text(ref json, place, "type");
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return type;
    }

    private static void ReadMessages(ref Utf8JsonReader json, ReadOnlySpan<byte> body, List<ChatMessage> messages)
    {
        if (!Json.IsArray(ref json, new Place("messages"), ""))
        {
            return;
        }
        for (var n = 0; Json.NextItem(ref json); n++)
        {
            var place = new Place("messages", n);
            if (!Json.IsObject(ref json, place, ""))
            {
                continue;
            }
            var role = ChatRole.User;
            var parts = new List<ContentPart>();
            while (Json.NextMember(ref json))
            {
                if (json.ValueTextEquals("role"u8))
                {
                    role = Json.Text(ref json, place, "role") switch
                    {
                        "user" => ChatRole.User,
                        "assistant" => ChatRole.Assistant,
                        "system" => ChatRole.System,
                        var other => throw new DialectException(place.Path("role"), $"`{place.Path("role")}` must be user, assistant or system{(other is null ? "" : "; it is another word")}."),
                    };
                }
                else if (json.ValueTextEquals("content"u8))
                {
                    json.Read();
                    if (Json.IsArray(ref json, place, "content"))
                    {
                        ContentReader.ReadBlocks(ref json, body, parts, place);
                    }
                }
                else
                {
                    Json.Skip(ref json);
                }
            }
            messages.Add(new ChatMessage(role, parts));
        }
    }

    private static void ReadSystem(ref Utf8JsonReader json, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        var place = new Place("system");
        if (!Json.IsArray(ref json, place, ""))
        {
            return;
        }
        var parts = new List<ContentPart>();
        ContentReader.ReadBlocks(ref json, body, parts, place);
        if (parts.Count > 0)
        {
            turn.Messages.Insert(0, new ChatMessage(ChatRole.System, parts));
        }
    }

    private static void ReadInference(ref Utf8JsonReader json, ChatTurn turn)
    {
        var place = new Place("inferenceConfig");
        if (!Json.IsObject(ref json, place, ""))
        {
            return;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("maxTokens"u8))
            {
                turn.MaxTokens = Json.Integer(ref json, place, "maxTokens");
            }
            else if (json.ValueTextEquals("temperature"u8))
            {
                turn.Temperature = Json.Number(ref json, place, "temperature");
            }
            else if (json.ValueTextEquals("topP"u8))
            {
                turn.TopP = Json.Number(ref json, place, "topP");
            }
            else if (json.ValueTextEquals("stopSequences"u8))
            {
                json.Read();
                if (!Json.IsArray(ref json, place, "stopSequences"))
                {
                    continue;
                }
                while (Json.NextItem(ref json))
                {
                    if (Json.TextHere(ref json, place, "stopSequences") is { } stop)
                    {
                        turn.Stop.Add(stop);
                    }
                }
            }
            else
            {
                Json.Skip(ref json);
            }
        }
    }

    /// <summary>Gives each result the name of the tool that its call named.</summary>
    private static void NameResults(List<ChatMessage> messages)
    {
        Dictionary<string, string>? names = null;
        foreach (var message in messages)
        {
            for (var i = 0; i < message.Parts.Count; i++)
            {
                if (message.Parts[i] is ToolCallPart call)
                {
                    (names ??= [])[call.Id] = call.Name;
                }
                else if (message.Parts[i] is ToolResultPart result && names?.GetValueOrDefault(result.CallId) is { } name)
                {
                    message.Parts[i] = result with { Name = name };
                }
            }
        }
    }
}
