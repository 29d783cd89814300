using Weir.Gateway.Config;
using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Brief;

/// <summary>The three configurations that the mission's document shows, with their indentation restored.</summary>
public sealed class BriefExampleTests
{
    [Fact]
    public void The_mcp_example_loads_and_says_that_its_servers_are_not_served_yet()
    {
        var result = Load("aks-api.yaml", allowUnenforced: false, ("AKS_TOKEN", "t"));

        Assert.NotNull(result.Config);
        Assert.Empty(result.Config.Deployments);
        Assert.Contains(result.Report.Problems, static item => item is { Path: "mcp_servers", Severity: ProblemSeverity.Warning });
    }

    [Fact]
    public void The_values_file_is_read_at_its_top_level_and_its_azure_deployment_resolves()
    {
        var result = Load("litellm-values.yaml", allowUnenforced: false, ("AZURE_OPENAI_API_KEY", "from-key-vault"));

        Assert.NotNull(result.Config);
        var deployment = Assert.Single(result.Config.Deployments);
        Assert.Equal(("gpt-4o", "azure", "gpt-4o-deployment"), (deployment.ModelGroup, deployment.Provider, deployment.UpstreamModel));
        Assert.Equal(("oai-prod-aks-01.openai.azure.com", "from-key-vault"), (deployment.ApiBase?.Host, deployment.ApiKey?.Reveal()));
        Assert.Empty(result.Config.Rejected);
    }

    [Fact]
    public void The_hyphen_of_docker_ops_is_accepted_with_a_warning()
    {
        var result = Load("litellm-values.yaml", allowUnenforced: false, ("AZURE_OPENAI_API_KEY", "k"));

        Assert.Contains(
            result.Report.Problems,
            static item => item is { Code: BindingCodes.McpServerName, Severity: ProblemSeverity.Warning, Position.Line: 9, Suggestion: "'docker_ops'" });
        Assert.False(result.Report.Failed);
    }

    [Fact]
    public void The_key_that_terraform_injects_wins_over_the_placeholder_in_the_values_file()
    {
        var result = Load("litellm-values.yaml", allowUnenforced: false, ("AZURE_OPENAI_API_KEY", "k"));

        var injected = MasterKeyPolicy.Decide(
            result.Config?.Access.MasterKey, static name => name == "PROXY_MASTER_KEY" ? "sk-from-key-vault" : null, "0.0.0.0", permitWeak: false);
        var alone = MasterKeyPolicy.Decide(result.Config?.Access.MasterKey, static _ => null, "0.0.0.0", permitWeak: false);

        Assert.Equal("sk-from-key-vault", injected.Key?.Reveal());
        Assert.Single(injected.Warnings);
        Assert.NotNull(alone.Refusal);
    }

    [Fact]
    public void The_guardrails_example_is_refused_until_they_are_enforced_and_each_is_named_with_its_line()
    {
        var result = Load("guardrails.yaml", allowUnenforced: false, GuardrailVariables);

        Assert.Null(result.Config);
        Assert.Contains(result.Report.Problems, static item => item is { Severity: ProblemSeverity.Error, Path: "guardrails", Position.Line: 1 });
        Assert.Contains(result.Report.Problems, static item => item is { Severity: ProblemSeverity.Error, Position.Line: 25 });
    }

    [Fact]
    public void The_flat_guardrail_form_is_accepted_and_the_model_runs_when_that_is_allowed()
    {
        var result = Load("guardrails.yaml", allowUnenforced: true, GuardrailVariables);

        Assert.NotNull(result.Config);
        var deployment = Assert.Single(result.Config.Deployments);
        Assert.Equal(("azure", "gpt-4o", "k"), (deployment.Provider, deployment.UpstreamModel, deployment.ApiKey?.Reveal()));
        Assert.Empty(deployment.DefaultParams);
        Assert.DoesNotContain(result.Report.Problems, static item => item.Severity == ProblemSeverity.Error);
    }

    [Fact]
    public void Without_azure_s_variables_the_guardrails_example_leaves_out_its_model_and_says_what_is_missing()
    {
        var result = Load("guardrails.yaml", allowUnenforced: true, ("AZURE_GUARDRAIL_API_KEY", "g"), ("AZURE_GUARDRAIL_API_BASE", "https://g.example"));

        Assert.NotNull(result.Config);
        Assert.Contains("AZURE_API_BASE", Assert.Single(result.Config.Rejected).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aks-api.yaml")]
    [InlineData("litellm-values.yaml")]
    [InlineData("guardrails.yaml")]
    public void Each_example_is_the_document_s_text_with_nothing_but_its_indentation_restored(string file)
    {
        if (RepositoryFiles.Shared("brief", "brief.txt") is not { } brief)
        {
            Assert.Skip("The document is not beside this repository.");
            return;
        }

        Assert.Contains(Flat(File.ReadAllText(RepositoryFiles.Path("tests", "brief", file))), Flat(File.ReadAllText(brief)), StringComparison.Ordinal);
    }

    private static (string Name, string Value)[] GuardrailVariables =>
    [
        ("AZURE_GUARDRAIL_API_KEY", "g"), ("AZURE_GUARDRAIL_API_BASE", "https://g.example"), ("AZURE_API_KEY", "k"), ("AZURE_API_BASE", "https://x.openai.azure.com"),
    ];

    private static string Flat(string text) => string.Join('\n', text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0));

    private static ConfigLoadResult Load(string file, bool allowUnenforced, params (string Name, string Value)[] environment) =>
        ConfigLoader.Load(RepositoryFiles.Path("tests", "brief", file), new ConfigLoadOptions
        {
            Environment = environment.ToDictionary(static item => item.Name, static item => item.Value),
            Check = new CheckOptions(AllowUnenforced: allowUnenforced),
        });
}
