using Weir.Gateway.Errors;
using Weir.Gateway.Routing;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>Chooses with whose credential a call of a vendor's API leaves.</summary>
internal static class PassThroughAccounts
{
    /// <summary>
    /// The route: deployments that serve the very model (by the upstream's name, else by the public one), else one account of the vendor: at its own
    /// address before others, one of the file before one of the environment.
    /// </summary>
    /// <exception cref="GatewayException">There is no account.</exception>
    internal static RouteMatch Choose(GatewayCall call, string provider, string below, string model, bool once)
    {
        var accounts = Of(call.Snapshot, provider);
        if (provider == "vertex_ai" && VertexPlace.In(below).Project is { } project)
        {
            accounts = accounts.FindAll(account => account.Config.Project == project);
        }
        if (accounts.Count == 0)
        {
            throw new GatewayException(new GatewayError(ErrorKind.RouteNotFound,
                $"There is no account at '{provider}' to pass this on with{(provider == "vertex_ai" ? " (or none for the project that the path names)" : "")}: "
                + $"give a model of '{provider}/' in model_list, or the vendor's key in the environment."));
        }
        if (model.Length > 0)
        {
            var named = accounts.FindAll(account => account.FixedModel?.Model == account.Provider.UpstreamModel(model));
            named = named.Count > 0 ? named : accounts.FindAll(account => account.Config.ModelGroup == model);
            if (named.Count > 0)
            {
                accounts = named;
                if (named.Count > 1 && !once)
                {
                    return Match(new RouteGroup(call.Surface.Route, [.. named], call.Snapshot.Config.Router), model);
                }
            }
        }
        var one = accounts.Find(static account => account.Config.ApiBase is null) ?? accounts[0];
        return Match(new RouteGroup(call.Surface.Route, [one], call.Snapshot.Config.Router, pinnedOf: 1), model);
    }

    /// <summary>Every account at a vendor, in file order, those of the environment last.</summary>
    internal static List<UpstreamDeployment> Of(GatewaySnapshot snapshot, string provider)
    {
        var accounts = new List<UpstreamDeployment>();
        foreach (var group in snapshot.Routes.Groups)
        {
            foreach (var deployment in group.Deployments)
            {
                if (deployment is UpstreamDeployment { Config.MockResponse: null } account && account.Provider.Name == provider)
                {
                    accounts.Add(account);
                }
            }
        }
        accounts.AddRange(snapshot.PassThrough.Accounts.Where(account => account.Provider.Name == provider));
        return accounts;
    }

    private static RouteMatch Match(RouteGroup group, string model) => new(group, group.Name, model);
}
