using System.Text;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;
using Weir.Providers;

namespace Weir.Gateway.Tests.Config.Binding;

/// <summary>A configuration bound from text, with the environment and the model facts that a test names.</summary>
internal sealed record Bound(GatewayConfig Config, IReadOnlyList<ConfigProblem> Problems)
{
    public DeploymentConfig Only => Assert.Single(Config.Deployments);

    public RejectedDeployment LeftOut => Assert.Single(Config.Rejected);

    public static Bound From(string yaml, params (string Name, string Value)[] environment) =>
        From(yaml, static (_, _) => null, environment);

    public static Bound From(string yaml, Func<string, string, ModelAbilities?> abilities, params (string Name, string Value)[] environment)
    {
        var problems = new ConfigProblems();
        var root = Assert.IsType<ConfigMap>(YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "config.yaml", problems));
        var variables = environment.ToDictionary(static item => item.Name, static item => item.Value);
        var sources = new BindingSources
        {
            FindProvider = ProviderCatalog.Find,
            ProviderNames = ProviderCatalog.Names,
            Variable = variables.GetValueOrDefault,
            ProviderOfModel = static model => model.StartsWith("gpt-", StringComparison.Ordinal) ? "openai"
                : model.StartsWith("claude-", StringComparison.Ordinal) ? "anthropic" : null,
            AbilitiesOf = abilities,
        };
        return new Bound(new ConfigBinder(sources).Bind(root, "config.yaml", problems), problems.Items);
    }

    /// <summary>One entry named <c>m</c> with these lines under <c>litellm_params</c>, each without indentation.</summary>
    public static Bound Entry(string parameters, params (string Name, string Value)[] environment) =>
        From($"model_list:\n  - model_name: m\n    litellm_params:\n{Indent(parameters)}", environment);

    public ConfigProblem Problem(string code) => Assert.Single(Problems, item => item.Code == code);

    public void HasNoProblem() => Assert.Empty(Problems);

    private static string Indent(string lines) =>
        string.Join('\n', lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => "      " + line));
}
