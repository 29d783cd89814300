using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Reads content: a string, or a list of blocks.</summary>
internal static class BlockReader
{
    /// <summary>Adds the parts of the content on whose first token <paramref name="reader"/> stands.</summary>
    internal static void ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, BodyPlace place, List<ContentPart> parts)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                parts.Add(new TextPart(reader.GetString() ?? ""));
                return;
            case JsonTokenType.StartArray:
                for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
                {
                    if (reader.TokenType == JsonTokenType.StartObject)
                    {
                        parts.Add(Block.Read(ref reader, source, place.At(index)));
                    }
                    else if (place.Root is not null)
                    {
                        throw place.At(index).Wrong("", "a content block");
                    }
                    else
                    {
                        reader.Skip();
                    }
                }
                return;
            case JsonTokenType.Null:
                return;
            default:
                if (place.Root is not null)
                {
                    throw place.Wrong(place.Root == "system" ? "" : "content", "a string or a list of content blocks");
                }
                reader.Skip();
                return;
        }
    }
}
