using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Anthropic's Messages API (version 2023-06-01), as Claude is spoken to at Anthropic, in Foundry, on Vertex and by Bedrock's invoke.</summary>
internal sealed class AnthropicMessagesDialect : IChatDialect
{
    /// <inheritdoc/>
    public WireFormat Format => WireFormat.AnthropicMessages;

    /// <inheritdoc/>
    public ChatTurn ReadRequest(ReadOnlySpan<byte> body)
    {
        try
        {
            return RequestReader.Read(body);
        }
        catch (JsonException broken)
        {
            throw new DialectException("", $"The request body is not one JSON object (line {broken.LineNumber + 1}).");
        }
        catch (InvalidOperationException)
        {
            throw new DialectException("", "The request body holds half of a surrogate pair.");
        }
    }

    /// <inheritdoc/>
    public void WriteRequest(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped)
    {
        try
        {
            using var json = new Utf8JsonWriter(target, Wire.WriterOptions);
            new RequestWriter(turn, json, dropped).Write();
        }
        catch (InvalidOperationException)
        {
            // In a member that was carried unread until here.
            throw new DialectException("", "The request body holds half of a surrogate pair.");
        }
    }

    /// <inheritdoc/>
    public ChatResult ReadAnswer(ReadOnlySpan<byte> body)
    {
        try
        {
            return AnswerReader.Read(body);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new DialectException("", "The answer is not one JSON object.");
        }
    }

    /// <inheritdoc/>
    public void WriteAnswer(ChatResult result, AnswerContext context, IBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target, Wire.WriterOptions);
        AnswerWriter.Write(result, context, json);
    }

    /// <inheritdoc/>
    public IDeltaReader NewReader() => new DeltaReader();

    /// <inheritdoc/>
    public IDeltaWriter NewWriter(AnswerContext context) => new DeltaWriter(context);

    /// <inheritdoc/>
    public AnswerFacts ReadFacts(ReadOnlySpan<byte> answer) => Glance.ReadFacts(answer);

    /// <inheritdoc/>
    public EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts) =>
        Glance.Look(name, data, contentSeen, ref facts);

    /// <inheritdoc/>
    public void KeepText(ReadOnlySpan<byte> json, OutputText output)
    {
        output.Take(json, "\"text\":"u8);
        output.Take(json, "\"thinking\":"u8);
        output.Take(json, "\"partial_json\":"u8);
    }
}
