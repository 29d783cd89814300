using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>One item of <c>input</c> or <c>output</c>. Which members are set depends on <see cref="Type"/>.</summary>
internal sealed class Item
{
    internal const string Message = "message";
    internal const string FunctionCall = "function_call";
    internal const string FunctionCallOutput = "function_call_output";
    internal const string CustomToolCall = "custom_tool_call";
    internal const string CustomToolCallOutput = "custom_tool_call_output";
    internal const string Reasoning = "reasoning";
    internal const string Image = "image_generation_call";

    /// <summary>Its <c>type</c>; messages may leave it out.</summary>
    internal required string Type { get; init; }

    internal string? Id { get; private set; }

    internal string? Role { get; private set; }

    internal string? CallId { get; private set; }

    internal string? Name { get; private set; }

    /// <summary>Arguments of a function, or the text for a free-form tool.</summary>
    internal string? Input { get; private set; }

    /// <summary>Content of a message, output of a tool.</summary>
    internal List<ContentPart> Content { get; } = [];

    /// <summary>The summary, or else the raw text, of reasoning.</summary>
    internal string Thoughts { get; private set; } = "";

    internal string? EncryptedContent { get; private set; }

    /// <summary>The whole item, for kinds that have no neutral form.</summary>
    internal RawJson Whole { get; private set; }

    /// <summary>Reads the item on whose brace the reader stands.</summary>
    internal static Item Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, in Place place)
    {
        var type = Fields.Peek(reader, "type"u8);
        if (type is null && Fields.Peek(reader, "role"u8) is not null)
        {
            type = Message;
        }
        if (type is null && place.IsStrict)
        {
            throw place.Wrong("type", "the kind of the item");
        }
        var item = new Item { Type = type ?? "" };
        if (type is Message or FunctionCall or FunctionCallOutput or CustomToolCall or CustomToolCallOutput or Reasoning)
        {
            item.ReadMembers(ref reader, source, place);
        }
        else
        {
            item.Whole = RawJson.Copy(ref reader, source);
        }
        return item;
    }

    /// <summary>What the model says or does with this item. Items that say nothing add nothing.</summary>
    internal void AddTo(List<ContentPart> parts)
    {
        switch (Type)
        {
            case Message:
                parts.AddRange(Content);
                break;
            case FunctionCall:
                parts.Add(new ToolCallPart(CallId ?? Id ?? "", Name ?? "", string.IsNullOrEmpty(Input) ? "{}" : Input));
                break;
            case CustomToolCall:
                parts.Add(new ToolCallPart(CallId ?? Id ?? "", Name ?? "", Neutral()) { FreeForm = true });
                break;
            case Reasoning:
                if (ToThinking() is { } thinking)
                {
                    parts.Add(thinking);
                }
                break;
            case "":
                break;
            case Image when Picture() is { } picture:
                parts.Add(picture);
                break;
            default:
                parts.Add(new OpaquePart(WireFormat.OpenAIResponses, Type, Whole));
                break;
        }
    }

    /// <summary>The reasoning as a part; null when it holds neither text nor a seal (a server that keeps the thoughts to itself).</summary>
    internal ThinkingPart? ToThinking()
    {
        if (Thoughts.Length == 0 && string.IsNullOrEmpty(EncryptedContent))
        {
            return null;
        }
        var (seal, redacted) = SealedThoughts.Split(EncryptedContent);
        return new ThinkingPart(Thoughts) { Signature = seal, Redacted = redacted, Id = ResponseObject.IsMadeHere(Id) ? null : Id };
    }

    /// <summary>What a picture's item holds; null while it is being made.</summary>
    private ImagePart? Picture()
    {
        var reader = new Utf8JsonReader(Whole.Utf8.Span, Fields.Options);
        reader.Read();
        return Fields.Peek(reader, "result"u8) is { Length: > 0 } bytes ? new ImagePart("image/" + (Fields.Peek(reader, "output_format"u8) ?? "png"), MediaSource.OfBase64(bytes)) : null;
    }

    private string Neutral() => FreeForm.Wrap(Input ?? "");

    private void ReadMembers(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, in Place place)
    {
        var summary = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                Id = Fields.Text(ref reader, place, "id");
            }
            else if (reader.ValueTextEquals("role"u8))
            {
                Role = Fields.Text(ref reader, place, "role");
            }
            else if (reader.ValueTextEquals("call_id"u8))
            {
                CallId = Fields.Text(ref reader, place, "call_id");
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                Name = Fields.Text(ref reader, place, "name");
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                Input = Fields.Text(ref reader, place, "arguments") ?? Input;
            }
            else if (reader.ValueTextEquals("input"u8))
            {
                Input = Fields.Text(ref reader, place, "input") ?? Input;
            }
            else if (reader.ValueTextEquals("encrypted_content"u8))
            {
                EncryptedContent = Fields.Text(ref reader, place, "encrypted_content");
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                ContentReader.Read(ref reader, source, place, "content", Content);
            }
            else if (reader.ValueTextEquals("output"u8))
            {
                ContentReader.Read(ref reader, source, place, "output", Content);
            }
            else if (reader.ValueTextEquals("summary"u8))
            {
                var parts = new List<ContentPart>();
                ContentReader.Read(ref reader, source, place, "summary", parts);
                summary = Joined(parts);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (Type == Reasoning)
        {
            Thoughts = summary.Length > 0 ? summary : Joined(Content);
        }
    }

    private static string Joined(List<ContentPart> parts)
    {
        var text = "";
        foreach (var part in parts)
        {
            if (part is TextPart { Text: { Length: > 0 } more })
            {
                text = text.Length == 0 ? more : $"{text}{SealedThoughts.BetweenParts}{more}";
            }
        }
        return text;
    }
}
