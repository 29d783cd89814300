using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// Writes the sources of an answer: pages as OpenAI's <c>annotations</c>, and what another vendor says beyond that as it is in
/// <c>provider_specific_fields.citations</c>, where LiteLLM's clients look for it.
/// </summary>
internal static class CitationWriter
{
    /// <summary>The kind under which a step of a stream carries sources.</summary>
    internal const string Kind = "citations";

    /// <summary>Several lists as one.</summary>
    internal static RawJson Joined(List<RawJson> lists)
    {
        if (lists.Count == 1)
        {
            return lists[0];
        }
        var joined = new ArrayBufferWriter<byte>(256);
        joined.Write("["u8);
        foreach (var list in lists)
        {
            var inner = list.Utf8.Span.Trim(" \t\r\n"u8)[1..^1].Trim(" \t\r\n"u8);
            joined.Write(joined.WrittenCount == 1 || inner.IsEmpty ? ""u8 : ","u8);
            joined.Write(inner);
        }
        joined.Write("]"u8);
        return new RawJson(joined.WrittenMemory);
    }

    /// <summary>Writes the sources of one text of a stream, which has <paramref name="length"/> characters and begins at <paramref name="start"/>.</summary>
    internal static void Write(Utf8JsonWriter json, OpaquePart sources, int start, int length)
    {
        var any = false;
        WriteAnnotations(json, sources.Value, sources.Dialect, start, length, ref any);
        if (any)
        {
            json.WriteEndArray();
        }
        if (sources.Dialect is not (WireFormat.OpenAIChat or WireFormat.OpenAIResponses))
        {
            json.WriteStartObject("provider_specific_fields"u8);
            json.WriteStartArray("citations"u8);
            sources.Value.WriteTo(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

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
                WriteAnnotations(json, text.Citations, text.CitationsFrom, start, text.Text.Length, ref any);
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

    private static void WriteAnnotations(Utf8JsonWriter json, RawJson citations, WireFormat from, int start, int length, ref bool any)
    {
        var reader = new BodyReader(citations.Utf8.Span, tolerant: true);
        reader.Json.Read();
        if (!reader.EnterArray(""))
        {
            return;
        }
        // OpenAI's own words about the first text are right as they are.
        var own = from == WireFormat.OpenAIChat && start == 0;
        while (reader.NextItem())
        {
            var again = reader;
            if (!reader.EnterObject(""))
            {
                continue;
            }
            var found = new Source(start, start + length, null, null);
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
