using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Providers.Dialects.TextCompletion;

/// <summary>
/// A text completion asked of a vendor that has chat alone: the prompt becomes one user message, and what the answer says becomes
/// <c>text</c>. Members that chat does not have and that would change the answer (<c>suffix</c>, <c>echo</c>, ...) are not translated.
/// </summary>
public static class ChatAsText
{
    /// <summary>Members of a text completion that chat does not have, or means otherwise.</summary>
    public static IReadOnlyList<string> NotInChat { get; } = ["suffix", "echo", "best_of", "logprobs"];

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly byte[] Opening = [.. "\"messages\":[{\"role\":\"user\",\"content\":"u8];
    private static readonly byte[] Closing = [.. "}]"u8];

    /// <summary>Puts a chat message in the place of the prompt. False when the prompt is not one text: tokens, or several prompts at once.</summary>
    /// <param name="body">The caller's bytes.</param>
    /// <param name="view">What was found in them.</param>
    /// <param name="target">Receives the edit, after all others.</param>
    public static bool TryPatch(ReadOnlyMemory<byte> body, RequestView view, PatchedBody target)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(target);
        foreach (ref readonly var member in view.Members)
        {
            if (member.Member == RequestMember.Prompt && TryText(body.Span, member.Value, out var text))
            {
                target.Replace(member.NameStart, member.Value.End, (byte[])[.. Opening, .. body.Span[text.Start..text.End], .. Closing]);
                return true;
            }
        }
        return false;
    }

    /// <summary>Turns a whole chat answer, or the data of one event, into the form of a text completion.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static void Translate(ReadOnlySpan<byte> chat, IBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target, Plain);
        var reader = new Utf8JsonReader(chat, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        reader.Read();
        json.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() ?? "";
            reader.Read();
            if (name == "choices" && reader.TokenType == JsonTokenType.StartArray)
            {
                Choices(ref reader, chat, json);
            }
            else if (name == "object")
            {
                reader.Skip();
                json.WriteString("object"u8, "text_completion"u8);
            }
            else
            {
                json.WritePropertyName(name);
                json.WriteRawValue(Raw(ref reader, chat), skipInputValidation: true);
            }
        }
        json.WriteEndObject();
    }

    /// <summary>Turns whole events of a chat stream into events of a text completion; what is not JSON passes as it is.</summary>
    public static void TranslateEvents(ReadOnlySpan<byte> events, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var translated = new ArrayBufferWriter<byte>(512);
        var scanner = new SseScanner();
        while (scanner.TryRead(events, ended: true, out var found))
        {
            var data = events[found.DataStart..found.DataEnd];
            if (found.DataLines == 1 && TryTranslate(data, translated))
            {
                target.Write("data: "u8);
                target.Write(translated.WrittenSpan);
                target.Write("\n\n"u8);
            }
            else
            {
                target.Write(events[found.Start..found.End]);
            }
        }
    }

    private static bool TryTranslate(ReadOnlySpan<byte> data, ArrayBufferWriter<byte> target)
    {
        target.ResetWrittenCount();
        if (!data.StartsWith("{"u8))
        {
            return false;
        }
        try
        {
            Translate(data, target);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Choices(ref Utf8JsonReader reader, ReadOnlySpan<byte> chat, Utf8JsonWriter json)
    {
        json.WriteStartArray("choices"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            json.WriteStartObject();
            var text = default(ReadOnlySpan<byte>);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString() ?? "";
                reader.Read();
                if (name is "message" or "delta" && reader.TokenType == JsonTokenType.StartObject)
                {
                    text = Content(ref reader, chat);
                }
                else if (name == "logprobs")
                {
                    // Those of chat have another shape.
                    reader.Skip();
                }
                else
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(Raw(ref reader, chat), skipInputValidation: true);
                }
            }
            json.WritePropertyName("text"u8);
            json.WriteRawValue(text.IsEmpty ? "\"\""u8 : text, skipInputValidation: true);
            json.WriteNull("logprobs"u8);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The content as it is written, quotes and escapes included; empty when there is none.</summary>
    private static ReadOnlySpan<byte> Content(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> chat)
    {
        var text = default(ReadOnlySpan<byte>);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            if (isContent && reader.TokenType == JsonTokenType.String)
            {
                text = Raw(ref reader, chat);
            }
            reader.Skip();
        }
        return text;
    }

    private static ReadOnlySpan<byte> Raw(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> chat)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return chat[start..(int)reader.BytesConsumed];
    }

    /// <summary>A text, or a list that holds one.</summary>
    private static bool TryText(ReadOnlySpan<byte> body, ByteSpan prompt, out ByteSpan text)
    {
        text = prompt;
        if (body[prompt.Start] == (byte)'"')
        {
            return true;
        }
        var reader = new Utf8JsonReader(body[prompt.Start..prompt.End]);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            return false;
        }
        text = new ByteSpan(prompt.Start + (int)reader.TokenStartIndex, prompt.Start + (int)reader.BytesConsumed);
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray;
    }
}
