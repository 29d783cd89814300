using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Sources of a text. Gemini's <c>groundingMetadata</c> (counted in UTF-8 bytes) and <c>citationMetadata</c> become OpenAI's <c>url_citation</c> annotations (counted in
/// characters), the form that LiteLLM makes of them and that most clients read; from annotations and Anthropic's citations grounding is made for Gemini's clients.
/// </summary>
internal static class GeminiCitations
{
    private readonly record struct Source(string Url, string Title);

    private record struct Mark(int Part, long Start, long End, int Chunk, string? Url, string? Title);

    /// <summary>Hangs the sources in <paramref name="value"/> on the texts of <paramref name="choice"/>.</summary>
    /// <param name="choice">The answer.</param>
    /// <param name="texts">For each of Gemini's parts the index in <see cref="ChatChoice.Parts"/> of its text, -1 for parts that are none.</param>
    /// <param name="name"><c>groundingMetadata</c> or <c>citationMetadata</c>.</param>
    /// <param name="value">Its value.</param>
    public static void Attach(ChatChoice choice, List<int> texts, string name, RawJson value)
    {
        var sources = new List<Source?>();
        var marks = new List<Mark>();
        if (name == "groundingMetadata")
        {
            ReadGrounding(value, sources, marks);
        }
        else
        {
            ReadCitations(value, marks);
        }

        for (var at = 0; at < choice.Parts.Count; at++)
        {
            if (choice.Parts[at] is not TextPart text)
            {
                continue;
            }

            using var buffer = new MemoryStream();
            using var json = new Utf8JsonWriter(buffer, GeminiJson.WriterOptions);
            json.WriteStartArray();
            var any = false;
            foreach (var mark in marks)
            {
                var source = mark.Url is not null ? new Source(mark.Url, mark.Title ?? "") : mark.Chunk >= 0 && mark.Chunk < sources.Count ? sources[mark.Chunk] : null;
                if (source is null || TextOf(choice, texts, mark.Part) != at)
                {
                    continue;
                }

                any = true;
                Annotation(json, source.Value, Characters(text.Text, mark.Start), Characters(text.Text, mark.End));
            }

            json.WriteEndArray();
            json.Flush();
            if (any && text.Citations.IsAbsent)
            {
                choice.Parts[at] = text with { Citations = new(buffer.ToArray()), CitationsFrom = WireFormat.OpenAIChat };
            }
        }
    }

    /// <summary>The sources of a text that was streamed, as OpenAI's annotations; null when none names a page.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="told">Name and value of each <c>groundingMetadata</c> and <c>citationMetadata</c>.</param>
    public static OpaquePart? OfStream(string text, List<(string Name, RawJson Value)> told)
    {
        foreach (var (name, value) in told)
        {
            var choice = new ChatChoice();
            choice.Parts.Add(new TextPart(text));
            Attach(choice, [], name, value);
            if (choice.Parts[0] is TextPart { Citations: { IsAbsent: false } found })
            {
                return new OpaquePart(WireFormat.OpenAIChat, "citations", found);
            }
        }
        return null;
    }

    /// <summary>Writes <c>groundingMetadata</c> for the texts of a stream, which a client strings together.</summary>
    public static void WriteStreamed(Utf8JsonWriter json, List<TextPart> texts)
    {
        var sources = new List<Source>();
        var marks = new List<Mark>();
        var before = 0L;
        foreach (var text in texts)
        {
            var first = marks.Count;
            if (!text.Citations.IsAbsent)
            {
                ReadForeign(text, 0, sources, marks);
            }
            for (var i = first; i < marks.Count; i++)
            {
                marks[i] = marks[i] with { Start = marks[i].Start + before, End = marks[i].End + before };
            }
            before += Encoding.UTF8.GetByteCount(text.Text);
        }
        if (sources.Count > 0)
        {
            WriteGrounding(json, sources, marks);
        }
    }

    /// <summary>Writes <c>groundingMetadata</c> for the texts in <paramref name="parts"/>; nothing when none names a web page.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="parts">What the model said.</param>
    /// <param name="partOf">Gemini's number of each part.</param>
    public static void Write(Utf8JsonWriter json, List<ContentPart> parts, List<int> partOf)
    {
        var sources = new List<Source>();
        var marks = new List<Mark>();
        for (var at = 0; at < parts.Count; at++)
        {
            if (parts[at] is TextPart { Citations.IsAbsent: false } text)
            {
                ReadForeign(text, at < partOf.Count ? partOf[at] : 0, sources, marks);
            }
        }

        if (sources.Count > 0)
        {
            WriteGrounding(json, sources, marks);
        }
    }

    private static void WriteGrounding(Utf8JsonWriter json, List<Source> sources, List<Mark> marks)
    {
        json.WriteStartObject("groundingMetadata"u8);
        json.WriteStartArray("groundingChunks"u8);
        foreach (var source in sources)
        {
            json.WriteStartObject();
            json.WriteStartObject("web"u8);
            json.WriteString("uri"u8, source.Url);
            json.WriteString("title"u8, source.Title);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("groundingSupports"u8);
        foreach (var mark in marks)
        {
            json.WriteStartObject();
            json.WriteStartObject("segment"u8);
            if (mark.Part > 0)
            {
                json.WriteNumber("partIndex"u8, mark.Part);
            }

            json.WriteNumber("startIndex"u8, mark.Start);
            json.WriteNumber("endIndex"u8, mark.End);
            json.WriteEndObject();
            json.WriteStartArray("groundingChunkIndices"u8);
            json.WriteNumberValue(mark.Chunk);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static int TextOf(ChatChoice choice, List<int> texts, int part)
    {
        var at = part >= 0 && part < texts.Count ? texts[part] : -1;

        // Most answers leave the part out and have but one text, behind thoughts.
        return at >= 0 && at < choice.Parts.Count ? at : choice.Parts.FindIndex(one => one is TextPart);
    }

    private static void Annotation(Utf8JsonWriter json, Source source, int start, int end)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "url_citation"u8);
        json.WriteStartObject("url_citation"u8);
        json.WriteNumber("start_index"u8, start);
        json.WriteNumber("end_index"u8, end);
        json.WriteString("url"u8, source.Url);
        json.WriteString("title"u8, source.Title);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>How many characters (Unicode scalars, as OpenAI counts) lie in the first <paramref name="bytes"/> bytes of the text.</summary>
    private static int Characters(string text, long bytes)
    {
        var (count, seen) = (0, 0L);
        foreach (var rune in text.EnumerateRunes())
        {
            if (seen >= bytes)
            {
                break;
            }

            seen += rune.Utf8SequenceLength;
            count++;
        }

        return count;
    }

    private static long Bytes(string text, long characters)
    {
        var bytes = 0L;
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters-- <= 0)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
        }

        return bytes;
    }

    private static void ReadGrounding(RawJson value, List<Source?> sources, List<Mark> marks)
    {
        var json = new Utf8JsonReader(value.Utf8.Span, GeminiJson.ReaderOptions);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var chunks = GeminiJson.Is(ref json, "groundingChunks"u8);
            var supports = !chunks && GeminiJson.Is(ref json, "groundingSupports"u8);
            json.Read();
            if ((!chunks && !supports) || json.TokenType != JsonTokenType.StartArray)
            {
                json.Skip();
                continue;
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (chunks)
                {
                    var found = Flat(ref json);
                    sources.Add(found.Url is null ? null : new(found.Url, found.Title ?? ""));
                }
                else
                {
                    var found = Flat(ref json);
                    foreach (var chunk in found.Chunks ?? [])
                    {
                        marks.Add(new(found.Part, found.Start, found.End, chunk, null, null));
                    }
                }
            }
        }
    }

    private static void ReadCitations(RawJson value, List<Mark> marks)
    {
        var json = new Utf8JsonReader(value.Utf8.Span, GeminiJson.ReaderOptions);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            // `citationSources` in the first versions of the API.
            var citations = GeminiJson.Is(ref json, "citations"u8) || GeminiJson.Is(ref json, "citationSources"u8);
            json.Read();
            if (!citations || json.TokenType != JsonTokenType.StartArray)
            {
                json.Skip();
                continue;
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var found = Flat(ref json);
                if (found.Url is not null)
                {
                    marks.Add(new(-1, found.Start, found.End, -1, found.Url, found.Title));
                }
            }
        }
    }

    private static void ReadForeign(TextPart text, int part, List<Source> sources, List<Mark> marks)
    {
        var json = new Utf8JsonReader(text.Citations.Utf8.Span, GeminiJson.ReaderOptions);
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var found = Flat(ref json);
            if (found.Url is null)
            {
                continue;
            }

            var source = new Source(found.Url, found.Title ?? "");
            var chunk = sources.IndexOf(source);
            if (chunk < 0)
            {
                chunk = sources.Count;
                sources.Add(source);
            }

            // Anthropic's citations hold for the whole text that they stand on.
            var (start, end) = text.CitationsFrom == WireFormat.AnthropicMessages || found.End == 0
                ? (0, Encoding.UTF8.GetByteCount(text.Text))
                : (Bytes(text.Text, found.Start), Bytes(text.Text, found.End));
            marks.Add(new(part, start, end, chunk, null, null));
        }
    }

    private struct Found
    {
        public string? Url;
        public string? Title;
        public long Start;
        public long End;
        public int Part;
        public List<int>? Chunks;
    }

    /// <summary>What a source says, wherever in its object it stands: <c>web.uri</c>, <c>segment.endIndex</c>, <c>url_citation.url</c>. Anything else is passed over.</summary>
    private static Found Flat(ref Utf8JsonReader json)
    {
        var found = new Found { Part = -1 };
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return found;
        }

        var depth = json.CurrentDepth;
        while (json.Read() && json.CurrentDepth > depth)
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var name = GeminiJson.Camel(GeminiJson.Name(ref json));
            json.Read();
            switch (name)
            {
                case "uri" or "url" when json.TokenType == JsonTokenType.String:
                    found.Url ??= GeminiJson.Name(ref json);
                    break;
                case "title" when json.TokenType == JsonTokenType.String:
                    found.Title ??= GeminiJson.Name(ref json);
                    break;
                case "startIndex" when json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var start):
                    found.Start = Math.Max(0, start);
                    break;
                case "endIndex" when json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var end):
                    found.End = Math.Max(0, end);
                    break;
                case "partIndex" when json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var part):
                    found.Part = part;
                    break;
                case "groundingChunkIndices" when json.TokenType == JsonTokenType.StartArray:
                    found.Chunks = [];
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    {
                        if (json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var chunk))
                        {
                            found.Chunks.Add(chunk);
                        }

                        json.Skip();
                    }

                    break;
            }
        }

        return found;
    }
}
