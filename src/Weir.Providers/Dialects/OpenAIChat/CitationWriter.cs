using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// Writes the sources of an answer: pages as OpenAI's <c>annotations</c>, and what another vendor says beyond that as it is in
/// <c>provider_specific_fields.citations</c>, where LiteLLM's clients look for it.
/// </summary>
internal static class CitationWriter
{
    internal static void Write(Utf8JsonWriter json, List<ContentPart> texts)
    {
        if (!texts.Exists(part => part is TextPart { Citations.IsAbsent: false }))
        {
            return;
        }
        var foreign = false;
        var any = false;
        var start = 0;
        foreach (var part in texts)
        {
            if (part is not TextPart text)
            {
                continue;
            }
            if (!text.Citations.IsAbsent)
            {
                foreign |= text.CitationsFrom is not (WireFormat.OpenAIChat or WireFormat.OpenAIResponses);
                WriteAnnotations(json, text, start, ref any);
            }
            start += text.Text.Length;
        }
        if (any)
        {
            json.WriteEndArray();
        }
        if (!foreign)
        {
            return;
        }
        json.WriteStartObject("provider_specific_fields"u8);
        json.WriteStartArray("citations"u8);
        foreach (var part in texts)
        {
            if (part is TextPart { Citations.IsAbsent: false } text && text.CitationsFrom is not (WireFormat.OpenAIChat or WireFormat.OpenAIResponses))
            {
                text.Citations.WriteTo(json);
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAnnotations(Utf8JsonWriter json, TextPart text, int start, ref bool any)
    {
        var reader = new BodyReader(text.Citations.Utf8.Span, tolerant: true);
        reader.Json.Read();
        if (!reader.EnterArray(""))
        {
            return;
        }
        // OpenAI's own words about the first text are right as they are.
        var own = text.CitationsFrom == WireFormat.OpenAIChat && start == 0;
        while (reader.NextItem())
        {
            var again = reader;
            if (!reader.EnterObject(""))
            {
                continue;
            }
            var found = new Source(start, start + text.Text.Length, null, null);
            Read(ref reader, ref found, start);
            if (found.Url is null && !own)
            {
                continue;
            }
            if (!any)
            {
                json.WriteStartArray("annotations"u8);
                any = true;
            }
            if (own)
            {
                again.Raw().WriteTo(json);
                continue;
            }
            json.WriteStartObject();
            json.WriteString("type"u8, "url_citation"u8);
            json.WriteStartObject("url_citation"u8);
            json.WriteNumber("start_index"u8, found.Start);
            json.WriteNumber("end_index"u8, found.End);
            json.WriteString("url"u8, found.Url);
            json.WriteString("title"u8, found.Title ?? "");
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private record struct Source(long Start, long End, string? Url, string? Title);

    /// <summary>Flat in Responses and Anthropic's words, one level deeper in OpenAI chat's.</summary>
    private static void Read(ref BodyReader reader, ref Source found, int offset)
    {
        while (reader.NextMember())
        {
            if (reader.Is("url"u8) || reader.Is("uri"u8))
            {
                found.Url = reader.Text("url");
            }
            else if (reader.Is("title"u8))
            {
                found.Title = reader.Text("title");
            }
            else if (reader.Is("start_index"u8))
            {
                found.Start = offset + (reader.Whole("start_index") ?? 0);
            }
            else if (reader.Is("end_index"u8))
            {
                found.End = offset + (reader.Whole("end_index") ?? 0);
            }
            else if (reader.Is("url_citation"u8))
            {
                if (reader.EnterObject("url_citation"))
                {
                    Read(ref reader, ref found, offset);
                }
            }
            else
            {
                reader.SkipMember();
            }
        }
    }
}
