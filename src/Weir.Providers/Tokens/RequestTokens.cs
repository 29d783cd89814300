using System.Buffers;
using System.Text.Json;

namespace Weir.Providers.Tokens;

/// <summary>
/// Walks a request body and counts what the model will read, by OpenAI's published rules: three tokens per message, one per
/// <c>name</c>, three to prime the answer. Tools and images have no published rule and are approximated.
/// </summary>
internal static class RequestTokens
{
    private const int PerMessage = 3;
    private const int PerName = 1;
    private const int Priming = 3;
    private const int PerTool = 9;
    private const int PerToolProperty = 3;

    // An image's size is not known from its address. The low-detail price is published; for the rest a middling one.
    private const int LowDetailImage = 85;
    private const int Image = 250;

    internal static void Count(ReadOnlySpan<byte> body, ref TokenCounter.Counting counting)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("messages"u8))
            {
                reader.Read();
                Messages(ref reader, ref counting);
            }
            else if (reader.ValueTextEquals("prompt"u8) || reader.ValueTextEquals("input"u8))
            {
                reader.Read();
                Prompt(ref reader, ref counting);
            }
            else if (reader.ValueTextEquals("tools"u8) || reader.ValueTextEquals("functions"u8))
            {
                reader.Read();
                Tools(ref reader, ref counting);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void Messages(ref Utf8JsonReader reader, ref TokenCounter.Counting counting)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        counting.AddFixed(Priming);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            counting.AddFixed(PerMessage);
            Message(ref reader, ref counting);
        }
    }

    private static void Message(ref Utf8JsonReader reader, ref TokenCounter.Counting counting)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                counting.AddFixed(PerName);
                reader.Read();
                Strings(ref reader, ref counting);
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                Content(ref reader, ref counting);
            }
            else if (reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("function_call"u8))
            {
                reader.Read();
                ToolCalls(ref reader, ref counting);
            }
            else
            {
                // role, tool_call_id, refusal: text that the model sees.
                reader.Read();
                Strings(ref reader, ref counting);
            }
        }
    }

    private static void Content(ref Utf8JsonReader reader, ref TokenCounter.Counting counting)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Strings(ref reader, ref counting);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                Strings(ref reader, ref counting);
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("refusal"u8))
                {
                    reader.Read();
                    Strings(ref reader, ref counting);
                }
                else if (reader.ValueTextEquals("image_url"u8))
                {
                    reader.Read();
                    counting.AddEstimate(IsLowDetail(ref reader) ? LowDetailImage : Image);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
    }

    private static bool IsLowDetail(ref Utf8JsonReader reader)
    {
        var low = false;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isDetail = reader.ValueTextEquals("detail"u8);
            reader.Read();
            low |= isDetail && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("low"u8);
            reader.Skip();
        }

        return low;
    }

    /// <summary>Function names and arguments of earlier calls; ids and types carry no meaning to the model.</summary>
    private static void ToolCalls(ref Utf8JsonReader reader, ref TokenCounter.Counting counting)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            return;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && (reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("arguments"u8)))
            {
                reader.Read();
                Strings(ref reader, ref counting);
            }
        }
    }

    /// <summary>
    /// Vendors render tools as a compact type declaration that they don't publish: the names, descriptions, types and choices count,
    /// the JSON around them mostly does not.
    /// </summary>
    private static void Tools(ref Utf8JsonReader reader, ref TokenCounter.Counting counting)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == depth + 1)
            {
                counting.AddEstimate(PerTool);
            }
            else if (reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("required"u8))
                {
                    reader.Skip();
                }
                else if (!IsSchemaWord(ref reader))
                {
                    counting.AddEstimate(PerToolProperty);
                    Strings(ref reader, ref counting);
                }
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                Strings(ref reader, ref counting);
            }
        }
    }

    private static bool IsSchemaWord(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("description"u8) || reader.ValueTextEquals("properties"u8)
        || reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("parameters"u8)
        || reader.ValueTextEquals("items"u8) || reader.ValueTextEquals("enum"u8) || reader.ValueTextEquals("strict"u8)
        || reader.ValueTextEquals("additionalProperties"u8) || reader.ValueTextEquals("anyOf"u8) || reader.ValueTextEquals("$schema"u8);

    /// <summary>A string, strings, token ids, or several lists of token ids.</summary>
    private static void Prompt(ref Utf8JsonReader reader, ref TokenCounter.Counting counting)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Strings(ref reader, ref counting);
            return;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                counting.AddFixed(1);
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                Strings(ref reader, ref counting);
            }
        }
    }

    /// <summary>Counts a string (or a property name) where the reader stands; passes over anything else.</summary>
    private static void Strings(ref Utf8JsonReader reader, ref TokenCounter.Counting counting)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            reader.Skip();
            return;
        }

        var length = reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length;
        var chars = ArrayPool<char>.Shared.Rent(length);
        try
        {
            counting.Add(chars.AsSpan(0, reader.CopyString(chars)));
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8 or a lone surrogate: no more tokens than bytes.
            counting.AddEstimate(length);
        }
        finally
        {
            // Prompts do not stay behind in a shared buffer.
            ArrayPool<char>.Shared.Return(chars, clearArray: true);
        }
    }
}
