using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>Reads what a request for a session says: its address names the model, there is no body.</summary>
internal static class RealtimeRequests
{
    private const int LongestModelName = 512;

    /// <summary>Ways into sessions that have no model here, or that are somebody else's.</summary>
    private static readonly string[] Unserved = ["intent", "call_id"];

    /// <summary>Finds the route.</summary>
    /// <exception cref="GatewayException">The request is refused.</exception>
    internal static void Read(GatewayCall call)
    {
        var query = call.Http.Request.Query;
        if (!ClientUpgrade.IsAsked(call.Http))
        {
            call.Http.Response.Headers.Upgrade = "websocket";
            throw new GatewayException(new GatewayError(ErrorKind.InvalidMember,
                "/realtime: this is a WebSocket (RFC 6455, version 13): open it with a client for OpenAI's realtime API.") { Status = StatusCodes.Status426UpgradeRequired });
        }
        foreach (var name in Unserved)
        {
            if (query.ContainsKey(name))
            {
                throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, $"/realtime: '{name}' is not served; open a session with ?model=.") { Param = name });
            }
        }
        var model = One(query, "model");
        var deployment = One(query, "deployment");
        if (model is not null && deployment is not null && model != deployment)
        {
            throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, "/realtime: 'model' and 'deployment' name two different models; send one of them.") { Param = "model" });
        }
        model ??= deployment ?? throw new GatewayException(new GatewayError(ErrorKind.MissingMember, "/realtime: Missing required parameter: 'model'.") { Param = "model" });
        string? alias = null;
        if (call.Caller?.Aliases is { } aliases && aliases.TryGetValue(model, out var target))
        {
            alias = target.Grants ? model : null;
            model = target.Target;
        }
        if (call.Snapshot.Routes.Resolve(model) is not { } route)
        {
            var told = model.Length <= LongestModelName ? model : "(longer than 512 characters)";
            throw new GatewayException(new GatewayError(ErrorKind.UnknownModel,
                $"{call.Surface.Name}: Invalid model name passed in model={told}. Call `/v1/models` to view available models for your key.") { Param = "model" });
        }
        ModelAccess.Require(call.Caller, route, alias);
        call.Target = route;
        call.Record.RequestedModel = route.RequestedModel;
        call.Record.ModelGroup = route.Group.Name;
        call.Record.Streamed = true;
        call.Options = CallOptions.Of(call.Http.Request.Headers);
        if (call.Snapshot.Config.Request.UserHeaderName is { } header && call.Http.Request.Headers.TryGetValue(header, out var user))
        {
            call.Record.EndUser = user.ToString();
        }
    }

    private static string? One(IQueryCollection query, string name) => !query.TryGetValue(name, out var values) || values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null
        : values.Count == 1 ? values[0]
        : throw new GatewayException(new GatewayError(ErrorKind.DuplicateMember, $"/realtime: '{name}' occurs twice in the query.") { Param = name });
}
