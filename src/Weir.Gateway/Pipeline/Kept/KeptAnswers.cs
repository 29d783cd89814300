using System.Buffers;
using Weir.Providers;
using Weir.Providers.Ids;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>What a caller is told of a kept thing: the upstream's bytes with the ids wrapped.</summary>
internal static class KeptAnswers
{
    /// <summary>The answer for the caller; null when the upstream's is not one JSON object.</summary>
    internal static ReadOnlyMemory<byte>? Told(GatewayCall call, KeptRoute route, UpstreamDeployment keeper, ReadOnlySpan<byte> answer)
    {
        var (ids, owner) = (call.Snapshot.Ids, call.Caller?.Owner ?? "");
        var edits = new List<IdEdit>();
        if (!KeptObjectIds.Read(answer, id => ids.Wrap(id, owner, keeper.Id), edits))
        {
            return null;
        }
        if (route.Kind is KeptKind.Response or KeptKind.Conversation)
        {
            edits.Clear();
            // An item's own id means something inside its conversation alone, whose id is wrapped.
            new ResponseIdRewriter(ids, owner).ReadAnswer(answer, keeper.Id, edits, isItem: route.Verb == KeptVerb.GetItem);
        }
        var told = new ArrayBufferWriter<byte>(answer.Length + 512);
        IdEdit.Apply(answer, edits, told);
        return told.WrittenMemory;
    }
}
