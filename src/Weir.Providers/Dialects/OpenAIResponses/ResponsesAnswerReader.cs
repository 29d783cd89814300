using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Reads a <c>response</c> object: a whole answer, or what the first and last events of a stream hold.</summary>
internal sealed class ResponsesAnswerReader
{
    private string _status = "completed";
    private string? _reason;

    internal ChatResult Result { get; } = new();

    internal List<ContentPart> Parts { get; } = [];

    /// <summary>Whether the answer told its usage.</summary>
    internal bool HasUsage { get; private set; }

    /// <summary>Why the model stopped.</summary>
    internal StopReason Stop(bool calledTool) => _status switch
    {
        "incomplete" => _reason == "content_filter" ? StopReason.ContentFilter : StopReason.MaxTokens,
        "failed" or "cancelled" => StopReason.Error,
        _ => calledTool ? StopReason.ToolUse : StopReason.EndTurn,
    };

    internal static ChatResult Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, Fields.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new DialectException("", "The upstream's answer is not a JSON object.");
            }
            var answer = new ResponsesAnswerReader();
            answer.ReadObject(ref reader, body, withOutput: true);
            return answer.Finished();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new DialectException("", "The upstream's answer is not valid JSON.");
        }
    }

    /// <summary>Reads the object on whose brace the reader stands.</summary>
    internal void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool withOutput)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                Result.Id = Fields.Text(ref reader, Place.InAnswer, "id") ?? "";
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                Result.Model = Fields.Text(ref reader, Place.InAnswer, "model") ?? "";
            }
            else if (reader.ValueTextEquals("created_at"u8))
            {
                reader.Read();
                // Some servers send fractions of a second.
                Result.Created = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var at) && at is > 0 and < 1e15 ? (long)at : 0;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                _status = Fields.Text(ref reader, Place.InAnswer, "status") ?? _status;
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                Result.ServiceTier = Fields.Text(ref reader, Place.InAnswer, "service_tier");
            }
            else if (reader.ValueTextEquals("incomplete_details"u8))
            {
                _reason = ReadMember(ref reader, "reason"u8);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                ReadUsage(ref reader, source);
            }
            else if (withOutput && reader.ValueTextEquals("output"u8))
            {
                ReadOutput(ref reader, source);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private ChatResult Finished()
    {
        if (_status is "queued" or "in_progress")
        {
            throw new DialectException("status", "The upstream's response is not finished: it runs in the background.");
        }
        var choice = new ChatChoice();
        choice.Parts.AddRange(Parts);
        choice.Stop = Stop(Parts.Exists(part => part is ToolCallPart));
        Result.Choices.Add(choice);
        return Result;
    }

    private static string? ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        reader.Read();
        var value = reader.TokenType == JsonTokenType.StartObject ? Fields.Peek(reader, name) : null;
        reader.Skip();
        return value;
    }

    private void ReadUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var usage = default(TokenUsage);
        if (UsageReader.TryRead(source[start..(int)reader.BytesConsumed], ref usage))
        {
            Result.Usage = usage;
            HasUsage = true;
        }
    }

    private void ReadOutput(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!Fields.Enter(ref reader, JsonTokenType.StartArray, Place.InAnswer, "output"))
        {
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                Item.Read(ref reader, source, Place.InAnswer).AddTo(Parts);
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
