using System.Buffers;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>OpenAI's chat completions, with what LiteLLM and the vendors of compatible servers added to them.</summary>
internal sealed class OpenAIChatDialect : IChatDialect
{
    /// <inheritdoc/>
    public WireFormat Format => WireFormat.OpenAIChat;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> MissingTerminal => OpenAIChatGlance.Instance.MissingTerminal;

    /// <inheritdoc/>
    public ChatTurn ReadRequest(ReadOnlySpan<byte> body) => TurnReader.Read(body);

    /// <inheritdoc/>
    public void WriteRequest(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped) => TurnWriter.Write(turn, target, dropped);

    /// <inheritdoc/>
    public ChatResult ReadAnswer(ReadOnlySpan<byte> body) => ResultReader.Read(body);

    /// <inheritdoc/>
    public void WriteAnswer(ChatResult result, AnswerContext context, IBufferWriter<byte> target) => ResultWriter.Write(result, context, target);

    /// <inheritdoc/>
    public IDeltaReader NewReader() => new DeltaReader();

    /// <inheritdoc/>
    public IDeltaWriter NewWriter(AnswerContext context) => new DeltaWriter(context);

    /// <inheritdoc/>
    public AnswerFacts ReadFacts(ReadOnlySpan<byte> answer) => OpenAIChatGlance.Instance.ReadFacts(answer);

    /// <inheritdoc/>
    public EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts) =>
        OpenAIChatGlance.Instance.Look(name, data, contentSeen, ref facts);

    /// <inheritdoc/>
    public void KeepText(ReadOnlySpan<byte> json, OutputText output) => OpenAIChatGlance.Instance.KeepText(json, output);
}
