using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Writes a whole answer for a client of OpenAI's chat.</summary>
internal static class ResultWriter
{
    internal static void Write(ChatResult result, AnswerContext context, IBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target, TurnWriter.Json);
        json.WriteStartObject();
        json.WriteString("id"u8, IdOf(result.Id, context));
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, result.Created > 0 ? result.Created : context.Created);
        json.WriteString("model"u8, result.Model.Length > 0 ? result.Model : context.Turn.Model);
        json.WriteStartArray("choices"u8);
        foreach (var choice in result.Choices)
        {
            WriteChoice(json, choice, context);
        }
        json.WriteEndArray();
        UsageWriter.Write(json, result.Usage);
        if (result.ServiceTier is not null)
        {
            json.WriteString("service_tier"u8, result.ServiceTier);
        }
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>The upstream's id, or one that looks like OpenAI's.</summary>
    internal static string IdOf(string id, AnswerContext context) => id.Length > 0 ? id : "chatcmpl-" + context.Id;

    private static void WriteChoice(Utf8JsonWriter json, ChatChoice choice, AnswerContext context)
    {
        var parts = choice.Parts;
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice.Index);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        var texts = parts.FindAll(part => part is TextPart);
        if (texts.Count > 0)
        {
            json.WriteString("content"u8, AssistantWriter.Join(texts));
        }
        else
        {
            json.WriteNull("content"u8);
        }
        WriteRefusal(json, parts);
        AssistantWriter.WriteThinking(json, parts);
        AssistantWriter.WriteCalls(json, parts, toClient: true);
        CitationWriter.Write(json, texts);
        WriteMedia(json, parts, context);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, StopWords.Write(choice.Stop, parts.Exists(part => part is ToolCallPart)));
        json.WriteEndObject();
    }

    private static void WriteRefusal(Utf8JsonWriter json, List<ContentPart> parts)
    {
        if (parts.Find(part => part is RefusalPart) is RefusalPart refusal)
        {
            json.WriteString("refusal"u8, refusal.Text);
        }
        else
        {
            json.WriteNull("refusal"u8);
        }
    }

    /// <summary>A sound as OpenAI tells it, pictures as LiteLLM does.</summary>
    private static void WriteMedia(Utf8JsonWriter json, List<ContentPart> parts, AnswerContext context)
    {
        var pictures = false;
        foreach (var part in parts)
        {
            switch (part)
            {
                case OpaquePart { Dialect: WireFormat.OpenAIChat, Kind: "audio" } own:
                    json.WritePropertyName("audio"u8);
                    own.Value.WriteTo(json);
                    break;
                case MediaPart { Source.Base64: { } data }:
                    json.WriteStartObject("audio"u8);
                    json.WriteString("id"u8, "audio_" + context.Id);
                    json.WriteString("data"u8, data);
                    json.WriteNumber("expires_at"u8, context.Created);
                    json.WriteString("transcript"u8, ""u8);
                    json.WriteEndObject();
                    break;
                case ImagePart:
                    pictures = true;
                    break;
                default:
                    break;
            }
        }
        if (!pictures)
        {
            return;
        }
        json.WriteStartArray("images"u8);
        foreach (var part in parts)
        {
            if (part is ImagePart { Source: var source } image && (source.Url ?? source.Base64) is not null)
            {
                WriteImage(json, image, null);
            }
        }
        json.WriteEndArray();
    }

    /// <summary>Writes a picture in the shape of a request's; <paramref name="index"/> numbers those of a stream.</summary>
    internal static void WriteImage(Utf8JsonWriter json, ImagePart image, int? index)
    {
        json.WriteStartObject();
        if (index is { } number)
        {
            json.WriteNumber("index"u8, number);
        }
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, image.Source.Url ?? DataUrl.Of(image.MediaType ?? "image/png", image.Source.Base64 ?? ""));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
