using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>What one part of a content is.</summary>
internal enum GeminiPartKind
{
    /// <summary>It holds nothing (a signature alone, or nothing at all).</summary>
    None,

    /// <summary><c>text</c>.</summary>
    Text,

    /// <summary><c>inlineData</c> or <c>fileData</c>.</summary>
    Media,

    /// <summary><c>functionCall</c>.</summary>
    FunctionCall,

    /// <summary><c>functionResponse</c>.</summary>
    FunctionResponse,

    /// <summary>A kind that only Gemini has (<c>executableCode</c>, <c>codeExecutionResult</c>, <c>toolCall</c>, one that came later).</summary>
    Other,
}

/// <summary>One part of a content, read.</summary>
internal struct GeminiPart
{
    public GeminiPartKind Kind;
    public string? Text;
    public bool Thought;
    public string? Signature;
    public string? CallId;
    public string Name;
    public string Arguments;
    public ContentPart? Media;
    public List<ContentPart>? Result;
    public bool IsError;
    public string OtherKind;
    public RawJson Whole;

    /// <summary>Reads the part at which the reader stands (its opening brace) and moves to its end.</summary>
    /// <param name="json">The reader.</param>
    /// <param name="source">What it reads.</param>
    /// <param name="place">Where the part is.</param>
    /// <param name="annotations">Receives members that say more about a known part (<c>videoMetadata</c>) and have no neutral name; null = they are passed over.</param>
    public static GeminiPart Read(ref Utf8JsonReader json, ReadOnlySpan<byte> source, in Place place, List<Extra>? annotations)
    {
        var part = new GeminiPart { Name = "", Arguments = "{}", OtherKind = "" };
        var whole = json;
        string? mediaType = null, data = null, uri = null, name = null, resolution = null;
        List<Extra>? unknown = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "text"u8))
            {
                part.Text = GeminiJson.Text(ref json, place, "text");
                part.Kind = part.Text is null ? part.Kind : GeminiPartKind.Text;
            }
            else if (GeminiJson.Is(ref json, "thought"u8))
            {
                part.Thought = GeminiJson.Flag(ref json, place, "thought") ?? false;
            }
            else if (GeminiJson.Is(ref json, "thoughtSignature"u8))
            {
                part.Signature = GeminiJson.Text(ref json, place, "thoughtSignature");
            }
            else if (GeminiJson.Is(ref json, "inlineData"u8))
            {
                if (GeminiJson.Enter(ref json, place, "inlineData"))
                {
                    ReadBlob(ref json, place, "inlineData", ref mediaType, ref data, ref uri, ref name);
                    part.Kind = GeminiPartKind.Media;
                    data ??= "";
                }
            }
            else if (GeminiJson.Is(ref json, "fileData"u8))
            {
                if (GeminiJson.Enter(ref json, place, "fileData"))
                {
                    ReadBlob(ref json, place, "fileData", ref mediaType, ref data, ref uri, ref name);
                    part.Kind = GeminiPartKind.Media;
                    uri = uri ?? throw new DialectException(place.Of("fileData.fileUri"), $"`{place.Of("fileData.fileUri")}` is missing.");
                }
            }
            else if (GeminiJson.Is(ref json, "functionCall"u8))
            {
                if (GeminiJson.Enter(ref json, place, "functionCall"))
                {
                    part.ReadCall(ref json, source, place);
                }
            }
            else if (GeminiJson.Is(ref json, "functionResponse"u8))
            {
                if (GeminiJson.Enter(ref json, place, "functionResponse"))
                {
                    part.ReadResponse(ref json, source, place);
                }
            }
            else if (GeminiJson.Is(ref json, "mediaResolution"u8))
            {
                resolution = ReadLevel(ref json, place);
            }
            else
            {
                var member = GeminiJson.Camel(GeminiJson.Name(ref json));
                json.Read();
                var value = RawJson.Copy(ref json, source);
                if (!value.Utf8.Span.SequenceEqual("null"u8))
                {
                    (unknown ??= []).Add(new(WireFormat.GeminiGenerate, member, value));
                }
            }
        }

        if (part.Kind == GeminiPartKind.Media)
        {
            mediaType ??= uri is null ? null : GeminiMedia.TypeOf(uri);
            var bytes = uri is null ? MediaSource.OfBase64(data ?? "") : GeminiMedia.Source(uri);
            part.Media = GeminiMedia.Part(mediaType, bytes, name, GeminiMedia.Detail(resolution));
        }
        else if (part.Kind == GeminiPartKind.None && unknown is not null)
        {
            part.Kind = GeminiPartKind.Other;
            part.OtherKind = unknown[0].Name;
            part.Whole = RawJson.Copy(ref whole, source);
            return part;
        }

        if (unknown is not null && annotations is not null)
        {
            // They belong to a part that is understood: named, so that what can't carry them says so, but with no place of their own.
            foreach (var extra in unknown)
            {
                annotations.Add(extra with { Name = "parts." + extra.Name });
            }
        }

        return part;
    }

    private static void ReadBlob(ref Utf8JsonReader json, in Place place, string outer, ref string? mediaType, ref string? data, ref string? uri, ref string? name)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "mimeType"u8))
            {
                mediaType = GeminiJson.Text(ref json, place, outer + ".mimeType");
            }
            else if (GeminiJson.Is(ref json, "data"u8))
            {
                // Google's parser takes both alphabets, other vendors only the standard one.
                data = Standard(GeminiJson.Text(ref json, place, outer + ".data"));
            }
            else if (GeminiJson.Is(ref json, "fileUri"u8))
            {
                uri = GeminiJson.Text(ref json, place, outer + ".fileUri");
            }
            else if (GeminiJson.Is(ref json, "displayName"u8))
            {
                name = GeminiJson.Text(ref json, place, outer + ".displayName");
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }
    }

    private static string? Standard(string? base64)
    {
        if (base64 is null || base64.AsSpan().IndexOfAny('-', '_') < 0)
        {
            return base64;
        }

        var standard = base64.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return standard + (standard.Length % 4) switch { 2 => "==", 3 => "=", _ => "" };
    }

    private static string? ReadLevel(ref Utf8JsonReader json, in Place place)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            // Where the whole body has one resolution it is a word; for a part it is an object. Either is understood.
            return GeminiJson.TextHere(ref json, place, "mediaResolution");
        }

        string? level = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "level"u8))
            {
                level = GeminiJson.Text(ref json, place, "mediaResolution.level");
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return level;
    }

    private void ReadCall(ref Utf8JsonReader json, ReadOnlySpan<byte> source, in Place place)
    {
        Kind = GeminiPartKind.FunctionCall;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "id"u8))
            {
                CallId = GeminiJson.Text(ref json, place, "functionCall.id");
            }
            else if (GeminiJson.Is(ref json, "name"u8))
            {
                Name = GeminiJson.Text(ref json, place, "functionCall.name") ?? "";
            }
            else if (GeminiJson.Is(ref json, "args"u8))
            {
                if (GeminiJson.Enter(ref json, place, "functionCall.args"))
                {
                    var start = (int)json.TokenStartIndex;
                    json.Skip();
                    Arguments = Encoding.UTF8.GetString(source[start..(int)json.BytesConsumed]);
                }
            }
            else if (GeminiJson.Is(ref json, "partialArgs"u8))
            {
                // Only a Gemini client can ask for it, and then nothing is translated.
                throw new DialectException(place.Of("functionCall.partialArgs"), "The upstream streams arguments of a tool call piece by piece, which nobody asked for.");
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }
    }

    private void ReadResponse(ref Utf8JsonReader json, ReadOnlySpan<byte> source, in Place place)
    {
        Kind = GeminiPartKind.FunctionResponse;
        Result = [];
        List<ContentPart>? media = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (GeminiJson.Is(ref json, "id"u8))
            {
                CallId = GeminiJson.Text(ref json, place, "functionResponse.id");
            }
            else if (GeminiJson.Is(ref json, "name"u8))
            {
                Name = GeminiJson.Text(ref json, place, "functionResponse.name") ?? "";
            }
            else if (GeminiJson.Is(ref json, "response"u8))
            {
                if (GeminiJson.Enter(ref json, place, "functionResponse.response"))
                {
                    var text = GeminiToolResult.Read(ref json, source, out IsError);
                    Result.Add(new TextPart(text));
                }
            }
            else if (GeminiJson.Is(ref json, "parts"u8))
            {
                if (GeminiJson.EnterArray(ref json, place, "functionResponse.parts"))
                {
                    media = [];
                    while (json.Read() && json.TokenType == JsonTokenType.StartObject)
                    {
                        var inner = Read(ref json, source, place, null);
                        if (inner.Media is not null)
                        {
                            media.Add(inner.Media);
                        }
                        else if (inner.Kind == GeminiPartKind.Other)
                        {
                            media.Add(new OpaquePart(WireFormat.GeminiGenerate, inner.OtherKind, inner.Whole));
                        }
                    }

                    if (json.TokenType != JsonTokenType.EndArray)
                    {
                        throw place.Wrong("functionResponse.parts", "an array of objects", json.TokenType);
                    }
                }
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        if (media is { Count: > 0 })
        {
            if (Result is [TextPart { Text: "" }])
            {
                Result.Clear();
            }

            Result.AddRange(media);
        }
    }
}
