using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.Routing;

namespace Weir.Gateway.Pipeline;

/// <summary>Whether a caller may use what a name leads to: the one place, for bodies, paths, forms, kept things, fallbacks and lists.</summary>
internal static class ModelAccess
{
    /// <summary>Refuses a route that the caller may not use.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="route">What is called.</param>
    /// <param name="alias">The alias of the caller's team that stands for it; null for none. Either of the two names will do.</param>
    /// <exception cref="GatewayException">In LiteLLM's words.</exception>
    internal static void Require(Caller? caller, in RouteMatch route, string? alias = null)
    {
        if (RefusalOf(caller, route) is { } refusal && (alias is null || caller?.RefusalOf(alias, route.RequestedModel, route.Group.AccessGroups) is not null))
        {
            throw new GatewayException(refusal);
        }
    }

    /// <summary>
    /// Refuses a call that goes to a vendor as it is, for callers that may use some models only: the model has to be one of theirs, under its own
    /// name or with the vendor before it, and a call of which nobody can tell the model is none of theirs.
    /// </summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="provider">The vendor.</param>
    /// <param name="model">What the path or the body names; empty for none.</param>
    /// <param name="opened">It goes to an endpoint that the configuration opened, which need not have models.</param>
    /// <exception cref="GatewayException">In LiteLLM's words.</exception>
    internal static void RequirePassedOn(Caller? caller, string provider, string model, bool opened)
    {
        if (caller is not { Models.Count: > 0 } || (model.Length == 0 && opened))
        {
            return;
        }
        if (model.Length == 0)
        {
            throw new GatewayException(new GatewayError(ErrorKind.ModelDenied,
                "This key may use some models only, and which model this call is for can't be told from it, so it is not passed on.") { Param = "model" });
        }
        if (caller.RefusalOf(model, $"{provider}/{model}", []) is { } refusal)
        {
            throw new GatewayException(refusal);
        }
    }

    /// <summary>Whether the caller may use a route.</summary>
    internal static bool Allows(Caller? caller, in RouteMatch route) => RefusalOf(caller, route) is null;

    /// <summary>Whether the caller may use a deployment under its public name.</summary>
    internal static bool Allows(Caller? caller, Deployment deployment) =>
        caller is null || caller.Models.Count == 0 || caller.RefusalOf(deployment.Config.ModelGroup, deployment.Config.ModelGroup, deployment.Config.Info.AccessGroups) is null;

    private static GatewayError? RefusalOf(Caller? caller, in RouteMatch route) =>
        caller is null || caller.Models.Count == 0 ? null
        // A deployment that is asked for by its id is asked for under its public name.
        : route.Group.IsPinned ? caller.RefusalOf(route.MatchedModel, route.MatchedModel, route.Group.AccessGroups)
        : caller.RefusalOf(route.RequestedModel, route.MatchedModel, route.Group.AccessGroups);
}
