using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads the <c>delta</c> of a chunk: its members in the order in which a model makes them, whatever the order of the bytes.</summary>
internal static class DeltaContent
{
    /// <summary>Reads the object at which <paramref name="reader"/> stands.</summary>
    internal static void Read(ref BodyReader reader, ChoiceStream choice)
    {
        string? reasoning = null, refusal = null;
        BodyReader content = default, thinking = default, calls = default, legacy = default, images = default;
        RawJson audio = default, annotations = default;
        while (reader.NextMember())
        {
            if (reader.Json.ValueTextEquals("content"u8))
            {
                content = Keep(ref reader);
            }
            else if (reader.Json.ValueTextEquals("tool_calls"u8))
            {
                calls = Keep(ref reader);
            }
            else if (reader.Is("reasoning_content"u8))
            {
                reasoning = reader.Text("reasoning_content") is { Length: > 0 } text ? text : reasoning;
            }
            else if (reader.Is("reasoning"u8))
            {
                reasoning ??= reader.Json.TokenType == JsonTokenType.String && reader.Text("reasoning") is { Length: > 0 } text ? text : null;
                reader.Json.Skip();
            }
            else if (reader.Json.ValueTextEquals("thinking_blocks"u8))
            {
                thinking = Keep(ref reader);
            }
            else if (reader.Is("refusal"u8))
            {
                refusal = reader.Text("refusal");
            }
            else if (reader.Json.ValueTextEquals("function_call"u8))
            {
                legacy = Keep(ref reader);
            }
            else if (reader.Is("audio"u8))
            {
                audio = reader.RawUnlessNull();
            }
            else if (reader.Is("annotations"u8))
            {
                annotations = reader.RawUnlessNull();
            }
            else if (reader.Json.ValueTextEquals("images"u8))
            {
                images = Keep(ref reader);
            }
            else
            {
                reader.SkipMember();
            }
        }
        if (thinking.Json.TokenType != JsonTokenType.StartArray || !ReadBlocks(ref thinking, choice))
        {
            choice.AddText(DeltaPart.Thinking, reasoning);
        }
        ReadContent(ref content, choice);
        choice.AddText(DeltaPart.Refusal, refusal);
        if (!audio.IsAbsent)
        {
            choice.AddOpaque("audio", audio);
        }
        ReadImages(ref images, choice);
        ReadCalls(ref calls, choice);
        ReadLegacy(ref legacy, choice);
        if (annotations.Utf8.Span is [(byte)'[', _, _, ..])
        {
            choice.AddSources(annotations);
        }
    }

    /// <summary>The reader as it stands on the value; the one that goes on stands behind it.</summary>
    private static BodyReader Keep(scoped ref BodyReader reader)
    {
        reader.Json.Read();
        var kept = reader;
        reader.Json.Skip();
        return kept;
    }

    /// <summary>A text, or (Mistral) a list of parts.</summary>
    private static void ReadContent(ref BodyReader content, ChoiceStream choice)
    {
        if (content.Json.TokenType == JsonTokenType.String)
        {
            choice.AddText(DeltaPart.Text, content.Text("content"));
            return;
        }
        if (content.Json.TokenType != JsonTokenType.StartArray)
        {
            return;
        }
        var parts = new List<ContentPart>();
        PartReader.ReadContent(ref content, "content", parts);
        foreach (var part in parts)
        {
            switch (part)
            {
                case TextPart text:
                    choice.AddText(DeltaPart.Text, text.Text);
                    break;
                case ThinkingPart thought:
                    choice.AddText(DeltaPart.Thinking, thought.Text);
                    choice.AddSignature(thought.Signature);
                    break;
                case RefusalPart refusal:
                    choice.AddText(DeltaPart.Refusal, refusal.Text);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Pictures as LiteLLM streams them: each whole, in the shape of a request's.</summary>
    private static void ReadImages(ref BodyReader images, ChoiceStream choice)
    {
        if (images.Json.TokenType != JsonTokenType.StartArray)
        {
            return;
        }
        var parts = new List<ContentPart>();
        PartReader.ReadContent(ref images, "images", parts);
        foreach (var part in parts)
        {
            if (part is ImagePart image)
            {
                choice.AddImage(image);
            }
        }
    }

    /// <summary>False when the blocks say nothing: then the plain text counts.</summary>
    private static bool ReadBlocks(ref BodyReader blocks, ChoiceStream choice)
    {
        var parts = new List<ContentPart>();
        PartReader.ReadContent(ref blocks, "thinking_blocks", parts);
        var any = false;
        foreach (var part in parts)
        {
            if (part is not ThinkingPart thinking)
            {
                continue;
            }
            any |= thinking.Text.Length > 0 || thinking.Signature is not null;
            if (thinking.Redacted)
            {
                choice.AddRedacted(thinking.Signature);
            }
            else
            {
                choice.AddSealed(thinking.Text, thinking.Signature);
            }
        }
        return any;
    }

    private static void ReadCalls(ref BodyReader calls, ChoiceStream choice)
    {
        if (calls.Json.TokenType != JsonTokenType.StartArray)
        {
            return;
        }
        while (calls.NextItem())
        {
            if (calls.EnterObject("tool_calls"))
            {
                ReadCall(ref calls, choice);
            }
        }
    }

    private static void ReadCall(ref BodyReader call, ChoiceStream choice)
    {
        var index = -1L;
        string? id = null, name = null, arguments = null, signature = null;
        while (call.NextMember())
        {
            if (call.Is("index"u8))
            {
                index = call.Whole("index") is { } number and >= 0 ? number : -1;
            }
            else if (call.Is("id"u8))
            {
                id = call.Text("id");
            }
            else if (call.Is("function"u8) || call.Is("custom"u8))
            {
                ReadFunction(ref call, ref name, ref arguments, ref signature);
            }
            else if (call.Is("provider_specific_fields"u8) || call.Is("extra_content"u8))
            {
                signature = CallReader.FindSignature(ref call) ?? signature;
            }
            else
            {
                call.SkipMember();
            }
        }
        choice.AddCall(index, id, name, signature, arguments);
    }

    private static void ReadLegacy(ref BodyReader call, ChoiceStream choice)
    {
        if (call.Json.TokenType == JsonTokenType.StartObject)
        {
            string? name = null, arguments = null, signature = null;
            ReadFunction(ref call, ref name, ref arguments, ref signature);
            choice.AddCall(0, null, name, signature, arguments);
        }
    }

    private static void ReadFunction(ref BodyReader call, ref string? name, ref string? arguments, ref string? signature)
    {
        if (!call.EnterObject("function"))
        {
            return;
        }
        while (call.NextMember())
        {
            if (call.Is("name"u8))
            {
                name = call.Text("name");
            }
            else if (call.Is("arguments"u8))
            {
                arguments = call.Json.TokenType == JsonTokenType.StartObject ? call.Raw().ToString() : call.Text("arguments");
            }
            else if (call.Is("input"u8))
            {
                arguments = call.Text("input");
            }
            else if (call.Is("provider_specific_fields"u8))
            {
                signature = CallReader.FindSignature(ref call) ?? signature;
            }
            else
            {
                call.SkipMember();
            }
        }
    }
}
