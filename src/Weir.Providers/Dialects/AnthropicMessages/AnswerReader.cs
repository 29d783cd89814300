using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Reads a whole answer: a <c>message</c> object.</summary>
internal static class AnswerReader
{
    internal static ChatResult Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Wire.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new DialectException("", "The answer is not one JSON object.");
        }
        var result = new ChatResult();
        var choice = new ChatChoice();
        var parts = new List<ContentPart>();
        var usage = default(UsageCounts);
        var hasContent = false;
        string? refusal = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "content"u8))
            {
                hasContent = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.String;
                BlockReader.ReadContent(ref reader, body, BodyPlace.Answer, parts);
            }
            else if (RequestReader.Takes(ref reader, "id"u8))
            {
                result.Id = Wire.TextOrNull(ref reader) ?? "";
            }
            else if (RequestReader.Takes(ref reader, "model"u8))
            {
                result.Model = Wire.TextOrNull(ref reader) ?? "";
            }
            else if (RequestReader.Takes(ref reader, "stop_reason"u8))
            {
                choice.Stop = Wire.ReadStop(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "stop_sequence"u8))
            {
                choice.StopSequence = Wire.TextOrNull(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "stop_details"u8))
            {
                refusal = ReadExplanation(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "usage"u8))
            {
                result.ServiceTier = TierOf(reader);
                usage.Read(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (reader.Read() || !hasContent)
        {
            throw new DialectException("content", "The answer has no content.");
        }
        result.Usage = usage.ToUsage();
        Add(choice, parts);
        if (refusal is not null)
        {
            choice.Parts.Add(new RefusalPart(refusal));
        }
        result.Choices.Add(choice);
        return result;
    }

    /// <summary>The words of <c>{"type":"refusal","explanation":...}</c>.</summary>
    internal static string? ReadExplanation(ref Utf8JsonReader reader)
    {
        string? explanation = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "explanation"u8))
            {
                explanation = Wire.TextOrNull(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return string.IsNullOrEmpty(explanation) ? null : explanation;
    }

    /// <summary>Where the model was made to answer by <see cref="Wire.JsonTool"/>, its arguments are the answer, and words beside them are not JSON.</summary>
    private static void Add(ChatChoice choice, List<ContentPart> parts)
    {
        if (!parts.Exists(static part => part is ToolCallPart { Name: Wire.JsonTool }))
        {
            choice.Parts.AddRange(parts);
            return;
        }
        var calls = false;
        foreach (var part in parts)
        {
            if (part is ToolCallPart { Name: Wire.JsonTool } answer)
            {
                choice.Parts.Add(new TextPart(answer.Arguments));
            }
            else if (part is not TextPart)
            {
                calls |= part is ToolCallPart;
                choice.Parts.Add(part);
            }
        }
        choice.Stop = choice.Stop == StopReason.ToolUse && !calls ? StopReason.EndTurn : choice.Stop;
    }

    // By value: the caller's reader stays where it is.
    private static string? TierOf(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "service_tier"u8))
            {
                return Wire.TextOrNull(ref reader);
            }
            reader.Read();
            reader.Skip();
        }
        return null;
    }
}
