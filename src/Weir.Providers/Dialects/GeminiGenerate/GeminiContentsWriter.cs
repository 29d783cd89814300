using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Writes <c>contents</c> and <c>systemInstruction</c>. As LiteLLM does: all operator messages go into the system instruction, neighbours of one role
/// are joined (Gemini wants the roles to alternate, and all results of one step together), and a conversation is never empty.
/// </summary>
internal sealed class GeminiContentsWriter(Utf8JsonWriter json, ChatTurn turn, Dropped dropped)
{
    /// <summary>Google's word for calls whose seal is unknown because another model made them; Gemini 3 refuses a step without any.</summary>
    private const string NoSeal = "skip_thought_signature_validator";

    private enum Group
    {
        None,
        User,
        Model,
        Results,
    }

    private readonly bool _isThree = GeminiModels.IsThree(turn.Model);
    private readonly Dictionary<string, string> _callNames = new(StringComparer.Ordinal);
    private Group _group;
    private bool _sealed;

    /// <summary>Writes both members.</summary>
    public void Write()
    {
        json.WriteStartArray("contents"u8);
        var hasSystem = false;
        for (var at = 0; at < turn.Messages.Count; at++)
        {
            var message = turn.Messages[at];
            if (message.Role is ChatRole.System or ChatRole.Developer)
            {
                hasSystem |= message.Parts.Count > 0;
                continue;
            }

            if (message.Name is not null)
            {
                dropped.Add("name");
            }

            Message(message, at);
        }

        if (_group == Group.None)
        {
            Open(Group.User);
            Text(" ");
        }

        Open(Group.None);
        json.WriteEndArray();
        if (hasSystem)
        {
            System();
        }
    }

    private void System()
    {
        json.WriteStartObject("systemInstruction"u8);
        json.WriteStartArray("parts"u8);
        for (var at = 0; at < turn.Messages.Count; at++)
        {
            var message = turn.Messages[at];
            if (message.Role is ChatRole.System or ChatRole.Developer)
            {
                for (var i = 0; i < message.Parts.Count; i++)
                {
                    NoteMark(message.Parts[i]);
                    Part(message.Parts, i, at);
                }
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Message(ChatMessage message, int at)
    {
        var wrote = false;
        for (var i = 0; i < message.Parts.Count; i++)
        {
            var part = message.Parts[i];
            var group = message.Role == ChatRole.Assistant ? Group.Model : part is ToolResultPart ? Group.Results : Group.User;
            if (IsSkipped(part))
            {
                continue;
            }

            Open(group);
            Part(message.Parts, i, at);
            wrote = true;
        }

        if (!wrote && message.Role == ChatRole.User && _group != Group.User)
        {
            // Gemini refuses a content without text; an empty message still is the user's turn.
            Open(Group.User);
            Text(" ");
        }
    }

    /// <summary>Gemini caches by itself or by a name: a mark, wherever it stands, is left out.</summary>
    private void NoteMark(ContentPart part)
    {
        if (!part.CacheControl.IsAbsent || (part is ToolResultPart result && result.Content.Exists(static inner => !inner.CacheControl.IsAbsent)))
        {
            dropped.Add("cache_control");
        }
    }

    private bool IsSkipped(ContentPart part)
    {
        NoteMark(part);
        switch (part)
        {
            case TextPart { Text: "" }:
            case ThinkingPart { Text: "", Signature: null }:
                return true;
            case OpaquePart { Dialect: not WireFormat.GeminiGenerate } opaque:
                dropped.Add(opaque.Kind);
                return true;
            default:
                return false;
        }
    }

    private void Open(Group group)
    {
        if (_group == group)
        {
            return;
        }

        if (_group != Group.None)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }

        _group = group;
        _sealed = false;
        if (group != Group.None)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, group == Group.Model ? "model"u8 : "user"u8);
            json.WriteStartArray("parts"u8);
        }
    }

    private void Part(List<ContentPart> parts, int i, int at)
    {
        switch (parts[i])
        {
            case TextPart text:
                // A seal without thoughts of its own belongs to the text before it.
                Text(text.Text, i + 1 < parts.Count && IsSealOnly(parts[i + 1], out var seal) ? seal : null);
                break;
            case RefusalPart refusal:
                Text(refusal.Text);
                break;
            case ThinkingPart when IsSealOnly(parts[i], out _) && i > 0 && parts[i - 1] is TextPart { Text.Length: > 0 }:
                // Already on the text.
                break;
            case ThinkingPart when IsSealOnly(parts[i], out var alone):
                Text("", alone);
                break;
            case ThinkingPart thinking:
                Thinking(thinking);
                break;
            case ToolCallPart call:
                Call(call);
                break;
            case ToolResultPart result:
                Result(result, at, i);
                break;
            case OpaquePart opaque:
                opaque.Value.WriteTo(json);
                break;
            case ImagePart image:
                Media(image.MediaType, image.Source, null, image.Detail, at, i);
                break;
            case DocumentPart document:
                Document(document, at, i);
                break;
            case MediaPart media:
                Media(media.MediaType, media.Source, null, null, at, i);
                break;
        }
    }

    private static bool IsSealOnly(ContentPart part, out string? seal)
    {
        seal = part is ThinkingPart { Text: "", Redacted: false } thinking ? thinking.Signature : null;
        return seal is not null;
    }

    private void Text(string text, string? seal = null)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        if (seal is not null)
        {
            json.WriteString("thoughtSignature"u8, seal);
        }

        json.WriteEndObject();
    }

    private void Thinking(ThinkingPart thinking)
    {
        if (thinking.Redacted)
        {
            // Sealed by Anthropic: to Gemini it is noise.
            dropped.Add("redacted_thinking");
            return;
        }

        json.WriteStartObject();
        json.WriteString("text"u8, thinking.Text);
        json.WriteBoolean("thought"u8, true);
        if (thinking.Signature is not null)
        {
            json.WriteString("thoughtSignature"u8, thinking.Signature);
        }

        json.WriteEndObject();
    }

    private void Call(ToolCallPart call)
    {
        _callNames[call.Id] = call.Name;
        json.WriteStartObject();
        json.WriteStartObject("functionCall"u8);
        WriteId(call.Id);
        json.WriteString("name"u8, call.Name);
        GeminiArguments.Write(json, call.Arguments);
        json.WriteEndObject();
        var seal = call.Signature ?? (_isThree && !_sealed ? NoSeal : null);
        _sealed = true;
        if (seal is not null)
        {
            json.WriteString("thoughtSignature"u8, seal);
        }

        json.WriteEndObject();
    }

    private void WriteId(string id)
    {
        // Vertex and models before the third generation refuse the member; an id that Gemini gave out is wanted back.
        if (GeminiCallIds.IsGeminis(id))
        {
            json.WriteString("id"u8, id);
        }
    }

    private void Result(ToolResultPart result, int at, int i)
    {
        var name = _callNames.GetValueOrDefault(result.CallId) ?? result.Name;
        if (string.IsNullOrEmpty(name))
        {
            throw new DialectException($"messages[{at}].content[{i}]", $"`messages[{at}]` is the result of a tool call that no earlier message holds; Gemini needs the tool's name.");
        }

        json.WriteStartObject();
        json.WriteStartObject("functionResponse"u8);
        WriteId(result.CallId);
        json.WriteString("name"u8, name);
        var text = new StringBuilder();
        var media = 0;
        foreach (var part in result.Content)
        {
            switch (part)
            {
                case TextPart words:
                    text.Append(words.Text);
                    break;
                case OpaquePart { Dialect: not WireFormat.GeminiGenerate } opaque:
                    dropped.Add(opaque.Kind);
                    break;
                case ImagePart or DocumentPart or MediaPart or OpaquePart:
                    media++;
                    break;
            }
        }

        GeminiToolResult.Write(json, text.ToString(), result.IsError);
        if (media > 0)
        {
            json.WriteStartArray("parts"u8);
            for (var k = 0; k < result.Content.Count; k++)
            {
                if (result.Content[k] is ImagePart or DocumentPart or MediaPart or OpaquePart { Dialect: WireFormat.GeminiGenerate })
                {
                    Part(result.Content, k, at);
                }
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Document(DocumentPart document, int at, int i)
    {
        if (document.Context is not null)
        {
            dropped.Add("context");
        }

        if (document.Citations is true)
        {
            dropped.Add("citations");
        }

        Media(document.MediaType, document.Source, document.Name, null, at, i);
    }

    private void Media(string? mediaType, MediaSource source, string? name, string? detail, int at, int i)
    {
        var uri = source.Url ?? source.FileId;
        mediaType ??= uri is null ? null : GeminiMedia.TypeOf(uri);
        if (uri is null && mediaType is null)
        {
            throw new DialectException($"messages[{at}].content[{i}]", $"`messages[{at}].content[{i}]` holds bytes without a media type, which Gemini needs.");
        }

        if (source.FileId is not null && !source.FileId.Contains("://", StringComparison.Ordinal))
        {
            throw new DialectException($"messages[{at}].content[{i}]",
                $"`messages[{at}].content[{i}]` names an uploaded file that Gemini does not have: use an address (`gs://...`, `https://generativelanguage.googleapis.com/v1beta/files/...`) or send the bytes.");
        }

        json.WriteStartObject();
        json.WriteStartObject(uri is null ? "inlineData"u8 : "fileData"u8);
        if (mediaType is not null)
        {
            json.WriteString("mimeType"u8, mediaType);
        }

        json.WriteString(uri is null ? "data"u8 : "fileUri"u8, uri ?? source.Base64);
        if (name is not null)
        {
            json.WriteString("displayName"u8, name);
        }

        json.WriteEndObject();
        if (GeminiMedia.Resolution(detail) is { } resolution)
        {
            if (_isThree)
            {
                json.WriteStartObject("mediaResolution"u8);
                json.WriteString("level"u8, resolution);
                json.WriteEndObject();
            }
            else
            {
                dropped.Add("detail");
            }
        }

        json.WriteEndObject();
    }
}
