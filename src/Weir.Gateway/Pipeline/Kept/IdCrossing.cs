using System.Buffers;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Ids;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>Wraps the ids of an answer in the caller's format, whoever spoke it: <paramref name="inner"/> has the first word, null = it passes through.</summary>
internal sealed class IdCrossing(ICrossing? inner, IAnswerIds rewriter, string deployment) : ICrossing
{
    /// <summary>The crossing of a call that hands out ids, in front of <paramref name="inner"/>.</summary>
    internal static IdCrossing Of(GatewayCall call, UpstreamDeployment deployment, ICrossing? inner) =>
        new(inner, call.Format == WireFormat.AnthropicMessages ? new MessageContainerIds(call.Snapshot.Ids, call.Caller?.Owner ?? "") : new ResponseIdRewriter(call.Snapshot.Ids, call.Caller?.Owner ?? ""), deployment.Id);

    /// <summary>Whether the answer to <paramref name="call"/> can hold ids that are wrapped.</summary>
    internal static bool Concerns(GatewayCall call) => call.Operation == Operation.Chat
        && (call.Format == WireFormat.OpenAIResponses || (call.Format == WireFormat.AnthropicMessages && MessageContainerIds.Concerns(call.Bytes.Span)));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Translate(ReadOnlySpan<byte> answer, out string problem)
    {
        problem = "";
        var said = answer;
        if (inner is not null)
        {
            if (inner.Translate(answer, out problem) is not { } crossed)
            {
                return null;
            }
            said = crossed.Span;
        }
        var edits = new List<IdEdit>();
        rewriter.ReadAnswer(said, deployment, edits);
        var told = new ArrayBufferWriter<byte>(said.Length + 256);
        IdEdit.Apply(said, edits, told);
        return told.WrittenMemory;
    }

    /// <inheritdoc/>
    public IStreamTranslation Stream() => new AnswerIdStream(rewriter, deployment, inner?.Stream());
}
