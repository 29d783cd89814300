using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>
/// Bedrock's Converse and ConverseStream. What comes from Bedrock is read as server-sent events (see
/// <see cref="Streaming.EventStreamToSse"/>); what goes to a client of Converse is written as Amazon's binary messages.
/// </summary>
internal sealed class BedrockConverseDialect : IChatDialect
{
    /// <inheritdoc/>
    public WireFormat Format => WireFormat.BedrockConverse;

    /// <inheritdoc/>
    public ChatTurn ReadRequest(ReadOnlySpan<byte> body)
    {
        try
        {
            return RequestReader.Read(body);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is what the reader throws at names and texts with half of a surrogate pair.
            throw new DialectException("body", "The body is not JSON, too deep, or holds text that is no Unicode.");
        }
    }

    /// <inheritdoc/>
    public void WriteRequest(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped) => RequestWriter.Write(turn, target, dropped);

    /// <inheritdoc/>
    public ChatResult ReadAnswer(ReadOnlySpan<byte> body) => AnswerReader.Read(body);

    /// <inheritdoc/>
    public void WriteAnswer(ChatResult result, AnswerContext context, IBufferWriter<byte> target) => AnswerWriter.Write(result, target);

    /// <inheritdoc/>
    public IDeltaReader NewReader() => new DeltaReader();

    /// <inheritdoc/>
    public IDeltaWriter NewWriter(AnswerContext context) => new DeltaWriter();

    /// <inheritdoc/>
    public AnswerFacts ReadFacts(ReadOnlySpan<byte> answer) => Glance.ReadFacts(answer);

    /// <inheritdoc/>
    public EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts) => Glance.Look(name, data, contentSeen, ref facts);

    /// <inheritdoc/>
    public void KeepText(ReadOnlySpan<byte> json, OutputText output) => Glance.KeepText(json, output);
}
