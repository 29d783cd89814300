using System.Buffers;
using Weir.Gateway.Errors;
using Weir.Gateway.Routing;
using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Ids;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>
/// Ids of kept things in a chat's body: unwrapped for their owner, and the call pinned to the deployment that keeps them. Nobody else can
/// serve it, so it is neither balanced away nor falls back.
/// </summary>
internal static class RequestIds
{
    /// <summary>Unwraps the ids in the body of <paramref name="call"/>, whose members and route are read.</summary>
    /// <exception cref="GatewayException">An id that is unknown to this caller, or kept where the model does not run.</exception>
    internal static void Unwrap(GatewayCall call)
    {
        if (call.Operation != Operation.Chat || call.Format is not (WireFormat.OpenAIChat or WireFormat.OpenAIResponses or WireFormat.AnthropicMessages))
        {
            return;
        }
        var isMessage = call.Format == WireFormat.AnthropicMessages;
        var goesOn = call.Format == WireFormat.OpenAIResponses && (call.View.Has(RequestMember.PreviousResponseId) || call.View.Has(RequestMember.Conversation));
        var body = call.Bytes.Span;
        if (isMessage ? !MessageContainerIds.Concerns(body) : !goesOn && !RequestFileIds.MayBeIn(body))
        {
            return;
        }
        var owner = call.Caller?.Owner ?? "";
        var edits = new List<IdEdit>();
        string? deployment = null;
        var refusal = goesOn ? new ResponseIdRewriter(call.Snapshot.Ids, owner).ReadRequest(body, edits, out deployment) : null;
        refusal ??= isMessage ? new MessageContainerIds(call.Snapshot.Ids, owner).ReadRequest(body, edits, out deployment) : RequestFileIds.Read(body, call.Snapshot.Ids, owner, edits, ref deployment);
        if (refusal is not null)
        {
            throw new GatewayException(ErrorOf(refusal));
        }
        if (deployment is null)
        {
            return;
        }
        call.Target = Pin(call, call.Target, deployment);
        call.Options = call.Options with { DisableFallbacks = true };
        var unwrapped = new ArrayBufferWriter<byte>(body.Length);
        IdEdit.Apply(body, edits, unwrapped);
        call.Unwrapped = unwrapped.WrittenMemory;
        // The same members in the same order, at other places.
        RequestReader.Read(unwrapped.WrittenSpan, call.View, call.Format);
    }

    internal static GatewayError ErrorOf(IdRefusal refusal) => new(ErrorKind.InvalidMember, (refusal.Member, UnknownIds.Told(refusal.UnknownId)) switch
    {
        (_, null) => refusal.Message,
        ("previous_response_id", var id) => $"Previous response with id '{id}' not found.",
        ("file_id" or "file_ids", var id) => $"No such File object: {id}",
        ("container" or "container_id", var id) => $"Container with id '{id}' not found.",
        ("part_ids", var id) => $"No such Part object: {id}",
        (_, var id) => $"Conversation with id '{id}' not found.",
    })
    { Param = refusal.Member };

    /// <summary>The route with the one deployment that keeps the thing; another model of the same account will do.</summary>
    private static RouteMatch Pin(GatewayCall call, in RouteMatch route, string id)
    {
        var keeper = KeptRequests.KeeperOf(call, id);
        Deployment? sameAccount = null;
        foreach (var deployment in route.Group.Deployments)
        {
            if (deployment.Id == id)
            {
                return route with { Group = route.Group.PinnedTo(deployment) };
            }
            if (sameAccount is null && keeper is not null && deployment is UpstreamDeployment other && other.SharesAccountWith(keeper))
            {
                sameAccount = deployment;
            }
        }
        if (sameAccount is not null)
        {
            return route with { Group = route.Group.PinnedTo(sameAccount) };
        }
        throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, keeper is null
            ? "What the request refers to (a previous response, a conversation, a file) is kept by a deployment that is not configured any more."
            : $"What the request refers to (a previous response, a conversation, a file) is kept by the model '{keeper.Config.ModelGroup}' and is not known to '{route.RequestedModel}'."));
    }
}
