using System.Text;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Wild;

public sealed class WildConfigTests
{
    public static TheoryData<string> Files => [.. WildConfig.All.Keys];

    [Fact]
    public void Every_file_has_its_expectation() =>
        Assert.Equal(
            WildConfig.All.Keys.Order(StringComparer.Ordinal),
            Directory.GetFiles(RepositoryFiles.Path("tests", "configs"), "*.yaml").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_real_life_configuration_loads_or_says_what_differs(string file)
    {
        var expected = WildConfig.All[file];
        var result = Load(file);

        Assert.Equal(expected.Refused, result.Report.Failed);
        Assert.Equal(expected.Refused, result.Config is null);
        var told = result.Report.Problems.Select(static item => $"{item.Code}@{item.Position.Line}").ToHashSet(StringComparer.Ordinal);
        Assert.All(expected.Codes, code => Assert.Contains(code, told));
        if (expected.Codes.Length == 0)
        {
            Assert.Empty(result.Report.Problems);
        }

        if (expected.Refused && expected.AllowedThen)
        {
            result = Load(file, allowUnenforced: true);
            Assert.NotNull(result.Config);
        }

        if (result.Config is { } config)
        {
            Assert.Equal(expected.Usable, config.Deployments.Select(static item => $"{item.ModelGroup} = {item.Provider} {item.UpstreamModel}"));
            Assert.Equal(expected.LeftOut, config.Rejected.Select(static item => item.ModelGroup));
            Assert.Equal(config.Deployments.Length, config.Deployments.Select(static item => item.Id).Distinct().Count());
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Windows_line_ends_and_a_byte_order_mark_change_nothing(string file)
    {
        var path = PathOf(file);
        var plain = Load(file, allowUnenforced: true);
        var text = File.ReadAllText(path).Replace("\n", "\r\n", StringComparison.Ordinal);
        byte[] bytes = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)];
        var windows = ConfigLoader.Load(bytes, path, Options(allowUnenforced: true));

        Assert.Equal(plain.Report.Problems.Select(static item => item.ToString()), windows.Report.Problems.Select(static item => item.ToString()));
        Assert.Equal(plain.Config?.Deployments.Select(static item => item.Id), windows.Config?.Deployments.Select(static item => item.Id));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_problem_and_no_reason_shows_a_secret(string file)
    {
        var result = Load(file, allowUnenforced: true);
        var said = string.Join('\n', result.Report.Problems.Select(static item => item.ToString()).Concat(result.Config?.Rejected.Select(static item => item.Reason) ?? []));

        Assert.All(
            WildEnvironment.Variables.Where(static pair => pair.Value.StartsWith("key-", StringComparison.Ordinal) || pair.Value.StartsWith("sk-", StringComparison.Ordinal)),
            pair => Assert.DoesNotContain(pair.Value, said, StringComparison.Ordinal));
        Assert.DoesNotContain("sk-in-the-wrong-place", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_and_flags_from_the_environment_are_numbers_and_flags()
    {
        var config = Config("everything-from-the-environment");
        var deployment = Assert.Single(config.Deployments);

        Assert.Equal((TimeSpan.FromSeconds(12.5), "0.3"), (deployment.Timeouts.Total, Encoding.UTF8.GetString(deployment.DefaultParams["temperature"].Span)));
        Assert.Equal((true, 4, false), (config.Request.DropParams, config.Router.Retries, config.Request.AlwaysIncludeStreamUsage));
    }

    [Fact]
    public void Limits_of_the_regions_arrive_although_they_are_text()
    {
        var config = Config("azure-regions");

        Assert.Equal(["sweden", "france"], config.Deployments.Take(2).Select(static item => item.Id));
        Assert.Equal((600L, 450_000L, "2024-10-21"), (config.Deployments[0].Rpm, config.Deployments[0].Tpm, config.Deployments[0].ApiVersion));
        Assert.Equal((RoutingStrategy.UsageBased, 2, TimeSpan.FromSeconds(30)), (config.Router.Strategy, config.Router.AllowedFails, config.Router.Cooldown));
    }

    [Fact]
    public void The_router_s_fallbacks_win_and_the_other_section_fills_the_rest()
    {
        var router = Config("fallbacks-both-sections").Router;

        Assert.Equal((2, TimeSpan.FromSeconds(90)), (router.Retries, router.Timeouts.Total));
        Assert.Equal(["c"], router.Fallbacks["a"]);
        Assert.Equal(["c"], router.DefaultFallbacks);
    }

    [Fact]
    public void Settings_of_other_services_never_become_members_of_the_body()
    {
        var config = Config("telemetry-keys-of-a-model");

        Assert.Equal(["top_k"], config.Deployments[0].DefaultParams.Keys);
        Assert.Equal("gpt-4o", config.Deployments[0].Info.BaseModel);
        Assert.Equal(0.000001m, config.Deployments[0].Prices["input_cost_per_token_above_128k_tokens"]);
        Assert.DoesNotContain(Load("telemetry-keys-of-a-model").Report.Problems, static item => item.Position.Line is 15 or 16);
        Assert.Equal("hello", config.Deployments[1].MockResponse);
        Assert.Equal((new ModelAlias("gpt-4o", false), 2), (config.Router.Aliases["gpt-4"], config.Router.MaxFallbacks));
    }

    [Fact]
    public void Rates_beside_the_parameters_are_the_parameters_and_those_of_model_info_wait_for_a_strategy_that_weighs_them()
    {
        var path = PathOf("rates-beside-the-parameters");
        var weighed = File.ReadAllText(path) + "router_settings: {routing_strategy: usage-based-routing-v2}\n";

        Assert.Equal([(60L, 90_000L), (10L, null), (null, null)], Rates(Config("rates-beside-the-parameters")));
        Assert.Equal([(60L, 90_000L), (10L, null), (5L, null)], Rates(Assert.IsType<GatewayConfig>(ConfigLoader.Load(Encoding.UTF8.GetBytes(weighed), path, Options(false)).Config)));

        static IEnumerable<(long? Requests, long? Tokens)> Rates(GatewayConfig config) => config.Deployments.Select(static item => (item.Rpm, item.Tpm));
    }

    [Fact]
    public void A_callback_with_settings_counts_by_its_name()
    {
        var config = Config("callbacks-with-settings");

        Assert.True(config.Telemetry.Prometheus);
        Assert.False(config.Telemetry.OpenTelemetry);
    }

    [Fact]
    public void A_misplaced_setting_is_not_applied()
    {
        var config = Config("misplaced-settings");

        Assert.Null(config.Access.MasterKey);
        Assert.False(config.Request.DropParams);
        Assert.False(config.Telemetry.Prometheus);
        Assert.Equal(new RouterConfig().Retries, config.Router.Retries);
        Assert.Equal(RoutingStrategy.SimpleShuffle, config.Router.Strategy);
        Assert.Equal(new RouterConfig().RetryAfter, config.Router.RetryAfter);
        Assert.Empty(config.Deployments[0].DefaultParams);
    }

    [Fact]
    public void Merge_keys_carry_and_are_overridden()
    {
        var config = Config("anchors");

        Assert.Equal([45d, 300d], config.Deployments.Select(static item => item.Timeouts.Total?.TotalSeconds));
        Assert.All(config.Deployments, static item => Assert.Equal("""{"enable_thinking":false}""", Encoding.UTF8.GetString(item.DefaultParams["chat_template_kwargs"].Span)));
    }

    [Fact]
    public void Both_ways_of_azure_sign_in_are_read()
    {
        var config = Config("managed-identity");

        Assert.Equal(("north.openai.azure.com", "key-azure"), (config.Deployments[0].ApiBase?.Host, config.Deployments[0].ApiKey?.Reveal()));
        Assert.Equal(("tenant", "client-secret"), (config.Deployments[1].Entra?.TenantId, config.Deployments[1].Entra?.ClientSecret?.Reveal()));
    }

    [Fact]
    public void Prices_tags_and_aliases_are_what_was_meant()
    {
        var own = Config("prices-and-notes").Deployments[1];
        var routing = Config("policies-and-aliases");

        Assert.Equal((0.0000001m, 0.0000004m), (own.Prices["input_cost_per_token"], own.Prices["output_cost_per_token"]));
        Assert.Equal(["free", "default"], routing.Deployments[1].Tags);
        Assert.Equal((new ModelAlias("a", false), new ModelAlias("b", true)), (routing.Router.Aliases["gpt-4"], routing.Router.Aliases["secret"]));
        Assert.Equal(2, routing.Router.Aliases.Count);
    }

    [Fact]
    public void Strict_refuses_what_is_only_warned_otherwise()
    {
        Assert.False(Load("fallback-to-nobody").Report.Failed);
        Assert.True(ConfigLoader.Load(PathOf("fallback-to-nobody"), Options(false) with { Check = new CheckOptions(Strict: true) }).Report.Failed);
        Assert.False(ConfigLoader.Load(PathOf("models-only"), Options(false) with { Check = new CheckOptions(Strict: true) }).Report.Failed);
    }

    [Fact]
    public void The_files_of_a_load_are_the_main_one_and_its_includes() =>
        Assert.Equal(["include-main.yaml", "include-models.yaml"], Load("include-main").Files.Select(Path.GetFileName));

    private static GatewayConfig Config(string file) => Assert.IsType<GatewayConfig>(Load(file).Config);

    private static ConfigLoadResult Load(string file, bool allowUnenforced = false) => ConfigLoader.Load(PathOf(file), Options(allowUnenforced));

    private static string PathOf(string file) => RepositoryFiles.Path("tests", "configs", file + ".yaml");

    private static ConfigLoadOptions Options(bool allowUnenforced) =>
        new() { Environment = WildEnvironment.Variables, Check = new CheckOptions(AllowUnenforced: allowUnenforced) };
}
