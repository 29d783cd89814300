using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Reads content blocks. A block is an object with one member, whose name is its kind.</summary>
internal static class ContentReader
{
    /// <summary>Reads the array on which the reader stands.</summary>
    internal static void ReadBlocks(ref Utf8JsonReader json, ReadOnlySpan<byte> body, List<ContentPart> parts, in Place place)
    {
        var inResult = place.Inner >= 0;
        for (var n = 0; Json.NextItem(ref json); n++)
        {
            ReadBlock(ref json, body, parts, inResult ? place with { Inner = n } : place with { Block = n });
        }
    }

    private static void ReadBlock(ref Utf8JsonReader json, ReadOnlySpan<byte> body, List<ContentPart> parts, in Place place)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw Json.Wrong(place, "", "an object");
        }
        var whole = json;
        while (Json.NextMember(ref json))
        {
            var kind = json.ValueSpan;
            if (json.ValueTextEquals("text"u8))
            {
                parts.Add(new TextPart(Json.Text(ref json, place, "text") ?? ""));
                continue;
            }
            if (json.ValueTextEquals("json"u8))
            {
                json.Read();
                parts.Add(new TextPart(Encoding.UTF8.GetString(RawJson.Copy(ref json, body).Utf8.Span)));
                continue;
            }
            var known = json.ValueTextEquals("image"u8) ? Known.Image
                : json.ValueTextEquals("document"u8) ? Known.Document
                : json.ValueTextEquals("video"u8) ? Known.Video
                : json.ValueTextEquals("audio"u8) ? Known.Audio
                : json.ValueTextEquals("toolUse"u8) ? Known.ToolUse
                : json.ValueTextEquals("toolResult"u8) ? Known.ToolResult
                : json.ValueTextEquals("reasoningContent"u8) ? Known.Reasoning
                : json.ValueTextEquals("citationsContent"u8) ? Known.Citations
                : json.ValueTextEquals("cachePoint"u8) ? Known.CachePoint
                : Known.Nothing;
            json.Read();
            if (json.TokenType == JsonTokenType.Null)
            {
                continue;
            }
            if (known != Known.Nothing && json.TokenType != JsonTokenType.StartObject)
            {
                throw Json.Wrong(place, Encoding.UTF8.GetString(kind), "an object");
            }
            if (known == Known.CachePoint)
            {
                Mark(parts, CacheMark.Read(ref json));
                continue;
            }
            ContentPart? part = known switch
            {
                Known.Image => MediaReader.Image(ref json, place),
                Known.Document => MediaReader.Document(ref json, place),
                Known.Video => MediaReader.Media(ref json, place, "video"),
                Known.Audio => MediaReader.Media(ref json, place, "audio"),
                Known.ToolUse => ToolUse(ref json, body, place),
                Known.ToolResult => ToolResult(ref json, body, place),
                Known.Reasoning => Reasoning(ref json, place),
                Known.Citations => Cited(ref json, body, place),
                _ => null,
            };
            if (part is null)
            {
                // A kind that came later, or a known one with something that no other dialect can say: kept whole, for its own kind only.
                json = whole;
                var value = RawJson.Copy(ref json, body);
                parts.Add(new OpaquePart(WireFormat.BedrockConverse, Encoding.UTF8.GetString(kind), value));
                return;
            }
            parts.Add(part);
        }
    }

    /// <summary>Marks the last part: a cache point holds for all that is before it.</summary>
    internal static void Mark(List<ContentPart> parts, RawJson mark)
    {
        if (parts.Count > 0)
        {
            parts[^1] = parts[^1] with { CacheControl = mark };
        }
    }

    private static ToolCallPart? ToolUse(ref Utf8JsonReader json, ReadOnlySpan<byte> body, in Place place)
    {
        string? id = null, name = null, arguments = null;
        var own = true;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("toolUseId"u8))
            {
                id = Json.Text(ref json, place, "toolUse.toolUseId");
            }
            else if (json.ValueTextEquals("name"u8))
            {
                name = Json.Text(ref json, place, "toolUse.name");
            }
            else if (json.ValueTextEquals("input"u8))
            {
                json.Read();
                arguments = json.TokenType == JsonTokenType.Null ? null : Encoding.UTF8.GetString(RawJson.Copy(ref json, body).Utf8.Span);
            }
            else
            {
                // A `type` says that the tool ran at the vendor.
                own &= !json.ValueTextEquals("type"u8);
                Json.Skip(ref json);
            }
        }
        return own ? new ToolCallPart(id ?? "", name ?? "", arguments ?? "{}") : null;
    }

    private static ToolResultPart? ToolResult(ref Utf8JsonReader json, ReadOnlySpan<byte> body, in Place place)
    {
        string? id = null;
        var content = new List<ContentPart>();
        var failed = false;
        var own = true;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("toolUseId"u8))
            {
                id = Json.Text(ref json, place, "toolResult.toolUseId");
            }
            else if (json.ValueTextEquals("status"u8))
            {
                failed = Json.Text(ref json, place, "toolResult.status") == "error";
            }
            else if (json.ValueTextEquals("content"u8))
            {
                json.Read();
                if (place.Inner >= 0)
                {
                    throw new DialectException(place.Path("toolResult"), "A tool's result can't hold another tool's result.");
                }
                if (Json.IsArray(ref json, place, "toolResult.content"))
                {
                    ReadBlocks(ref json, body, content, place with { Inner = 0 });
                }
            }
            else
            {
                own &= !json.ValueTextEquals("type"u8);
                Json.Skip(ref json);
            }
        }
        return own ? new ToolResultPart(id ?? "", content) { IsError = failed } : null;
    }

    private static ThinkingPart? Reasoning(ref Utf8JsonReader json, in Place place)
    {
        ThinkingPart? part = null;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("redactedContent"u8))
            {
                part = new ThinkingPart("") { Signature = Json.Text(ref json, place, "reasoningContent.redactedContent"), Redacted = true };
            }
            else if (json.ValueTextEquals("reasoningText"u8))
            {
                json.Read();
                if (!Json.IsObject(ref json, place, "reasoningContent.reasoningText"))
                {
                    continue;
                }
                string? text = null, signature = null;
                while (Json.NextMember(ref json))
                {
                    if (json.ValueTextEquals("text"u8))
                    {
                        text = Json.Text(ref json, place, "reasoningContent.reasoningText.text");
                    }
                    else if (json.ValueTextEquals("signature"u8))
                    {
                        signature = Json.Text(ref json, place, "reasoningContent.reasoningText.signature");
                    }
                    else
                    {
                        Json.Skip(ref json);
                    }
                }
                part = new ThinkingPart(text ?? "") { Signature = signature };
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return part;
    }

    private static TextPart Cited(ref Utf8JsonReader json, ReadOnlySpan<byte> body, in Place place)
    {
        var text = new StringBuilder();
        var citations = default(RawJson);
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("content"u8))
            {
                json.Read();
                if (!Json.IsArray(ref json, place, "citationsContent.content"))
                {
                    continue;
                }
                while (Json.NextItem(ref json))
                {
                    if (!Json.IsObject(ref json, place, "citationsContent.content"))
                    {
                        continue;
                    }
                    while (Json.NextMember(ref json))
                    {
                        if (json.ValueTextEquals("text"u8))
                        {
                            text.Append(Json.Text(ref json, place, "citationsContent.content.text"));
                        }
                        else
                        {
                            Json.Skip(ref json);
                        }
                    }
                }
            }
            else if (json.ValueTextEquals("citations"u8))
            {
                json.Read();
                citations = RawJson.Copy(ref json, body);
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        return new TextPart(text.ToString()) { Citations = citations, CitationsFrom = WireFormat.BedrockConverse };
    }

    private enum Known
    {
        Nothing,
        Image,
        Document,
        Video,
        Audio,
        ToolUse,
        ToolResult,
        Reasoning,
        Citations,
        CachePoint,
    }
}
