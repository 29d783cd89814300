using Weir.Gateway.Config;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config;

public sealed class ConfigLoaderTests
{
    private static readonly ConfigLoadOptions s_options = new() { Environment = new Dictionary<string, string>() };

    [Fact]
    public void A_model_on_the_command_line_is_a_configuration_that_sends_everything_there()
    {
        var result = ConfigLoader.FromCommandLine("ollama/llama3", null, "http://gpu:11434", null, s_options);

        var deployment = Assert.Single(Assert.IsType<GatewayConfig>(result.Config).Deployments);
        Assert.Equal(("ollama/llama3", "ollama", "llama3", "gpu"), (deployment.ModelGroup, deployment.Provider, deployment.UpstreamModel, deployment.ApiBase?.Host));
        Assert.Equal("ollama/llama3", result.Config.Request.CompletionModel);
        Assert.Empty(result.Report.Problems);
        Assert.Empty(result.Files);
    }

    [Fact]
    public void An_alias_on_the_command_line_is_the_public_name()
    {
        var result = ConfigLoader.FromCommandLine("azure/d", "gpt-4o", "https://x.openai.azure.com", "2024-10-21", s_options with
        {
            Environment = new Dictionary<string, string> { ["AZURE_API_KEY"] = "k" },
        });

        var deployment = Assert.Single(Assert.IsType<GatewayConfig>(result.Config).Deployments);
        Assert.Equal(("gpt-4o", "2024-10-21", "k"), (deployment.ModelGroup, deployment.ApiVersion, deployment.ApiKey?.Reveal()));
    }

    [Fact]
    public void A_model_on_the_command_line_that_can_not_work_says_why()
    {
        var result = ConfigLoader.FromCommandLine("nobody/x", null, null, null, s_options);

        Assert.Equal("unknown-provider", Assert.Single(result.Report.Problems, static item => item.Code != "unknown-group").Code);
        Assert.Empty(Assert.IsType<GatewayConfig>(result.Config).Deployments);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem_and_no_exception()
    {
        var result = ConfigLoader.Load(Path.Combine(Path.GetTempPath(), "weir-no-such-file.yaml"), s_options);

        Assert.Null(result.Config);
        Assert.True(result.Report.Failed);
        Assert.Equal("unreadable-file", Assert.Single(result.Report.Problems).Code);
        Assert.Single(result.Files);
    }

    [Fact]
    public void Text_that_is_no_yaml_is_a_problem_with_its_line()
    {
        var result = ConfigLoader.Load("model_list:\n  - [\n"u8, "broken.yaml", s_options);

        Assert.Null(result.Config);
        Assert.All(result.Report.Problems, static item => Assert.Equal((ProblemSeverity.Error, "broken.yaml"), (item.Severity, item.Position.File)));
        Assert.NotEmpty(result.Report.Problems);
    }

    [Fact]
    public void What_the_linter_has_said_the_binder_does_not_repeat()
    {
        var result = ConfigLoader.Load(
            "model_list:\n  - {model_name: a, litellm_params: {model: openai/a, api_key: k, rpm: lots}}\nrouter_settings: {num_retries: many, fallbacks: [{a: b}]}"u8,
            "twice.yaml", s_options);

        Assert.Equal(3, result.Report.Problems.Count(static item => item.Code is "wrong-type" or "fallback-shape"));
        Assert.Equal(result.Report.Problems.Length, result.Report.Problems.Select(static item => (item.Position, item.Path)).Distinct().Count());
    }

    [Fact]
    public void A_price_book_fact_tells_that_a_fallback_takes_no_tools_or_less_text()
    {
        var result = ConfigLoader.Load(
            """
            model_list:
              - {model_name: big, litellm_params: {model: openai/gpt-4o, api_key: k}}
              - {model_name: small, litellm_params: {model: openai/gpt-3.5-turbo, api_key: k}}
            router_settings: {context_window_fallbacks: [{big: [small]}]}
            """u8,
            "facts.yaml", s_options);

        Assert.Contains(result.Report.Problems, static item => item is { Code: "weak-fallback", Position.Line: 4 });
    }
}
