using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Gateway.Routing;
using Weir.Providers;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>Reads what is asked of a kept thing: whose it is, who keeps it, and what has to be said there.</summary>
internal sealed class KeptRequests(UploadReader uploads)
{
    private const int LongestQuery = 2048;

    /// <summary>Finds the deployment and prepares what is sent there.</summary>
    /// <exception cref="GatewayException">The id is unknown to this caller, or the request is refused.</exception>
    internal async ValueTask ReadAsync(GatewayCall call, KeptRoute route)
    {
        var access = call.Snapshot.Config.Access;
        switch (route.Kind, route.Verb)
        {
            case (_, KeptVerb.List):
                break;
            case (KeptKind.File, KeptVerb.Create):
                var upload = call.Upload = await uploads.ReadAsync(call.Http.Request, access.MaxUploadBytes, call.Http.RequestAborted);
                Make(call, route, NewThings.File(call, upload), upload.Patched);
                break;
            case (KeptKind.Batch, KeptVerb.Create):
                call.Body = await RequestBody.ReadAsync(call.Http.Request, access.MaxRequestBytes, call.Http.RequestAborted);
                var keeper = KeeperOf(call, NewThings.Batch(call)) ?? throw new GatewayException(new GatewayError(ErrorKind.InvalidMember,
                    "The input file is kept by a deployment that is not configured any more.") { Param = "input_file_id" });
                if (call.Snapshot.Routes.FindDeployment(keeper.Id) is not null)
                {
                    // A batch calls models: those of the account that keeps its file.
                    ModelAccess.Require(call.Caller, new RouteMatch(new RouteGroup(keeper.Config.ModelGroup, [keeper], call.Snapshot.Config.Router, pinnedOf: 1), keeper.Config.ModelGroup, keeper.Config.ModelGroup));
                }
                Make(call, route, keeper, call.Patched);
                break;
            case (KeptKind.Conversation or KeptKind.Upload, KeptVerb.Create):
                call.Body = await RequestBody.ReadAsync(call.Http.Request, access.MaxRequestBytes, call.Http.RequestAborted);
                Make(call, route, KeptBodies.OfNew(call, route), call.Patched);
                break;
            case (_, KeptVerb.AddPart):
                var whole = KeeperOfOne(call, route);
                var part = call.Upload = await uploads.ReadAsync(call.Http.Request, access.MaxUploadBytes, call.Http.RequestAborted);
                KeptBodies.OfPart(part);
                OfOne(call, route, part.Patched, whole);
                break;
            case (_, KeptVerb.Update or KeptVerb.AddItems or KeptVerb.Complete):
                var held = KeeperOfOne(call, route);
                call.Body = await RequestBody.ReadAsync(call.Http.Request, access.MaxRequestBytes, call.Http.RequestAborted);
                KeptBodies.OfOne(call, route, held.Deployment);
                OfOne(call, route, call.Patched, held);
                break;
            default:
                OfOne(call, route, null, KeeperOfOne(call, route));
                break;
        }
    }

    private static void Make(GatewayCall call, KeptRoute route, UpstreamDeployment keeper, IUpstreamBody body)
    {
        Pin(call, keeper);
        // Whether an upstream that failed has made the thing nobody can know: a second one is not made unasked.
        call.Options = call.Options with { Retries = 0 };
        call.Kept = new KeptCall(route.Root, "", body);
    }

    private static void OfOne(GatewayCall call, KeptRoute route, IUpstreamBody? body, (UpstreamDeployment Deployment, string Id) keeper)
    {
        Pin(call, keeper.Deployment);
        if (route.Verb is KeptVerb.AddItems or KeptVerb.AddPart or KeptVerb.Complete)
        {
            // As with what is made: nobody knows whether an upstream that failed has taken it, and it is not added twice unasked.
            call.Options = call.Options with { Retries = 0 };
        }
        var item = call.Path.Item is { } named ? Uri.EscapeDataString(named) : "";
        call.Kept = new KeptCall($"{route.Root}/{Uri.EscapeDataString(keeper.Id)}{route.Action}{item}", QueryOf(call.Http.Request, route), body) { Id = call.Path.Id };
    }

    /// <summary>Who keeps the thing that the path names, and its own id there.</summary>
    private static (UpstreamDeployment Deployment, string Id) KeeperOfOne(GatewayCall call, KeptRoute route)
    {
        var id = call.Path.Id ?? "";
        // A response of a model that answers in another format was handed out, and nobody keeps it.
        if (!call.Snapshot.Ids.TryUnwrap(id, call.Caller?.Owner ?? "", out var issued) || KeeperOf(call, issued.Deployment) is not { } keeper || keeper.KeptUri(route.Kind, "/") is null)
        {
            throw UnknownIds.Of(route.Kind, id);
        }
        return (keeper, issued.Id);
    }

    /// <summary>The deployment, or the account of <c>files_settings</c>, with this id; null when it is not configured any more.</summary>
    internal static UpstreamDeployment? KeeperOf(GatewayCall call, string id) =>
        call.Snapshot.Routes.FindDeployment(id) as UpstreamDeployment ?? call.Snapshot.FileAccounts.FirstOrDefault(account => account.Id == id);

    /// <summary>Only one deployment knows the thing: cooldowns, tags and fallbacks do not count.</summary>
    private static void Pin(GatewayCall call, UpstreamDeployment keeper)
    {
        var group = new RouteGroup(keeper.Config.ModelGroup, [keeper], call.Snapshot.Config.Router, pinnedOf: 1);
        call.Target = new RouteMatch(group, group.Name, group.Name);
        call.Record.ModelGroup = group.Name;
        call.Record.Streamed = call.Stream;
        call.Options = CallOptions.Of(call.Http.Request.Headers) with { DisableFallbacks = true };
    }

    private static string QueryOf(HttpRequest request, KeptRoute route)
    {
        var query = new StringBuilder();
        foreach (var (name, values) in request.Query)
        {
            if (!route.Query.Contains(name.EndsWith("[]", StringComparison.Ordinal) ? name[..^2] : name, StringComparer.Ordinal))
            {
                continue;
            }
            foreach (var value in values)
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value ?? ""));
            }
        }
        return query.Length <= LongestQuery ? query.ToString()
            : throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, $"The query is longer than {LongestQuery} characters.") { Param = "query" });
    }
}
