using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Reads <c>messages</c>. A user message that brings results of tools becomes two: the results, and what the user says besides.</summary>
internal static class ConversationReader
{
    internal static void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, List<ChatMessage> messages)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw RequestReader.Wrong("messages", "a list of messages");
        }
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            var place = new BodyPlace("messages", index);
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw place.Wrong("", "a message");
            }
            ReadMessage(ref reader, body, place, messages);
        }
    }

    /// <summary>Gives each result the name of the tool that was called: Gemini wants it.</summary>
    internal static void NameResults(List<ChatMessage> messages)
    {
        Dictionary<string, string>? names = null;
        foreach (var message in messages)
        {
            var parts = message.Parts;
            for (var index = 0; index < parts.Count; index++)
            {
                if (parts[index] is ToolCallPart call)
                {
                    (names ??= new Dictionary<string, string>(StringComparer.Ordinal))[call.Id] = call.Name;
                }
                else if (parts[index] is ToolResultPart result && names is not null && names.TryGetValue(result.CallId, out var name))
                {
                    parts[index] = result with { Name = name };
                }
            }
        }
    }

    private static void ReadMessage(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, BodyPlace place, List<ChatMessage> messages)
    {
        ChatRole? role = null;
        var parts = new List<ContentPart>();
        var hasContent = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "role"u8))
            {
                role = RoleOf(ref reader, place);
            }
            else if (RequestReader.Takes(ref reader, "content"u8))
            {
                hasContent = true;
                BlockReader.ReadContent(ref reader, body, place, parts);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (role is null)
        {
            throw place.Wrong("role", "user or assistant");
        }
        if (!hasContent)
        {
            throw place.Wrong("content", "a string or a list of content blocks");
        }
        Add(messages, role.Value, parts);
    }

    private static ChatRole RoleOf(ref Utf8JsonReader reader, BodyPlace place)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueTextEquals("user"u8))
            {
                return ChatRole.User;
            }
            if (reader.ValueTextEquals("assistant"u8))
            {
                return ChatRole.Assistant;
            }
            // Newer models take the operator's word in the middle of a conversation.
            if (reader.ValueTextEquals("system"u8))
            {
                return ChatRole.System;
            }
        }
        throw place.Wrong("role", "user or assistant");
    }

    private static void Add(List<ChatMessage> messages, ChatRole role, List<ContentPart> parts)
    {
        if (role != ChatRole.User || !parts.Exists(static part => part is ToolResultPart or OpaquePart { Kind: "mid_conv_system" }))
        {
            messages.Add(new ChatMessage(role, parts));
            return;
        }
        var results = parts.FindAll(static part => part is ToolResultPart);
        if (results.Count > 0)
        {
            messages.Add(new ChatMessage(ChatRole.Tool, results));
        }
        var said = new List<ContentPart>();
        foreach (var part in parts)
        {
            if (part is OpaquePart { Kind: "mid_conv_system" } system)
            {
                Flush();
                messages.Add(new ChatMessage(ChatRole.System, OperatorWords(system)));
            }
            else if (part is not ToolResultPart)
            {
                said.Add(part);
            }
        }
        Flush();

        void Flush()
        {
            if (said.Count > 0)
            {
                messages.Add(new ChatMessage(ChatRole.User, said));
                said = [];
            }
        }
    }

    private static List<ContentPart> OperatorWords(OpaquePart block)
    {
        var parts = new List<ContentPart>();
        var source = block.Value.Utf8.Span;
        var reader = new Utf8JsonReader(source, Wire.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "content"u8))
            {
                BlockReader.ReadContent(ref reader, source, new BodyPlace("messages"), parts);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return parts;
    }
}
