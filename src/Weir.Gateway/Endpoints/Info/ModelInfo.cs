using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Routing;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Endpoints.Info;

/// <summary><c>/model/info</c> and <c>/model_group/info</c>: what is configured, never a credential.</summary>
internal sealed class ModelInfo(SnapshotHolder snapshots)
{
    /// <summary>Every deployment, or the one of <c>?litellm_model_id=</c>.</summary>
    internal Task DeploymentsAsync(HttpContext http)
    {
        var id = http.Request.Query["litellm_model_id"].ToString();
        var caller = Keyed.CallerOf(http);
        return JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data"u8);
            foreach (var group in snapshots.Current.Routes.Groups)
            {
                foreach (var deployment in group.Deployments)
                {
                    if ((id.Length == 0 || deployment.Id == id) && ModelAccess.Allows(caller, deployment))
                    {
                        WriteDeployment(json, (UpstreamDeployment)deployment);
                    }
                }
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Capabilities and prices merged per public name.</summary>
    internal Task GroupsAsync(HttpContext http)
    {
        var wanted = http.Request.Query["model_group"].ToString();
        var caller = Keyed.CallerOf(http);
        return JsonAnswer.WriteAsync(http, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data"u8);
            foreach (var group in snapshots.Current.Routes.Groups)
            {
                if ((wanted.Length == 0 || group.Name == wanted) && ModelAccess.Allows(caller, new RouteMatch(group, group.Name, group.Name)))
                {
                    WriteGroup(json, group);
                }
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void WriteDeployment(Utf8JsonWriter json, UpstreamDeployment deployment)
    {
        var config = deployment.Config;
        json.WriteStartObject();
        json.WriteString("model_name"u8, config.ModelGroup);
        json.WriteStartObject("litellm_params"u8);
        json.WriteString("model"u8, config.LiteLlmModel);
        if (deployment.ApiBase.Length > 0)
        {
            json.WriteString("api_base"u8, deployment.ApiBase);
        }
        WriteText(json, "api_version", config.ApiVersion);
        WriteNumber(json, "rpm", config.Rpm);
        WriteNumber(json, "tpm", config.Tpm);
        WriteNumber(json, "order", config.Order);
        if (config.Weight is { } weight)
        {
            json.WriteNumber("weight"u8, weight);
        }
        json.WriteEndObject();
        json.WriteStartObject("model_info"u8);
        WriteRaw(json, config.Info.Raw);
        json.WriteString("id"u8, deployment.Id);
        json.WriteBoolean("db_model"u8, false);
        WriteFacts(json, deployment);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter json, UpstreamDeployment deployment)
    {
        var info = deployment.Config.Info;
        var facts = deployment.FixedModel?.Price?.Facts;
        WriteText(json, "key", facts?.Key);
        WriteText(json, "litellm_provider", deployment.Provider.Name);
        WriteText(json, "mode", info.Mode ?? facts?.Mode);
        WriteNumber(json, "max_tokens", info.MaxOutputTokens ?? facts?.MaxTokens);
        WriteNumber(json, "max_input_tokens", deployment.MaxInputTokens);
        WriteNumber(json, "max_output_tokens", info.MaxOutputTokens ?? facts?.MaxOutputTokens);
        WritePrice(json, "input_cost_per_token", deployment.InputCostPerToken);
        WritePrice(json, "output_cost_per_token", deployment.OutputCostPerToken);
        foreach (var (name, value) in Supports(deployment))
        {
            json.WriteBoolean(name, value);
        }
    }

    private static IEnumerable<KeyValuePair<string, bool>> Supports(UpstreamDeployment deployment)
    {
        var all = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        if (deployment.FixedModel?.Price?.Facts is ModelFacts facts)
        {
            foreach (var (name, value) in facts.Supports)
            {
                all[name] = value;
            }
        }
        foreach (var (name, value) in deployment.Config.Info.Supports)
        {
            all[name] = value;
        }
        return all;
    }

    private static void WriteGroup(Utf8JsonWriter json, RouteGroup group)
    {
        var deployments = group.Deployments.ToArray().Cast<UpstreamDeployment>().ToArray();
        json.WriteStartObject();
        json.WriteString("model_group"u8, group.Name);
        json.WriteStartArray("providers"u8);
        foreach (var provider in deployments.Select(d => d.Provider.Name).Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(provider);
        }
        json.WriteEndArray();
        WriteText(json, "mode", deployments.Select(d => d.Config.Info.Mode ?? d.FixedModel?.Price?.Facts.Mode).FirstOrDefault(m => m is not null));
        WriteNumber(json, "max_input_tokens", deployments.Max(d => d.MaxInputTokens));
        WriteNumber(json, "max_output_tokens", deployments.Max(d => d.Config.Info.MaxOutputTokens ?? d.FixedModel?.Price?.Facts.MaxOutputTokens));
        WritePrice(json, "input_cost_per_token", deployments.Max(d => d.InputCostPerToken));
        WritePrice(json, "output_cost_per_token", deployments.Max(d => d.OutputCostPerToken));
        WriteNumber(json, "tpm", Sum(deployments, d => d.Config.Tpm));
        WriteNumber(json, "rpm", Sum(deployments, d => d.Config.Rpm));
        foreach (var name in deployments.SelectMany(Supports).Where(s => s.Value).Select(s => s.Key).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            json.WriteBoolean(name, true);
        }
        json.WriteEndObject();
    }

    private static long? Sum(UpstreamDeployment[] deployments, Func<UpstreamDeployment, long?> limit) =>
        deployments.Any(d => limit(d) is not null) ? deployments.Sum(d => limit(d) ?? 0) : null;

    /// <summary>The free-form members of model_info, less those that are written from facts.</summary>
    private static void WriteRaw(Utf8JsonWriter json, ReadOnlyMemory<byte> raw)
    {
        using var document = JsonDocument.Parse(raw);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var written = member.Name is "id" or "db_model" or "key" or "litellm_provider" or "mode" or "max_tokens" or "max_input_tokens" or "max_output_tokens"
                or "input_cost_per_token" or "output_cost_per_token" || member.Name.StartsWith("supports_", StringComparison.Ordinal);
            if (!written)
            {
                member.WriteTo(json);
            }
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WritePrice(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } price)
        {
            json.WriteNumber(name, price);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
