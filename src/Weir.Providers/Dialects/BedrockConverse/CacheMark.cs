using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Converse puts a cache point behind what is to be cached; the neutral form marks the part itself, in Anthropic's words.</summary>
internal static class CacheMark
{
    private static readonly RawJson Plain = RawJson.Of("""{"type":"ephemeral"}"""u8);
    private static readonly RawJson Short = RawJson.Of("""{"type":"ephemeral","ttl":"5m"}"""u8);
    private static readonly RawJson Long = RawJson.Of("""{"type":"ephemeral","ttl":"1h"}"""u8);

    /// <summary>Reads the object on which the reader stands.</summary>
    internal static RawJson Read(ref Utf8JsonReader json)
    {
        var mark = Plain;
        while (Json.NextMember(ref json))
        {
            var life = json.ValueTextEquals("ttl"u8);
            json.Read();
            if (life && json.TokenType == JsonTokenType.String)
            {
                mark = json.ValueTextEquals("1h"u8) ? Long : json.ValueTextEquals("5m"u8) ? Short : Plain;
            }
            json.Skip();
        }
        return mark;
    }

    /// <summary>Writes a cache point as a block of its own, when there is a mark.</summary>
    internal static void Write(Utf8JsonWriter json, RawJson mark, in ModelFamily model)
    {
        if (mark.IsAbsent)
        {
            return;
        }
        json.WriteStartObject();
        json.WriteStartObject("cachePoint"u8);
        json.WriteString("type"u8, "default"u8);
        if (model.TakesCacheLife && mark.Utf8.Span.IndexOf("\"ttl\""u8) >= 0)
        {
            json.WriteString("ttl"u8, mark.Utf8.Span.IndexOf("\"1h\""u8) >= 0 ? "1h"u8 : "5m"u8);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
