using System.Collections.Immutable;
using Weir.Gateway.Config.Yaml;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Config.Binding;

/// <summary>Reads <c>model_info</c>: what Weir knows by name, and the whole as JSON, because its keys are free.</summary>
internal static class ModelInfoReader
{
    /// <summary>Reads it; <paramref name="parameters"/> may hold <c>base_model</c> too.</summary>
    public static ModelInfoConfig Read(SectionReader? info, SectionReader parameters)
    {
        var baseModel = parameters.Text("base_model");
        if (info is null)
        {
            return new ModelInfoConfig { BaseModel = baseModel };
        }

        return new ModelInfoConfig
        {
            Mode = info.Text("mode"),
            BaseModel = info.Text("base_model") ?? baseModel,
            MaxInputTokens = info.Long("max_input_tokens"),
            MaxOutputTokens = info.Long("max_output_tokens") ?? info.Long("max_tokens"),
            Supports = Supports(info),
            AccessGroups = info.Texts("access_groups"),
            HealthCheckModel = info.Text("health_check_model"),
            DisableBackgroundHealthCheck = info.Bool("disable_background_health_check") ?? false,
            Raw = NodeJson.Write(info.Map),
        };
    }

    /// <summary>Prices in USD per unit; those of <c>litellm_params</c> win over those of <c>model_info</c>.</summary>
    public static ImmutableDictionary<string, decimal> Prices(SectionReader? info, SectionReader parameters)
    {
        var prices = ImmutableDictionary.CreateBuilder<string, decimal>(StringComparer.Ordinal);
        foreach (var section in new[] { info, parameters })
        {
            if (section is null)
            {
                continue;
            }

            foreach (var entry in section.Map.Entries)
            {
                if (!ParameterNames.IsPrice(entry.Name))
                {
                    continue;
                }

                if (entry.Value is ConfigMap)
                {
                    section.Warn(
                        BindingCodes.ParameterIgnored, entry.Value, entry.Name,
                        $"'{entry.Name}' is a price by size; Weir reads one number per price and leaves this one out.");
                }
                else if (section.Decimal(entry.Name) is { } price)
                {
                    if (ModelPrice.Problem(price) is null)
                    {
                        prices[entry.Name] = price;
                    }
                    else
                    {
                        section.Wrong(entry.Value, entry.Name, "a price in USD for one unit (one token, not a million)");
                    }
                }
            }
        }

        return prices.ToImmutable();
    }

    private static ImmutableDictionary<string, bool> Supports(SectionReader info)
    {
        var flags = ImmutableDictionary.CreateBuilder<string, bool>(StringComparer.Ordinal);
        foreach (var entry in info.Map.Entries)
        {
            if (entry.Name.StartsWith("supports_", StringComparison.Ordinal) && info.Bool(entry.Name) is { } flag)
            {
                flags[entry.Name] = flag;
            }
        }

        return flags.ToImmutable();
    }
}
