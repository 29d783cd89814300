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
            default:
                OfOne(call, route);
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

    private static void OfOne(GatewayCall call, KeptRoute route)
    {
        var id = call.Path.Id ?? "";
        if (!call.Snapshot.Ids.TryUnwrap(id, call.Caller?.Owner ?? "", out var issued) || KeeperOf(call, issued.Deployment) is not { } keeper)
        {
            throw UnknownIds.Of(route.Kind, id);
        }
        if (keeper.KeptUri(route.Kind, "/") is null)
        {
            // A response of a model that answers in another format: it was handed out, and nobody kept it.
            throw UnknownIds.Of(route.Kind, id);
        }
        Pin(call, keeper);
        call.Kept = new KeptCall($"{route.Root}/{Uri.EscapeDataString(issued.Id)}{route.Action}", QueryOf(call.Http.Request, route), null) { Id = id };
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
