using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads messages: those of a request, and the one of an answer.</summary>
internal static class MessageReader
{
    /// <summary>What one message holds, until its last member has been seen: they come in any order.</summary>
    private sealed class Draft
    {
        internal string? Role;
        internal string? Name;
        internal string? CallId;
        internal string? Reasoning;
        internal string? Refusal;
        internal RawJson Annotations;
        internal RawJson CacheControl;
        internal OpaquePart? Audio;
        internal string? Transcript;
        internal ToolCallPart? FunctionCall;
        internal readonly List<ContentPart> Content = [];
        internal readonly List<ContentPart> Thinking = [];
        internal List<ContentPart>? Calls;
    }

    /// <summary>Reads the array at which the reader stands.</summary>
    internal static void ReadAll(ref BodyReader reader, List<ChatMessage> messages)
    {
        if (reader.Json.TokenType != JsonTokenType.StartArray)
        {
            return;
        }
        var calls = new KnownCalls();
        for (var i = 0; reader.NextItem(); i++)
        {
            reader.At = BodyReader.Item("", "messages", i);
            if (!reader.EnterObject("role"))
            {
                throw new DialectException($"messages[{i}]", $"`messages[{i}]` must be an object.");
            }
            messages.Add(Finish(ReadDraft(ref reader, calls), ref reader, calls));
        }
        reader.At = "";
    }

    /// <summary>Reads the message of an answer, at whose object the reader stands.</summary>
    internal static void ReadAnswer(ref BodyReader reader, List<ContentPart> parts) => Assemble(ReadDraft(ref reader, new KnownCalls()), parts);

    private static Draft ReadDraft(ref BodyReader reader, KnownCalls calls)
    {
        var draft = new Draft();
        while (reader.NextMember())
        {
            if (reader.Is("role"u8))
            {
                draft.Role = reader.Text("role");
            }
            else if (reader.Is("content"u8))
            {
                PartReader.ReadContent(ref reader, "content", draft.Content);
            }
            else if (reader.Is("tool_calls"u8))
            {
                CallReader.ReadAll(ref reader, draft.Calls ??= []);
            }
            else if (reader.Is("tool_call_id"u8))
            {
                draft.CallId = reader.Text("tool_call_id");
            }
            else if (reader.Is("name"u8))
            {
                draft.Name = reader.Text("name");
            }
            else if (reader.Is("reasoning_content"u8))
            {
                draft.Reasoning = reader.Text("reasoning_content") is { Length: > 0 } text ? text : draft.Reasoning;
            }
            else if (reader.Json.ValueTextEquals("reasoning"u8))
            {
                // Other vendors' name for the same; some send both, some an object.
                reader.Json.Read();
                draft.Reasoning ??= reader.Json.TokenType == JsonTokenType.String && reader.Text("reasoning") is { Length: > 0 } text ? text : null;
                reader.Json.Skip();
            }
            else if (reader.Is("thinking_blocks"u8))
            {
                PartReader.ReadContent(ref reader, "thinking_blocks", draft.Thinking);
            }
            else if (reader.Is("function_call"u8))
            {
                draft.FunctionCall = CallReader.ReadLegacy(ref reader, calls);
            }
            else
            {
                ReadRare(ref reader, draft);
            }
        }
        return draft;
    }

    private static void ReadRare(ref BodyReader reader, Draft draft)
    {
        if (reader.Is("refusal"u8))
        {
            draft.Refusal = reader.Text("refusal");
        }
        else if (reader.Is("cache_control"u8))
        {
            draft.CacheControl = reader.RawUnlessNull();
        }
        else if (reader.Is("annotations"u8))
        {
            draft.Annotations = reader.Json.TokenType == JsonTokenType.StartArray ? reader.Raw() : default;
            reader.Json.Skip();
        }
        else if (reader.Is("audio"u8))
        {
            draft.Transcript = ReadTranscript(reader);
            draft.Audio = reader.Json.TokenType == JsonTokenType.StartObject ? new OpaquePart(WireFormat.OpenAIChat, "audio", reader.Raw()) : null;
            reader.Json.Skip();
        }
        else if (reader.Is("images"u8))
        {
            // LiteLLM's place for pictures that a model makes.
            PartReader.ReadContent(ref reader, "images", draft.Content);
        }
        else
        {
            reader.SkipMember();
        }
    }

    /// <summary>The words of a sound; <paramref name="audio"/> is a copy that stands on it.</summary>
    private static string? ReadTranscript(BodyReader audio)
    {
        string? transcript = null;
        if (audio.Json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        while (audio.NextMember())
        {
            if (audio.Is("transcript"u8))
            {
                transcript = audio.Text("audio.transcript") is { Length: > 0 } text ? text : null;
            }
            else
            {
                audio.SkipMember();
            }
        }
        return transcript;
    }

    private static ChatMessage Finish(Draft draft, ref BodyReader reader, KnownCalls calls)
    {
        switch (draft.Role)
        {
            case "system":
                return new ChatMessage(ChatRole.System, Marked(draft.Content, draft.CacheControl)) { Name = draft.Name };
            case "developer":
                return new ChatMessage(ChatRole.Developer, Marked(draft.Content, draft.CacheControl)) { Name = draft.Name };
            case "user":
                return new ChatMessage(ChatRole.User, Marked(draft.Content, draft.CacheControl)) { Name = draft.Name };
            case "tool":
                var id = SignedToolIds.Split(reader.Required(draft.CallId, "tool_call_id")).Id;
                return new ChatMessage(ChatRole.Tool, [new ToolResultPart(id, draft.Content) { Name = draft.Name ?? calls.NameOf(id), CacheControl = draft.CacheControl }]);
            case "function":
                var name = reader.Required(draft.Name, "name");
                return new ChatMessage(ChatRole.Tool, [new ToolResultPart(calls.LegacyIdOf(name), draft.Content) { Name = name, CacheControl = draft.CacheControl }]);
            case "assistant":
                var parts = new List<ContentPart>();
                Assemble(draft, parts);
                foreach (var part in parts)
                {
                    if (part is ToolCallPart call)
                    {
                        calls.Add(call);
                    }
                }
                return new ChatMessage(ChatRole.Assistant, Marked(parts, draft.CacheControl)) { Name = draft.Name };
            case null:
                throw new DialectException(reader.At + "role", $"`{reader.At}role` is missing.");
            default:
                throw reader.Wrong("role", "`system`, `developer`, `user`, `assistant`, `tool` or `function`");
        }
    }

    /// <summary>The parts in the order in which a model makes them: thoughts, words, calls.</summary>
    private static void Assemble(Draft draft, List<ContentPart> parts)
    {
        if (draft.Thinking.Count == 0 && draft.Reasoning is { } reasoning)
        {
            parts.Add(new ThinkingPart(reasoning));
        }
        foreach (var part in draft.Thinking)
        {
            if (part is ThinkingPart thinking)
            {
                // A client that kept the seal beside the text it was shown.
                parts.Add(draft.Thinking.Count == 1 && thinking is { Text.Length: 0, Redacted: false } && draft.Reasoning is { } text ? thinking with { Text = text } : thinking);
            }
        }
        var says = draft.Refusal is { Length: > 0 } || draft.Calls is { Count: > 0 } || draft.FunctionCall is not null || draft.Audio is not null || parts.Count > 0;
        if (!(says && draft.Content is [TextPart { Text.Length: 0 }]))
        {
            parts.AddRange(draft.Content);
        }
        if (draft.Content.Count == 0 && draft.Transcript is { } spoken)
        {
            // Those who can't hear a sound of OpenAI's read it.
            parts.Add(new TextPart(spoken));
        }
        Cite(draft.Annotations, parts);
        if (draft.Refusal is { Length: > 0 } refusal)
        {
            parts.Add(new RefusalPart(refusal));
        }
        if (draft.Audio is not null)
        {
            parts.Add(draft.Audio);
        }
        if (draft.Calls is not null)
        {
            parts.AddRange(draft.Calls);
        }
        if (draft.FunctionCall is not null)
        {
            parts.Add(draft.FunctionCall);
        }
    }

    private static void Cite(RawJson annotations, List<ContentPart> parts)
    {
        if (annotations.Utf8.Length > 2 && parts.FindIndex(part => part is TextPart) is var at and >= 0)
        {
            parts[at] = (TextPart)parts[at] with { Citations = annotations, CitationsFrom = WireFormat.OpenAIChat };
        }
    }

    /// <summary>A mark on the message is a mark on its last part.</summary>
    private static List<ContentPart> Marked(List<ContentPart> parts, RawJson cacheControl)
    {
        if (!cacheControl.IsAbsent && parts.Count > 0 && parts[^1].CacheControl.IsAbsent)
        {
            parts[^1] = parts[^1] with { CacheControl = cacheControl };
        }
        return parts;
    }
}
