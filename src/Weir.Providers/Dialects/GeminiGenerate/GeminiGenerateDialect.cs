using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Gemini's generateContent and streamGenerateContent, as the Gemini API and Vertex AI speak it (https://ai.google.dev/api/generate-content). The model stands in
/// the path, so <see cref="ChatTurn.Model"/> comes from there; it is looked at when a request is written, because generations differ in what they accept.
/// </summary>
internal sealed class GeminiGenerateDialect : IChatDialect
{
    /// <inheritdoc/>
    public WireFormat Format => WireFormat.GeminiGenerate;

    /// <inheritdoc/>
    public ChatTurn ReadRequest(ReadOnlySpan<byte> body) => GeminiRequestReader.Read(body);

    /// <inheritdoc/>
    public void WriteRequest(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped)
    {
        ArgumentNullException.ThrowIfNull(turn);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(dropped);
        GeminiRequestWriter.Write(turn, target, dropped);
    }

    /// <inheritdoc/>
    public ChatResult ReadAnswer(ReadOnlySpan<byte> body)
    {
        try
        {
            return GeminiAnswerReader.Read(body);
        }
        catch (JsonException error)
        {
            throw new DialectException("", $"The upstream's answer is not the JSON of a Gemini answer (line {error.LineNumber}).");
        }
    }

    /// <inheritdoc/>
    public void WriteAnswer(ChatResult result, AnswerContext context, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(target);
        GeminiAnswerWriter.Write(result, context, target);
    }

    /// <inheritdoc/>
    public IDeltaReader NewReader() => new GeminiDeltaReader();

    /// <inheritdoc/>
    public IDeltaWriter NewWriter(AnswerContext context) => new GeminiDeltaWriter(context);

    /// <inheritdoc/>
    public AnswerFacts ReadFacts(ReadOnlySpan<byte> answer) => GeminiGlance.ReadFacts(answer);

    /// <inheritdoc/>
    public EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts) => GeminiGlance.Look(data, contentSeen, ref facts);

    /// <inheritdoc/>
    public void KeepText(ReadOnlySpan<byte> json, OutputText output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Take(json, "\"text\":"u8);
    }
}
