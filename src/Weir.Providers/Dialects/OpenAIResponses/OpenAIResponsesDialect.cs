using System.Buffers;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>OpenAI Responses (<c>POST /v1/responses</c>).</summary>
internal sealed class OpenAIResponsesDialect : IChatDialect
{
    public WireFormat Format => WireFormat.OpenAIResponses;

    public ChatTurn ReadRequest(ReadOnlySpan<byte> body) => ResponsesRequestReader.Read(body);

    public void WriteRequest(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped) => ResponsesRequestWriter.Write(turn, target, dropped);

    public ChatResult ReadAnswer(ReadOnlySpan<byte> body) => ResponsesAnswerReader.Read(body);

    public void WriteAnswer(ChatResult result, AnswerContext context, IBufferWriter<byte> target) => ResponsesAnswerWriter.Write(result, context, target);

    public IDeltaReader NewReader() => new ResponsesDeltaReader();

    public IDeltaWriter NewWriter(AnswerContext context) => new ResponsesDeltaWriter(context);

    public AnswerFacts ReadFacts(ReadOnlySpan<byte> answer) => ResponsesGlance.ReadFacts(answer);

    public EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts) =>
        ResponsesGlance.Look(name, data, contentSeen, ref facts);

    public void KeepText(ReadOnlySpan<byte> json, OutputText output) => ResponsesGlance.KeepText(json, output);
}
