using System.Collections.Immutable;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>Turns the file's nodes, after substitution, into the immutable records that the rest of Weir reads.</summary>
internal sealed class ConfigBinder(BindingSources sources)
{
    /// <summary>Binds the whole file. Everything that does not fit goes to <paramref name="problems"/>; the result holds what does.</summary>
    public GatewayConfig Bind(ConfigMap root, string sourcePath, ConfigProblems problems)
    {
        var surroundings = sources.WithVariables(Variables(root));
        var liteLlm = SectionReader.Of(root, "litellm_settings", problems, ProblemSeverity.Error);
        var router = SectionReader.Of(root, "router_settings", problems, ProblemSeverity.Error);
        var general = SectionReader.Of(root, "general_settings", problems, ProblemSeverity.Error);
        var weir = SectionReader.Of(root, "weir_settings", problems, ProblemSeverity.Error);

        var deployments = new DeploymentBinder(surroundings, DeploymentDefaults.Read(root, liteLlm, router, problems), problems);
        if (root.Find("model_list") is { } models)
        {
            BindModels(models, deployments, problems);
        }

        var files = new DeploymentBinder(surroundings, DeploymentDefaults.Read(root, liteLlm, router, new ConfigProblems()), problems);
        if (root.Find("files_settings") is ConfigList accounts)
        {
            files.BindFileAccounts(accounts);
        }

        var passThrough = new PassThroughReader(general, surroundings);
        var vendors = new DeploymentBinder(surroundings, DeploymentDefaults.Read(root, liteLlm, router, new ConfigProblems()), new ConfigProblems());
        vendors.BindAccountsOfEnvironment(root.FindMap("default_vertex_config"));
        WarnOfServerNames(root, problems);
        var settings = new SettingsBinder(general, liteLlm, weir, surroundings);
        var retryAfterCap = weir.Limit("retry_after_cap");
        var routing = new RouterBinder(router, liteLlm, general).Bind();
        var config = new GatewayConfig
        {
            SourcePath = sourcePath,
            Deployments = deployments.Usable,
            Rejected = deployments.Rejected,
            FileAccounts = files.Usable,
            PassThrough = new PassThroughConfig { Endpoints = passThrough.Read(), Accounts = vendors.Usable, Vendors = weir.Bool("vendor_prefixes") ?? true, Timeout = passThrough.Timeout() },
            Router = retryAfterCap is { } cap ? routing with { RetryAfterCap = cap } : routing,
            Access = settings.Access(),
            Request = settings.Request(),
            Telemetry = settings.Telemetry(),
            DatabaseUrl = settings.DatabaseUrl(),
        };
        new ModelReferenceCheck(config, surroundings.AbilitiesOf, router, liteLlm, general, problems).Run();
        return config;
    }

    private static void BindModels(ConfigNode models, DeploymentBinder deployments, ConfigProblems problems)
    {
        if (models is not ConfigList list)
        {
            problems.Error(
                BindingCodes.WrongType, models.Position, "model_list", "'model_list' does not fit.", models.Describe(),
                "a list of entries, each with '- model_name:' and 'litellm_params:'");
            return;
        }

        deployments.BindAll(list);
    }

    /// <summary>The name of an MCP server is the first part of its tools' names, and a hyphen ends it: the name is accepted and warned.</summary>
    private static void WarnOfServerNames(ConfigMap root, ConfigProblems problems)
    {
        foreach (var entry in root.FindMap("mcp_servers")?.Entries ?? [])
        {
            if (entry.Name.Contains('-', StringComparison.Ordinal))
            {
                problems.Warning(
                    BindingCodes.McpServerName, entry.Key.Position, $"mcp_servers.{entry.Name}",
                    $"The hyphen in '{entry.Name}' is accepted, but tools are called SERVER-TOOL, so that readers and rules take it for the end of the server's name.",
                    suggestion: $"'{entry.Name.Replace('-', '_')}'");
            }
        }
    }

    /// <summary><c>environment_variables</c>: LiteLLM puts them into the environment before anything else reads it.</summary>
    private static Dictionary<string, string> Variables(ConfigMap root)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in root.FindMap("environment_variables")?.Entries ?? [])
        {
            if (entry.Value is ConfigScalar { IsNull: false } value)
            {
                found[entry.Name] = value.Text;
            }
        }

        return found;
    }
}
