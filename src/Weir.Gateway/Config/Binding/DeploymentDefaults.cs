using System.Collections.Immutable;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>What every <c>model_list</c> entry takes from the rest of the file.</summary>
internal sealed record DeploymentDefaults
{
    /// <summary><c>credential_list</c>: name to values.</summary>
    public ImmutableDictionary<string, ConfigMap> Credentials { get; init; } = ImmutableDictionary<string, ConfigMap>.Empty;

    /// <summary><c>router_settings.default_litellm_params</c>.</summary>
    public ConfigMap? Parameters { get; init; }

    /// <summary>Providers that <c>custom_provider_map</c> hands to Python code.</summary>
    public ImmutableHashSet<string> CustomHandlers { get; init; } = [];

    /// <summary><c>litellm_settings.enable_azure_ad_token_refresh</c>: sign in to Azure without a key.</summary>
    public bool AzureTokenRefresh { get; init; }

    /// <summary>The strategy weighs by rates, so that rpm and tpm of <c>model_info</c> count too, as in LiteLLM.</summary>
    public bool RatesOfModelInfo { get; init; }

    /// <summary>Reads them.</summary>
    public static DeploymentDefaults Read(ConfigMap root, SectionReader liteLlm, SectionReader router, ConfigProblems problems) => new()
    {
        Credentials = ReadCredentials(root, problems),
        Parameters = router.Section("default_litellm_params")?.Map,
        CustomHandlers = liteLlm.Map.FindList("custom_provider_map") is { } handlers
            ? [.. handlers.Items.OfType<ConfigMap>().Select(static item => item.FindScalar("provider")?.Text).OfType<string>()]
            : [],
        AzureTokenRefresh = liteLlm.Bool("enable_azure_ad_token_refresh") ?? false,
        RatesOfModelInfo = router.Map.FindScalar("routing_strategy")?.Text is "usage-based-routing" or "usage-based-routing-v2" or "cost-based-routing",
    };

    /// <summary>An entry's parameters over its credential's over the defaults; null counts as absent.</summary>
    public ConfigMap Merge(ConfigMap own, ConfigMap? credential)
    {
        var entries = ImmutableArray.CreateBuilder<ConfigEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in new[] { own, credential, Parameters })
        {
            if (layer is null)
            {
                continue;
            }

            foreach (var entry in layer.Entries)
            {
                if (!entry.Value.IsNull && names.Add(entry.Name))
                {
                    entries.Add(entry);
                }
            }
        }

        return new ConfigMap(own.Position, entries.DrainToImmutable(), []);
    }

    private static ImmutableDictionary<string, ConfigMap> ReadCredentials(ConfigMap root, ConfigProblems problems)
    {
        var found = ImmutableDictionary.CreateBuilder<string, ConfigMap>(StringComparer.Ordinal);
        if (root.FindList("credential_list") is not { } list)
        {
            return found.ToImmutable();
        }

        for (var i = 0; i < list.Items.Length; i++)
        {
            var path = $"credential_list[{i}]";
            if (list.Items[i] is ConfigMap map && map.FindScalar("credential_name") is { } name && map.FindMap("credential_values") is { } values)
            {
                found[name.Text] = values;
            }
            else
            {
                problems.Warning(
                    BindingCodes.WrongType, list.Items[i].Position, path, $"'{path}' is left out.", list.Items[i].Describe(),
                    "a map with credential_name and credential_values");
            }
        }

        return found.ToImmutable();
    }
}
