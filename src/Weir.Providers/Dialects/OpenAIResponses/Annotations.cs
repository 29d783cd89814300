using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// Sources of a text. OpenAI's chat nests what this dialect has flat; of other vendors' citations those that have an address are told, over
/// the whole text, for such vendors cut the text where a citation begins and ends.
/// </summary>
internal static class Annotations
{
    /// <summary>The kind under which a step of a stream carries them.</summary>
    internal const string Kind = "citations";

    /// <summary>Writes the elements of <c>annotations</c>.</summary>
    internal static void Write(Utf8JsonWriter json, TextPart text)
    {
        if (text.Citations.IsAbsent)
        {
            return;
        }
        var source = text.Citations.Utf8.Span;
        var reader = new Utf8JsonReader(source, Fields.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
            }
            else if (text.CitationsFrom == WireFormat.OpenAIResponses)
            {
                RawJson.Copy(ref reader, source).WriteTo(json);
            }
            else
            {
                WriteOther(json, text, ref reader);
            }
        }
    }

    private static void WriteOther(Utf8JsonWriter json, TextPart text, ref Utf8JsonReader reader)
    {
        string? url = null, title = null;
        long start = 0, end = text.Text.Length;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("url_citation"u8))
            {
                reader.Read();
                // The same members, one level down: go on inside, and pass the brace that closes it.
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadMembers(ref reader, ref url, ref title, ref start, ref end);
                }
                else
                {
                    reader.Skip();
                }
            }
            else
            {
                ReadMember(ref reader, ref url, ref title, ref start, ref end);
            }
        }
        if (url is null)
        {
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "url_citation"u8);
        json.WriteNumber("start_index"u8, start);
        json.WriteNumber("end_index"u8, end);
        json.WriteString("url"u8, url);
        json.WriteString("title"u8, title ?? "");
        json.WriteEndObject();
    }

    private static void ReadMembers(ref Utf8JsonReader reader, ref string? url, ref string? title, ref long start, ref long end)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader, ref url, ref title, ref start, ref end);
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, ref string? url, ref string? title, ref long start, ref long end)
    {
        if (reader.ValueTextEquals("url"u8))
        {
            url = Fields.Text(ref reader, Place.InAnswer, "url");
        }
        else if (reader.ValueTextEquals("title"u8))
        {
            title = Fields.Text(ref reader, Place.InAnswer, "title");
        }
        else if (reader.ValueTextEquals("start_index"u8))
        {
            start = Fields.Loose(ref reader, start);
        }
        else if (reader.ValueTextEquals("end_index"u8))
        {
            end = Fields.Loose(ref reader, end);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }
}
