using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>What a message of the model has in common in a conversation and in an answer.</summary>
internal static class AssistantWriter
{
    /// <summary>LiteLLM's pair: the thoughts as one text, and as sealed blocks where there is a seal.</summary>
    internal static void WriteThinking(Utf8JsonWriter json, List<ContentPart> parts)
    {
        StringBuilder? text = null;
        var any = false;
        var sealedOnes = false;
        foreach (var part in parts)
        {
            if (part is ThinkingPart thinking)
            {
                any = true;
                sealedOnes |= thinking.Signature is not null || thinking.Id is not null;
                (text ??= new StringBuilder()).Append(thinking.Text);
            }
        }
        if (!any)
        {
            return;
        }
        if (text is { Length: > 0 })
        {
            json.WriteString("reasoning_content"u8, text.ToString());
        }
        if (!sealedOnes)
        {
            return;
        }
        json.WriteStartArray("thinking_blocks"u8);
        foreach (var part in parts)
        {
            if (part is ThinkingPart thinking)
            {
                WriteBlock(json, thinking);
            }
        }
        json.WriteEndArray();
    }

    internal static void WriteBlock(Utf8JsonWriter json, ThinkingPart thinking)
    {
        json.WriteStartObject();
        if (thinking.Redacted)
        {
            json.WriteString("type"u8, "redacted_thinking"u8);
            json.WriteString("data"u8, thinking.Signature ?? "");
        }
        else
        {
            json.WriteString("type"u8, "thinking"u8);
            json.WriteString("thinking"u8, thinking.Text);
            json.WriteString("signature"u8, thinking.Signature ?? "");
            if (thinking.Id is not null)
            {
                json.WriteString("id"u8, thinking.Id);
            }
        }
        json.WriteEndObject();
    }

    /// <summary>
    /// The calls. A client gets the seal inside the id, too, since it brings ids back and nothing else for sure; an upstream gets ids as it
    /// gave them, and the seal in the places where LiteLLM and Gemini's compatible endpoint look for it.
    /// </summary>
    internal static void WriteCalls(Utf8JsonWriter json, List<ContentPart> parts, bool toClient)
    {
        var any = false;
        foreach (var part in parts)
        {
            if (part is not ToolCallPart call)
            {
                continue;
            }
            if (!any)
            {
                json.WriteStartArray("tool_calls"u8);
                any = true;
            }
            json.WriteStartObject();
            json.WriteString("id"u8, toClient ? SignedToolIds.Join(call.Id, call.Signature) : call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, call.Arguments);
            json.WriteEndObject();
            WriteSeal(json, call.Signature);
            if (!toClient && !string.IsNullOrEmpty(call.Signature))
            {
                json.WriteStartObject("extra_content"u8);
                json.WriteStartObject("google"u8);
                json.WriteString("thought_signature"u8, call.Signature);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            if (!toClient && !call.CacheControl.IsAbsent)
            {
                json.WritePropertyName("cache_control"u8);
                call.CacheControl.WriteTo(json);
            }
            json.WriteEndObject();
        }
        if (any)
        {
            json.WriteEndArray();
        }
    }

    internal static void WriteSeal(Utf8JsonWriter json, string? signature)
    {
        if (!string.IsNullOrEmpty(signature))
        {
            json.WriteStartObject("provider_specific_fields"u8);
            json.WriteString("thought_signature"u8, signature);
            json.WriteEndObject();
        }
    }

    /// <summary>The texts as one.</summary>
    internal static string Join(List<ContentPart> texts)
    {
        if (texts is [TextPart only])
        {
            return only.Text;
        }
        var joined = new StringBuilder();
        foreach (var part in texts)
        {
            joined.Append((part as TextPart)?.Text);
        }
        return joined.ToString();
    }

    /// <summary>OpenAI's word for a kind of sound: <c>wav</c>, <c>mp3</c>.</summary>
    internal static string AudioFormat(string mediaType)
    {
        var slash = mediaType.IndexOf('/', StringComparison.Ordinal);
        return mediaType[(slash + 1)..] switch
        {
            "mpeg" => "mp3",
            "x-wav" or "wave" => "wav",
            var other => other,
        };
    }
}
