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
    /// Refuses a call that goes on to a vendor as it is, for a caller who may not use every model: the vendor's name of the model has to be allowed,
    /// and a call that names none may reach all that the account holds.
    /// </summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="model">The vendor's name of the model; empty when the call names none.</param>
    /// <exception cref="GatewayException">In LiteLLM's words.</exception>
    internal static void RequireOfVendor(Caller? caller, string model)
    {
        if (caller is null || caller.Models.Count == 0)
        {
            return;
        }
        if (caller.RefusalOf(model, model, []) is { } refusal)
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
