using System.Text.Json;
using System.Text.Unicode;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads the members that the gateway decides on out of a body, in one pass and without a tree.</summary>
public static class RequestReader
{
    /// <summary>Deepest nesting taken. Bodies of real clients stay below 30.</summary>
    public const int MaxDepth = 128;

    /// <summary>Most top-level members taken.</summary>
    public const int MaxMembers = 1024;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>
    /// Fills <paramref name="view"/> from <paramref name="body"/>. Null on success. The whole body is checked: RFC 8259 and UTF-8
    /// throughout, no member that is read twice or in another case, at the top level and in <c>stream_options</c> and <c>metadata</c>.
    /// </summary>
    public static BodyRefusal? Read(ReadOnlySpan<byte> body, RequestView view, WireFormat format = WireFormat.OpenAIChat)
    {
        view.Reset();
        view.Format = format;
        if (!Utf8.IsValid(body))
        {
            return new BodyRefusal(BodyRefusalReason.NotJson, "", "The request body is not valid UTF-8.");
        }
        var reader = new Utf8JsonReader(body, Options);
        try
        {
            return ReadObject(ref reader, view);
        }
        catch (JsonException error)
        {
            // Utf8JsonReader reports depth and syntax through one exception type; the depth is told by its own counter.
            return reader.CurrentDepth >= MaxDepth - 1
                ? new BodyRefusal(BodyRefusalReason.TooComplex, "", $"The request body is nested deeper than {MaxDepth} levels.")
                : new BodyRefusal(BodyRefusalReason.NotJson, "",
                    $"The request body is not valid JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate escape in a name or value that has to be read: no two readers agree on what it means.
            return new BodyRefusal(BodyRefusalReason.NotJson, "", "The request body holds an invalid \\u escape.");
        }
    }

    private static BodyRefusal? ReadObject(ref Utf8JsonReader reader, RequestView view)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return new BodyRefusal(BodyRefusalReason.NotJson, "", "The request body must be a JSON object.");
        }
        view.ObjectStart = (int)reader.BytesConsumed;
        ulong seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            var member = NameOf(ref reader, out var exact);
            if (member != RequestMember.Unknown)
            {
                if (!exact)
                {
                    return Refuse(BodyRefusalReason.MiscasedMember, ref reader, "is spelled in another case than the API's; send it in lower case");
                }
                if (member is not (RequestMember.LiteLlmOwn or RequestMember.OtherCredential or RequestMember.MockTesting))
                {
                    if ((seen & (1UL << (int)member)) != 0)
                    {
                        return Refuse(BodyRefusalReason.DuplicateMember, ref reader, "occurs twice in the request body");
                    }
                    seen |= 1UL << (int)member;
                }
            }
            reader.Read();
            var valueStart = (int)reader.TokenStartIndex;
            var refusal = member switch
            {
                RequestMember.Stream => ReadStream(ref reader, view),
                RequestMember.StreamOptions => ReadStreamOptions(ref reader, view),
                RequestMember.Metadata or RequestMember.LiteLlmMetadata => ReadMetadata(ref reader),
                RequestMember.Model or RequestMember.User => ReadText(ref reader, member),
                RequestMember.N or RequestMember.MaxTokens or RequestMember.MaxCompletionTokens or RequestMember.MaxOutputTokens => ReadNumber(ref reader, member),
                RequestMember.StreamFormat or RequestMember.Size or RequestMember.Quality or >= RequestMember.Metadata => SkipChecked(ref reader),
                _ => Skip(ref reader),
            };
            if (refusal is not null)
            {
                return refusal;
            }
            if (!view.TryAdd(member, nameStart, new ByteSpan(valueStart, (int)reader.BytesConsumed)))
            {
                return new BodyRefusal(BodyRefusalReason.TooComplex, "", $"The request body has more than {MaxMembers} members.");
            }
        }
        // One more read proves that nothing follows the object.
        reader.Read();
        return null;
    }

    private static RequestMember NameOf(ref Utf8JsonReader reader, out bool exact)
    {
        if (!reader.ValueIsEscaped)
        {
            return RequestMembers.Find(reader.ValueSpan, out exact);
        }
        exact = true;
        // An escape takes at most six bytes per character: a longer raw name cannot be a known one.
        if (reader.ValueSpan.Length > RequestMembers.LongestName * 6)
        {
            // Decoded once all the same, so that half a surrogate pair fails here and not where a patch looks at names.
            _ = reader.GetString();
            return RequestMember.Unknown;
        }
        Span<byte> name = stackalloc byte[RequestMembers.LongestName * 6];
        var length = reader.CopyString(name);
        return RequestMembers.Find(name[..length], out exact);
    }

    private static BodyRefusal? Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    /// <summary>
    /// Passes over a value that the gateway reads later on. Decoding its escapes now makes a lone surrogate fail here and not in the middle of
    /// a decision.
    /// </summary>
    private static BodyRefusal? SkipChecked(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        do
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                _ = reader.GetString();
            }
        }
        while ((reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && reader.Read());
        return null;
    }

    /// <summary>These multiply what a request costs: text that looks like a number to some readers is refused.</summary>
    private static BodyRefusal? ReadNumber(ref Utf8JsonReader reader, RequestMember member)
    {
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.Null)
        {
            return null;
        }
        var name = member switch
        {
            RequestMember.N => "n",
            RequestMember.MaxTokens => "max_tokens",
            RequestMember.MaxOutputTokens => "max_output_tokens",
            _ => "max_completion_tokens",
        };
        return new BodyRefusal(BodyRefusalReason.WrongType, name, $"'{name}' must be a number.");
    }

    private static BodyRefusal? ReadText(ref Utf8JsonReader reader, RequestMember member)
    {
        if (reader.TokenType is JsonTokenType.String)
        {
            return SkipChecked(ref reader);
        }
        if (reader.TokenType == JsonTokenType.Null && member == RequestMember.User)
        {
            return null;
        }
        var name = member == RequestMember.Model ? "model" : "user";
        return new BodyRefusal(BodyRefusalReason.WrongType, name, $"'{name}' must be a string.");
    }

    private static BodyRefusal? ReadStream(ref Utf8JsonReader reader, RequestView view)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
                view.Stream = true;
                return null;
            case JsonTokenType.False or JsonTokenType.Null:
                return null;
            default:
                return new BodyRefusal(BodyRefusalReason.WrongType, "stream", "'stream' must be true or false.");
        }
    }

    private static BodyRefusal? ReadStreamOptions(ref Utf8JsonReader reader, RequestView view)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return new BodyRefusal(BodyRefusalReason.WrongType, "stream_options", "'stream_options' must be an object.");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            view.StreamOptionsHasMembers = true;
            if (!NameIs(ref reader, "include_usage"u8, out var miscased))
            {
                if (miscased)
                {
                    return Refuse(BodyRefusalReason.MiscasedMember, ref reader, "is spelled in another case than the API's; send it in lower case");
                }
                reader.Read();
                reader.Skip();
                continue;
            }
            if (view.IncludeUsage is not null)
            {
                return Refuse(BodyRefusalReason.DuplicateMember, ref reader, "occurs twice in 'stream_options'");
            }
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
            {
                return new BodyRefusal(BodyRefusalReason.WrongType, "stream_options.include_usage", "'stream_options.include_usage' must be true or false.");
            }
            view.IncludeUsage = reader.TokenType == JsonTokenType.True;
            view.IncludeUsageValue = new ByteSpan((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
        }
        return null;
    }

    private static BodyRefusal? ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return SkipChecked(ref reader);
        }
        var tags = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (NameIs(ref reader, "tags"u8, out _))
            {
                if (tags)
                {
                    return Refuse(BodyRefusalReason.DuplicateMember, ref reader, "occurs twice in 'metadata'");
                }
                tags = true;
            }
            else if (reader.ValueIsEscaped)
            {
                _ = reader.GetString();
            }
            reader.Read();
            SkipChecked(ref reader);
        }
        return null;
    }

    private static bool NameIs(ref Utf8JsonReader reader, ReadOnlySpan<byte> expected, out bool miscased)
    {
        miscased = false;
        Span<byte> name = stackalloc byte[96];
        if (reader.ValueSpan.Length > name.Length)
        {
            return false;
        }
        var length = reader.CopyString(name);
        if (name[..length].SequenceEqual(expected))
        {
            return true;
        }
        miscased = RequestMembers.LooksLike(name[..length], expected);
        return false;
    }

    private static BodyRefusal Refuse(BodyRefusalReason reason, ref Utf8JsonReader reader, string what)
    {
        var name = reader.GetString() ?? "";
        return new BodyRefusal(reason, name, $"'{name}' {what}.");
    }
}
