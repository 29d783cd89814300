using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// Writes the messages of a request. Results of tools are messages of their own here and come right behind the calls; they hold text alone, so
/// that pictures and documents in them follow in a message of the user, once all results of the turn are told.
/// </summary>
internal sealed class MessageWriter(Utf8JsonWriter json, Dropped dropped)
{
    private readonly List<(ToolResultPart Result, ContentPart Part)> _moved = [];
    private int _message;

    internal void WriteAll(List<ChatMessage> messages)
    {
        json.WriteStartArray("messages"u8);
        for (_message = 0; _message < messages.Count; _message++)
        {
            Write(messages[_message]);
        }
        WriteUser(null, [], alone: true);
        json.WriteEndArray();
    }

    private void Write(ChatMessage message)
    {
        var rest = message.Parts;
        if (rest.Exists(part => part is ToolResultPart))
        {
            foreach (var part in rest)
            {
                if (part is ToolResultPart result)
                {
                    WriteResult(result);
                }
            }
            rest = rest.FindAll(part => part is not ToolResultPart);
            if (rest.Count == 0)
            {
                return;
            }
        }
        switch (message.Role)
        {
            case ChatRole.Assistant:
                WriteUser(null, [], alone: true);
                WriteAssistant(message, rest);
                break;
            case ChatRole.System or ChatRole.Developer:
                WriteUser(null, [], alone: true);
                Open(message.Role == ChatRole.System ? "system"u8 : "developer"u8, message.Name);
                WriteContent(rest);
                json.WriteEndObject();
                break;
            default:
                WriteUser(message.Name, rest, alone: false);
                break;
        }
    }

    private void Open(ReadOnlySpan<byte> role, string? name)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        if (name is not null)
        {
            json.WriteString("name"u8, name);
        }
    }

    /// <summary>A message of the user, before whose words the pictures of the results stand that came before it.</summary>
    private void WriteUser(string? name, List<ContentPart> parts, bool alone)
    {
        if (_moved.Count == 0)
        {
            if (!alone)
            {
                Open("user"u8, name);
                WriteContent(parts);
                json.WriteEndObject();
            }
            return;
        }
        var all = new List<ContentPart>();
        var last = "";
        foreach (var (result, part) in _moved)
        {
            if (result.CallId != last)
            {
                all.Add(new TextPart($"Attached to the result of tool call {result.CallId}:"));
                last = result.CallId;
            }
            all.Add(part);
        }
        _moved.Clear();
        all.AddRange(parts);
        Open("user"u8, name);
        WriteContent(all);
        json.WriteEndObject();
    }

    private void WriteResult(ToolResultPart result)
    {
        if (result.IsError)
        {
            dropped.Add("is_error");
        }
        json.WriteStartObject();
        json.WriteString("role"u8, "tool"u8);
        json.WriteString("tool_call_id"u8, result.CallId);
        var texts = result.Content.FindAll(part => part is TextPart);
        foreach (var part in result.Content)
        {
            if (part is not TextPart)
            {
                _moved.Add((result, part));
            }
        }
        WriteContent(texts);
        WriteMark(result.CacheControl);
        json.WriteEndObject();
    }

    private void WriteAssistant(ChatMessage message, List<ContentPart> parts)
    {
        Open("assistant"u8, message.Name);
        WriteWords(parts);
        AssistantWriter.WriteThinking(json, parts);
        foreach (var part in parts)
        {
            switch (part)
            {
                case RefusalPart refusal:
                    json.WriteString("refusal"u8, refusal.Text);
                    break;
                case OpaquePart { Dialect: WireFormat.OpenAIChat, Kind: "audio" } audio:
                    json.WritePropertyName("audio"u8);
                    audio.Value.WriteTo(json);
                    break;
                case OpaquePart opaque:
                    dropped.Add(opaque.Kind);
                    break;
                case ImagePart or DocumentPart or MediaPart:
                    throw new DialectException(Path(parts.IndexOf(part)), $"`{Path(parts.IndexOf(part))}`: OpenAI chat takes pictures, documents and sounds from the user only.");
                default:
                    break;
            }
        }
        AssistantWriter.WriteCalls(json, parts, toClient: false);
        json.WriteEndObject();
    }

    /// <summary>What the model said: one text, for many compatible servers know no other form; a list where a part is marked for the cache.</summary>
    private void WriteWords(List<ContentPart> parts)
    {
        var texts = parts.FindAll(part => part is TextPart);
        if (texts.Count == 0)
        {
            json.WriteNull("content"u8);
        }
        else if (texts.Exists(part => !part.CacheControl.IsAbsent))
        {
            WriteContent(texts);
        }
        else
        {
            json.WriteString("content"u8, AssistantWriter.Join(texts));
        }
    }

    private void WriteContent(List<ContentPart> parts)
    {
        if (parts is [] or [TextPart { CacheControl.IsAbsent: true }])
        {
            json.WriteString("content"u8, parts is [TextPart text] ? text.Text : "");
            return;
        }
        json.WriteStartArray("content"u8);
        for (var i = 0; i < parts.Count; i++)
        {
            WritePart(parts[i], i);
        }
        json.WriteEndArray();
    }

    private void WritePart(ContentPart part, int index)
    {
        if (part is OpaquePart { Dialect: WireFormat.OpenAIChat } own)
        {
            own.Value.WriteTo(json);
            return;
        }
        if (part is OpaquePart or ThinkingPart or ToolCallPart or ToolResultPart)
        {
            dropped.Add(part is OpaquePart other ? other.Kind : part is ThinkingPart ? "thinking" : "tool_use");
            return;
        }
        json.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                WriteText(text.Text);
                break;
            case RefusalPart refusal:
                WriteText(refusal.Text);
                break;
            case ImagePart image:
                WriteImage(image, index);
                break;
            case DocumentPart document:
                WriteDocument(document, index);
                break;
            case MediaPart media:
                WriteMedia(media, index);
                break;
            default:
                throw new DialectException(Path(index), $"`{Path(index)}`: OpenAI chat has no such content.");
        }
        WriteMark(part.CacheControl);
        json.WriteEndObject();
    }

    private void WriteText(string text)
    {
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
    }

    private void WriteImage(ImagePart image, int index)
    {
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, image.Source switch
        {
            { Base64: { } data } => DataUrl.Of(image.MediaType ?? "image/png", data),
            { Url: { } url } => url,
            _ => throw new DialectException(Path(index), $"`{Path(index)}`: OpenAI chat takes pictures as bytes or by address, not by a file's id."),
        });
        if (image.Detail is not null)
        {
            json.WriteString("detail"u8, image.Detail);
        }
        json.WriteEndObject();
    }

    private void WriteDocument(DocumentPart document, int index)
    {
        if (document.Context is not null)
        {
            dropped.Add("document.context");
        }
        if (document.Citations == true)
        {
            dropped.Add("citations");
        }
        if (document is { Source.Base64: { } plain, MediaType: not null } && document.MediaType.StartsWith("text/", StringComparison.Ordinal))
        {
            // Files of OpenAI's chat are PDFs; a text is a text.
            WriteText((document.Name is null ? "" : document.Name + "\n\n") + Decode(plain, index));
            return;
        }
        json.WriteString("type"u8, "file"u8);
        json.WriteStartObject("file"u8);
        switch (document.Source)
        {
            case { Base64: { } data }:
                var type = document.MediaType ?? "application/pdf";
                json.WriteString("filename"u8, document.Name ?? (type == "application/pdf" ? "document.pdf" : "document"));
                json.WriteString("file_data"u8, DataUrl.Of(type, data));
                break;
            case { FileId: { } id }:
                json.WriteString("file_id"u8, id);
                break;
            default:
                throw new DialectException(Path(index), $"`{Path(index)}`: OpenAI chat takes documents as bytes or by a file's id, not by address.");
        }
        json.WriteEndObject();
    }

    private string Decode(string base64, int index)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new DialectException(Path(index), $"`{Path(index)}`: the document's data is not base64.");
        }
    }

    private void WriteMedia(MediaPart media, int index)
    {
        if (media.MediaType.StartsWith("video/", StringComparison.Ordinal) && media.Source.FileId is null)
        {
            json.WriteString("type"u8, "video_url"u8);
            json.WriteStartObject("video_url"u8);
            json.WriteString("url"u8, media.Source.Url ?? DataUrl.Of(media.MediaType, media.Source.Base64 ?? ""));
            json.WriteEndObject();
            return;
        }
        if (media.Source.Base64 is not { } data)
        {
            throw new DialectException(Path(index), $"`{Path(index)}`: OpenAI chat takes sounds as bytes, not by address or a file's id.");
        }
        json.WriteString("type"u8, "input_audio"u8);
        json.WriteStartObject("input_audio"u8);
        json.WriteString("data"u8, data);
        json.WriteString("format"u8, AssistantWriter.AudioFormat(media.MediaType));
        json.WriteEndObject();
    }

    private void WriteMark(RawJson cacheControl)
    {
        if (!cacheControl.IsAbsent)
        {
            json.WritePropertyName("cache_control"u8);
            cacheControl.WriteTo(json);
        }
    }

    private string Path(int part) => string.Create(CultureInfo.InvariantCulture, $"messages[{_message}].content[{part}]");
}
