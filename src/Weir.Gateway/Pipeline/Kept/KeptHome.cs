using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>
/// Where a new file, upload or conversation goes, by LiteLLM's rules: to the deployment of the model that the request names (<c>target_model_names</c>, <c>model</c>);
/// else to the provider that it names (<c>custom_llm_provider</c>); else to OpenAI. A provider's account is the one of <c>files_settings</c>,
/// else that of its first deployment; and where nobody names OpenAI, the first account that keeps files will do.
/// </summary>
internal static class KeptHome
{
    private const string Usual = "openai";

    /// <summary>The account for a new thing.</summary>
    /// <param name="snapshot">The configuration in force.</param>
    /// <param name="caller">Whose it is: it goes to nobody whom its owner may not call.</param>
    /// <param name="route">What is made.</param>
    /// <param name="model">Models that the request names; null = none.</param>
    /// <param name="provider">The provider that it names; null = none.</param>
    /// <exception cref="GatewayException">Nobody keeps it.</exception>
    internal static UpstreamDeployment Choose(GatewaySnapshot snapshot, Caller? caller, KeptRoute route, string? model, string? provider)
    {
        if (model is { Length: > 0 })
        {
            return OfModel(snapshot, caller, route, model);
        }
        var home = OfProvider(snapshot, caller, route.Kind, provider is { Length: > 0 } named ? named : Usual);
        return home ?? (provider is { Length: > 0 } ? throw new GatewayException(new GatewayError(ErrorKind.InvalidMember,
                $"No deployment of the provider '{UnknownIds.Told(provider)}' keeps {Words(route.Kind)}: name one in files_settings or in model_list.") { Param = "custom_llm_provider" })
            : First(snapshot, caller, route.Kind, static _ => true) ?? throw new GatewayException(new GatewayError(ErrorKind.UnsupportedOperation,
                $"No deployment keeps {Words(route.Kind)}: add an openai or azure deployment, or an entry under files_settings.")));
    }

    private static UpstreamDeployment OfModel(GatewaySnapshot snapshot, Caller? caller, KeptRoute route, string names)
    {
        UpstreamDeployment? home = null;
        foreach (var name in names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (snapshot.Routes.Resolve(name) is not { } match)
            {
                throw new GatewayException(new GatewayError(ErrorKind.UnknownModel,
                    $"{route.Root}: Invalid model name passed in target_model_names={UnknownIds.Told(name)}. Call `/v1/models` to view available models for your key.") { Param = "target_model_names" });
            }
            ModelAccess.Require(caller, match);
            UpstreamDeployment? keeper = null;
            foreach (var deployment in match.Group.Deployments)
            {
                keeper ??= deployment is UpstreamDeployment upstream && Keeps(upstream, route.Kind) ? upstream : null;
            }
            if (keeper is null)
            {
                throw new GatewayException(new GatewayError(ErrorKind.UnsupportedOperation, $"{route.Root}: no deployment of the model '{name}' keeps {Words(route.Kind)}.") { Param = "target_model_names" });
            }
            if (home is not null && !home.SharesAccountWith(keeper))
            {
                throw new GatewayException(new GatewayError(ErrorKind.InvalidMember,
                    "'target_model_names' names models of different accounts; it goes to one of them: send it once for each.") { Param = "target_model_names" });
            }
            home ??= keeper;
        }
        return home ?? throw new GatewayException(new GatewayError(ErrorKind.InvalidMember, "'target_model_names' names no model.") { Param = "target_model_names" });
    }

    private static UpstreamDeployment? OfProvider(GatewaySnapshot snapshot, Caller? caller, KeptKind kind, string provider) => First(snapshot, caller, kind, home => home.Provider.Name == provider);

    private static UpstreamDeployment? First(GatewaySnapshot snapshot, Caller? caller, KeptKind kind, Func<UpstreamDeployment, bool> fits)
    {
        foreach (var home in snapshot.FileAccounts)
        {
            if (Keeps(home, kind) && fits(home))
            {
                return home;
            }
        }
        // In file order, which the table of ids does not keep.
        foreach (var group in snapshot.Routes.Groups)
        {
            foreach (var deployment in group.Deployments)
            {
                if (deployment is UpstreamDeployment home && Keeps(home, kind) && fits(home) && ModelAccess.Allows(caller, home))
                {
                    return home;
                }
            }
        }
        return null;
    }

    private static bool Keeps(UpstreamDeployment deployment, KeptKind kind) => deployment.Config.MockResponse is null && deployment.KeptUri(kind, "/") is not null;

    private static string Words(KeptKind kind) => kind == KeptKind.Conversation ? "conversations" : "files";
}
