using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Walks through a GenerateContentResponse, whole or one chunk of a stream: they have the same form. What it finds it hands to <see cref="ISink"/> in the order of the wire.
/// </summary>
internal static class GeminiChunk
{
    /// <summary>Who takes what is found.</summary>
    internal interface ISink
    {
        /// <summary>One part of a candidate.</summary>
        void Part(int choice, in GeminiPart part);

        /// <summary>Sources of a candidate: <c>groundingMetadata</c> or <c>citationMetadata</c>.</summary>
        void Sources(int choice, string name, RawJson value);

        /// <summary>A candidate has been read.</summary>
        void CandidateEnd(int choice, string? finishReason);
    }

    /// <summary>What stands beside the candidates.</summary>
    internal struct Head
    {
        public string? Id;
        public string? Model;
        public string? CreateTime;
        public string? BlockReason;
        public bool HasError;
        public bool HasUsage;
        public TokenUsage Usage;
        public ServiceTier Tier;
    }

    /// <summary>Reads the head first, so that the sink can rely on it while it takes parts.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="DialectException">Not an answer.</exception>
    public static Head ReadHead(ReadOnlySpan<byte> data)
    {
        var head = default(Head);
        var place = new Place("");
        var json = new Utf8JsonReader(data, GeminiJson.ReaderOptions);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw new DialectException("", "A Gemini answer must be a JSON object.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "candidates"u8))
            {
                json.Read();
                json.Skip();
            }
            else if (GeminiJson.Is(ref json, "responseId"u8))
            {
                head.Id = GeminiJson.Text(ref json, place, "responseId");
            }
            else if (GeminiJson.Is(ref json, "modelVersion"u8))
            {
                head.Model = GeminiJson.Text(ref json, place, "modelVersion");
            }
            else if (GeminiJson.Is(ref json, "createTime"u8))
            {
                head.CreateTime = GeminiJson.Text(ref json, place, "createTime");
            }
            else if (GeminiJson.Is(ref json, "usageMetadata"u8))
            {
                json.Read();
                head.HasUsage |= GeminiUsage.TryRead(ref json, ref head.Usage, ref head.Tier);
            }
            else if (GeminiJson.Is(ref json, "promptFeedback"u8))
            {
                if (GeminiJson.Enter(ref json, place, "promptFeedback"))
                {
                    head.BlockReason = ReadBlock(ref json, new("promptFeedback")) ?? head.BlockReason;
                }
            }
            else
            {
                var isError = GeminiJson.Is(ref json, "error"u8);
                json.Read();
                head.HasError |= isError && json.TokenType != JsonTokenType.Null;
                json.Skip();
            }
        }

        if (json.Read())
        {
            throw new DialectException("", "Something follows the JSON object of a Gemini answer.");
        }

        return head;
    }

    /// <summary>Hands the candidates to <paramref name="sink"/>; returns how many there are.</summary>
    public static int ReadCandidates<T>(ReadOnlySpan<byte> data, ref T sink)
        where T : ISink, allows ref struct
    {
        var json = new Utf8JsonReader(data, GeminiJson.ReaderOptions);
        json.Read();
        var count = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!GeminiJson.Is(ref json, "candidates"u8))
            {
                json.Read();
                json.Skip();
                continue;
            }

            if (!GeminiJson.EnterArray(ref json, new(""), "candidates"))
            {
                continue;
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var place = new Place("candidates", count);
                if (json.TokenType != JsonTokenType.StartObject)
                {
                    throw place.Wrong("", "an object", json.TokenType);
                }

                Candidate(ref json, data, place, IndexOf(json, place, count), ref sink);
                count++;
            }
        }

        return count;
    }

    /// <summary>The candidate's number; it may stand behind the parts that need it.</summary>
    private static int IndexOf(Utf8JsonReader json, in Place place, int position)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "index"u8))
            {
                var index = GeminiJson.Whole(ref json, place, "index") ?? position;
                return index is >= 0 and < 1024 ? (int)index : throw place.Wrong("index", "a small number", JsonTokenType.Number);
            }

            json.Read();
            json.Skip();
        }

        return position;
    }

    private static void Candidate<T>(ref Utf8JsonReader json, ReadOnlySpan<byte> data, in Place place, int choice, ref T sink)
        where T : ISink, allows ref struct
    {
        string? finish = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "content"u8))
            {
                if (GeminiJson.Enter(ref json, place, "content"))
                {
                    Content(ref json, data, place, choice, ref sink);
                }
            }
            else if (GeminiJson.Is(ref json, "finishReason"u8))
            {
                finish = GeminiJson.Text(ref json, place, "finishReason");
            }
            else if (GeminiJson.Is(ref json, "groundingMetadata"u8) || GeminiJson.Is(ref json, "citationMetadata"u8))
            {
                var name = GeminiJson.Camel(GeminiJson.Name(ref json));
                if (GeminiJson.Enter(ref json, place, name))
                {
                    var value = RawJson.Copy(ref json, data);
                    if (!value.Utf8.Span.SequenceEqual("{}"u8))
                    {
                        sink.Sources(choice, name, value);
                    }
                }
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        sink.CandidateEnd(choice, finish);
    }

    private static void Content<T>(ref Utf8JsonReader json, ReadOnlySpan<byte> data, in Place place, int choice, ref T sink)
        where T : ISink, allows ref struct
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!GeminiJson.Is(ref json, "parts"u8))
            {
                json.Read();
                json.Skip();
                continue;
            }

            if (!GeminiJson.EnterArray(ref json, place, "content.parts"))
            {
                continue;
            }

            for (var i = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; i++)
            {
                var here = place with { Inner = "content.parts", Within = i };
                if (json.TokenType != JsonTokenType.StartObject)
                {
                    throw here.Wrong("", "an object", json.TokenType);
                }

                sink.Part(choice, GeminiPart.Read(ref json, data, here, null));
            }
        }
    }

    private static string? ReadBlock(ref Utf8JsonReader json, in Place place)
    {
        string? reason = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "blockReason"u8))
            {
                reason = GeminiJson.Text(ref json, place, "blockReason");
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return reason is "" or "BLOCKED_REASON_UNSPECIFIED" ? null : reason;
    }
}
