using System.Text.Json;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>What one event of a stream means to the gateway.</summary>
[Flags]
public enum ChunkTraits
{
    /// <summary>Nothing that matters: lifecycle, role, annotations.</summary>
    None = 0,

    /// <summary>Holds something that a client would show or act on: text, tool call, reasoning, finish reason.</summary>
    Content = 1,

    /// <summary>Holds a usage object.</summary>
    Usage = 2,

    /// <summary><c>choices</c> is there and empty.</summary>
    NoChoices = 4,

    /// <summary>An error object: the upstream gave up.</summary>
    Error = 8,

    /// <summary>Not JSON.</summary>
    Garbage = 16,

    /// <summary>Azure's annotation of the prompt (<c>prompt_filter_results</c>).</summary>
    PromptFilter = 32,
}

/// <summary>Looks into single chunks of an OpenAI-shaped stream without building anything.</summary>
public static class StreamChunk
{
    /// <summary>The data of the terminal event.</summary>
    public static ReadOnlySpan<byte> Done => "[DONE]"u8;

    /// <summary>True when the data holds a member name that makes a full look worth it. One vectorised search each.</summary>
    public static bool MayMatter(ReadOnlySpan<byte> data) => data.IndexOf("\"usage\""u8) >= 0 || data.IndexOf("\"error\""u8) >= 0;

    /// <summary>True when the data holds a finish reason that is not null.</summary>
    public static bool Finishes(ReadOnlySpan<byte> data)
    {
        while (data.IndexOf("\"finish_reason\""u8) is var at and >= 0)
        {
            data = data[(at + "\"finish_reason\"".Length)..].TrimStart(" \t\r\n"u8);
            if (!data.IsEmpty && data[0] == (byte)':' && data[1..].TrimStart(" \t\r\n"u8) is [(byte)'"', ..])
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Reads the chunk whole. <paramref name="usage"/> is the span of the usage object within <paramref name="data"/>.</summary>
    public static ChunkTraits Read(ReadOnlySpan<byte> data, out ByteSpan usage, out ServiceTier tier)
    {
        usage = default;
        tier = ServiceTier.Standard;
        var traits = ChunkTraits.None;
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return ChunkTraits.Garbage;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("choices"u8))
                {
                    reader.Read();
                    traits |= ReadChoices(ref reader);
                }
                else if (reader.ValueTextEquals("usage"u8))
                {
                    reader.Read();
                    var start = (int)reader.TokenStartIndex;
                    if (reader.TokenType == JsonTokenType.StartObject)
                    {
                        reader.Skip();
                        usage = new ByteSpan(start, (int)reader.BytesConsumed);
                        traits |= ChunkTraits.Usage;
                    }
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("error"u8))
                {
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.StartObject || (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty))
                    {
                        traits |= ChunkTraits.Error;
                    }
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("service_tier"u8))
                {
                    reader.Read();
                    tier = reader.TokenType == JsonTokenType.String ? ServiceTiers.Parse(reader.ValueSpan) : ServiceTier.Standard;
                    reader.Skip();
                }
                else
                {
                    if (reader.ValueTextEquals("prompt_filter_results"u8))
                    {
                        traits |= ChunkTraits.PromptFilter;
                    }
                    reader.Read();
                    reader.Skip();
                }
            }
            return traits;
        }
        catch (JsonException)
        {
            return ChunkTraits.Garbage;
        }
        catch (InvalidOperationException)
        {
            // A member name with a lone surrogate: valid to some readers, none of ours to judge.
            return traits;
        }
    }

    private static ChunkTraits ReadChoices(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return ChunkTraits.None;
        }
        var traits = ChunkTraits.NoChoices;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            traits &= ~ChunkTraits.NoChoices;
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                traits |= ReadChoice(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
        return traits;
    }

    private static ChunkTraits ReadChoice(ref Utf8JsonReader reader)
    {
        var traits = ChunkTraits.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var delta = reader.ValueTextEquals("delta"u8);
            var telling = !delta && (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("finish_reason"u8));
            reader.Read();
            if (delta && reader.TokenType == JsonTokenType.StartObject)
            {
                traits |= ReadDelta(ref reader);
                continue;
            }
            if (telling && IsSomething(ref reader))
            {
                traits |= ChunkTraits.Content;
            }
            reader.Skip();
        }
        return traits;
    }

    /// <summary>A delta counts as content as soon as any member but the role says something; vendors name reasoning in several ways.</summary>
    private static ChunkTraits ReadDelta(ref Utf8JsonReader reader)
    {
        var traits = ChunkTraits.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var role = reader.ValueTextEquals("role"u8);
            reader.Read();
            if (!role && IsSomething(ref reader))
            {
                traits |= ChunkTraits.Content;
            }
            reader.Skip();
        }
        return traits;
    }

    private static bool IsSomething(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null or JsonTokenType.False => false,
        JsonTokenType.String => !reader.ValueSpan.IsEmpty,
        JsonTokenType.StartArray or JsonTokenType.StartObject => !IsEmptyContainer(reader),
        _ => true,
    };

    // By value: the copy of the reader looks one token ahead.
    private static bool IsEmptyContainer(Utf8JsonReader ahead) => ahead.Read() && ahead.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject;
}
