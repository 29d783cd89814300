using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Routing;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>Reads what is asked of a kept thing: whose it is, who keeps it, and what has to be said there.</summary>
internal sealed class KeptRequests
{
    private const int LongestQuery = 2048;

    /// <summary>Finds the deployment and prepares what is sent there.</summary>
    /// <exception cref="GatewayException">The id is unknown to this caller, or the request is refused.</exception>
    internal ValueTask ReadAsync(GatewayCall call, KeptRoute route)
    {
        OfOne(call, route);
        return ValueTask.CompletedTask;
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

    private static UpstreamDeployment? KeeperOf(GatewayCall call, string id) => call.Snapshot.Routes.FindDeployment(id) as UpstreamDeployment;

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
