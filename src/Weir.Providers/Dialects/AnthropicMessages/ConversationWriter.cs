using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>
/// Writes <c>system</c> and <c>messages</c> by Anthropic's rules: the operator's words apart from the conversation, users and assistants in
/// turn (neighbours become one), the user first, results of tools first within their message, and no text without a letter.
/// </summary>
internal sealed class ConversationWriter(ChatTurn turn, Utf8JsonWriter json, Dropped dropped)
{
    /// <summary>Stands where a message has to be and nothing is said; LiteLLM's.</summary>
    private const string Placeholder = ".";

    /// <summary>Writes the operator's words, wherever they stood, and <paramref name="addition"/> after them.</summary>
    internal void WriteSystem(string? addition)
    {
        var texts = new List<TextPart>();
        foreach (var message in turn.Messages)
        {
            if (message.Role is not (ChatRole.System or ChatRole.Developer))
            {
                continue;
            }
            foreach (var part in message.Parts)
            {
                var text = part as TextPart ?? throw Refused(part, "Claude takes only text from the operator.");
                if (!string.IsNullOrWhiteSpace(text.Text))
                {
                    texts.Add(text);
                }
            }
        }
        if (addition is not null)
        {
            texts.Add(new TextPart(addition));
        }
        if (texts is [{ CacheControl.IsAbsent: true, Citations.IsAbsent: true } only])
        {
            json.WriteString("system"u8, only.Text);
        }
        else if (texts.Count > 0)
        {
            json.WriteStartArray("system"u8);
            foreach (var text in texts)
            {
                WriteText(text);
            }
            json.WriteEndArray();
        }
    }

    internal void WriteMessages()
    {
        var groups = Groups();
        json.WriteStartArray("messages"u8);
        if (groups.Count == 0 || groups[0].IsAssistant)
        {
            WritePlaceholder();
        }
        for (var index = 0; index < groups.Count; index++)
        {
            WriteGroup(groups[index], isLast: index == groups.Count - 1);
        }
        json.WriteEndArray();
    }

    private readonly record struct Group(bool IsAssistant, List<ContentPart> Parts);

    /// <summary>Neighbours of one side, together. What a side says in no words at all is left out, unless the user's turn would vanish with it.</summary>
    private List<Group> Groups()
    {
        var groups = new List<Group>(turn.Messages.Count);
        var shared = false;
        foreach (var message in turn.Messages)
        {
            if (message.Role is ChatRole.System or ChatRole.Developer)
            {
                continue;
            }
            if (message.Name is not null)
            {
                dropped.Add("name");
            }
            var isAssistant = message.Role == ChatRole.Assistant;
            if (isAssistant && !message.Parts.Exists(CanBeSaid))
            {
                continue;
            }
            if (groups.Count > 0 && groups[^1].IsAssistant == isAssistant)
            {
                if (!shared)
                {
                    // The first merge copies: the lists belong to the turn.
                    CollectionsMarshal.AsSpan(groups)[^1] = groups[^1] with { Parts = [.. groups[^1].Parts] };
                    shared = true;
                }
                groups[^1].Parts.AddRange(message.Parts);
            }
            else
            {
                groups.Add(new Group(isAssistant, message.Parts));
                shared = false;
            }
        }
        return groups;
    }

    private void WritePlaceholder()
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        json.WriteString("content"u8, Placeholder);
        json.WriteEndObject();
    }

    private void WriteGroup(Group group, bool isLast)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, group.IsAssistant ? "assistant"u8 : "user"u8);
        if (!group.IsAssistant && group.Parts is [TextPart { CacheControl.IsAbsent: true } only] && !string.IsNullOrWhiteSpace(only.Text))
        {
            json.WriteString("content"u8, only.Text);
            json.WriteEndObject();
            return;
        }
        json.WriteStartArray("content"u8);
        var written = 0;
        if (!group.IsAssistant)
        {
            foreach (var part in group.Parts)
            {
                if (part is ToolResultPart result)
                {
                    WriteResult(result);
                    written++;
                }
            }
        }
        for (var index = 0; index < group.Parts.Count; index++)
        {
            var part = group.Parts[index];
            if (part is ToolResultPart && !group.IsAssistant)
            {
                continue;
            }
            // What the assistant is to continue may not end in white space.
            var isPrefill = isLast && group.IsAssistant && index == group.Parts.Count - 1;
            if (isPrefill && part is TextPart text && !string.IsNullOrWhiteSpace(text.Text) && char.IsWhiteSpace(text.Text[^1]))
            {
                part = text with { Text = text.Text.TrimEnd() };
            }
            written += WritePart(part) ? 1 : 0;
        }
        if (written == 0)
        {
            WriteText(new TextPart(Placeholder));
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool CanBeSaid(ContentPart part) => part switch
    {
        TextPart text => !string.IsNullOrWhiteSpace(text.Text),
        RefusalPart refusal => !string.IsNullOrWhiteSpace(refusal.Text),
        ThinkingPart thinking => !string.IsNullOrEmpty(thinking.Signature),
        OpaquePart opaque => opaque.Dialect == WireFormat.AnthropicMessages,
        _ => true,
    };

    /// <summary>Writes a part; false when there was nothing to write.</summary>
    private bool WritePart(ContentPart part)
    {
        switch (part)
        {
            case TextPart text:
                // Anthropic refuses texts of white space alone.
                if (string.IsNullOrWhiteSpace(text.Text))
                {
                    return false;
                }
                WriteText(text);
                return true;
            case RefusalPart refusal:
                return WritePart(new TextPart(refusal.Text) { CacheControl = refusal.CacheControl });
            case ThinkingPart thinking:
                return WriteThinking(thinking);
            case ToolCallPart call:
                json.WriteStartObject();
                json.WriteString("type"u8, "tool_use"u8);
                json.WriteString("id"u8, BlockWriter.CleanId(call.Id));
                json.WriteString("name"u8, call.Name);
                json.WritePropertyName("input"u8);
                BlockWriter.WriteArguments(json, call.Arguments);
                EndBlock(call);
                return true;
            case ToolResultPart result:
                WriteResult(result);
                return true;
            case ImagePart image:
                NoteDetail(image);
                json.WriteStartObject();
                BlockWriter.WriteImage(json, image);
                EndBlock(image);
                return true;
            case DocumentPart document:
                WriteDocument(document);
                return true;
            case OpaquePart { Dialect: WireFormat.AnthropicMessages } opaque:
                opaque.Value.WriteTo(json);
                return true;
            case OpaquePart opaque:
                dropped.Add(opaque.Kind);
                return false;
            case MediaPart media:
                throw Refused(part, $"Claude takes no content of type {media.MediaType}. Send text, pictures or documents, or call a model that takes it.");
            default:
                throw Refused(part, "This content can't be said to Claude.");
        }
    }

    private bool WriteThinking(ThinkingPart thinking)
    {
        if (string.IsNullOrEmpty(thinking.Signature))
        {
            // Only thoughts with Anthropic's seal are taken back.
            dropped.Add("thinking");
            return false;
        }
        json.WriteStartObject();
        if (thinking.Redacted)
        {
            json.WriteString("type"u8, "redacted_thinking"u8);
            json.WriteString("data"u8, thinking.Signature);
        }
        else
        {
            json.WriteString("type"u8, "thinking"u8);
            json.WriteString("thinking"u8, thinking.Text);
            json.WriteString("signature"u8, thinking.Signature);
        }
        json.WriteEndObject();
        return true;
    }

    private void WriteResult(ToolResultPart result)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, BlockWriter.CleanId(result.CallId));
        if (result.Content is [TextPart { CacheControl.IsAbsent: true } only])
        {
            json.WriteString("content"u8, only.Text);
        }
        else if (result.Content.Count > 0)
        {
            json.WriteStartArray("content"u8);
            foreach (var part in result.Content)
            {
                WritePart(part);
            }
            json.WriteEndArray();
        }
        if (result.IsError)
        {
            json.WriteBoolean("is_error"u8, true);
        }
        EndBlock(result);
    }

    private void WriteText(TextPart text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text.Text);
        if (!text.Citations.IsAbsent && text.CitationsFrom == WireFormat.AnthropicMessages)
        {
            json.WritePropertyName("citations"u8);
            text.Citations.WriteTo(json);
        }
        EndBlock(text);
    }

    private void WriteDocument(DocumentPart document)
    {
        var mediaType = document.MediaType;
        if (mediaType is not null && mediaType.StartsWith("image/", StringComparison.Ordinal))
        {
            WritePart(new ImagePart(mediaType, document.Source) { CacheControl = document.CacheControl });
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "document"u8);
        json.WriteStartObject("source"u8);
        if (document.Source.Base64 is not { } data)
        {
            BlockWriter.WriteAddress(json, document.Source);
        }
        else if (IsText(mediaType))
        {
            json.WriteString("type"u8, "text"u8);
            json.WriteString("media_type"u8, "text/plain"u8);
            json.WriteString("data"u8, Decoded(document, data));
        }
        else if (mediaType == "application/pdf" || (string.IsNullOrEmpty(mediaType) && data.StartsWith("JVBER", StringComparison.Ordinal)))
        {
            json.WriteString("type"u8, "base64"u8);
            json.WriteString("media_type"u8, "application/pdf"u8);
            json.WriteString("data"u8, data);
        }
        else
        {
            throw Refused(document, $"Claude takes PDF and text documents, not {mediaType ?? "one of an unknown type"}.");
        }
        json.WriteEndObject();
        if (document.Name is { Length: > 0 } name)
        {
            json.WriteString("title"u8, name);
        }
        if (document.Context is { Length: > 0 } context)
        {
            json.WriteString("context"u8, context);
        }
        if (document.Citations is { } cites)
        {
            json.WriteStartObject("citations"u8);
            json.WriteBoolean("enabled"u8, cites);
            json.WriteEndObject();
        }
        EndBlock(document);
    }

    private static bool IsText(string? mediaType) => mediaType is not null
        && (mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType is "application/json" or "application/xml" or "application/yaml" or "application/x-yaml");

    private string Decoded(DocumentPart document, string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw Refused(document, "The document's bytes are not valid base64.");
        }
    }

    private void NoteDetail(ImagePart image)
    {
        if (image.Detail is not null and not "auto")
        {
            dropped.Add("detail");
        }
    }

    private void EndBlock(ContentPart part)
    {
        if (!part.CacheControl.IsAbsent)
        {
            json.WritePropertyName("cache_control"u8);
            part.CacheControl.WriteTo(json);
        }
        json.WriteEndObject();
    }

    /// <summary>The refusal of a part, with the path of where it stands in the neutral conversation.</summary>
    private DialectException Refused(ContentPart part, string why)
    {
        for (var message = 0; message < turn.Messages.Count; message++)
        {
            var parts = turn.Messages[message].Parts;
            for (var index = 0; index < parts.Count; index++)
            {
                if (ReferenceEquals(parts[index], part) || (parts[index] is ToolResultPart result && result.Content.Exists(inner => ReferenceEquals(inner, part))))
                {
                    return new DialectException($"messages[{message}].content[{index}]", why);
                }
            }
        }
        return new DialectException("messages", why);
    }
}
