using System.Buffers;
using System.Text.Json;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Check.Lint;

namespace Weir.Gateway.Tests.Config.Check;

public sealed class ConfigCheckTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Fact]
    public void Warnings_alone_exit_with_0_and_with_1_when_strict()
    {
        const string yaml = "litellm_settings:\n  drop_parms: true\n";

        Assert.Equal(0, PlantedMistakesTests.Check(yaml).ExitCode);
        var strict = PlantedMistakesTests.Check(yaml, new CheckOptions(Strict: true));
        Assert.Equal(1, strict.ExitCode);
        Assert.Equal(ProblemSeverity.Error, Assert.Single(strict.Problems).Severity);
    }

    [Fact]
    public void What_is_not_enforced_is_a_warning_when_that_is_allowed()
    {
        const string yaml = "guardrails:\n  - guardrail_name: a\n    guardrail: presidio\n    mode: pre_call\nlitellm_settings:\n  max_internal_user_budget: 5\n  callbacks: [presidio]\n";

        Assert.Equal(3, PlantedMistakesTests.Check(yaml).Problems.Count(problem => problem.Severity == ProblemSeverity.Error));
        var allowed = PlantedMistakesTests.Check(yaml, new CheckOptions(AllowUnenforced: true));
        Assert.Equal(0, allowed.ExitCode);
        Assert.Equal(3, allowed.Problems.Count(problem => problem.Code == "not-enforced"));
        Assert.All(allowed.Problems, problem => Assert.Contains("--allow-unenforced", problem.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("litellm_settings: {max_internal_user_budget: 0}\n")]
    [InlineData("general_settings: {enforce_user_param: false, enable_jwt_auth: null, enforced_params: [], health_check_details: true}\n")]
    [InlineData("guardrails: []\n")]
    [InlineData("guardrails:\npolicies: {}\n")]
    [InlineData("general_settings: {missing_session_id: generate}\n")]
    [InlineData("router_settings: {optional_pre_call_checks: [prompt_caching]}\n")]
    public void A_restricting_key_that_is_off_restricts_nothing(string yaml)
    {
        Assert.DoesNotContain(PlantedMistakesTests.Check(yaml).Problems, problem => problem.Code == "not-enforced");
    }

    [Theory]
    [InlineData("general_settings: {health_check_details: false}\n")]
    [InlineData("general_settings: {missing_session_id: reject}\n")]
    public void A_restricting_key_whose_other_value_restricts_is_seen(string yaml)
    {
        Assert.Contains(PlantedMistakesTests.Check(yaml).Problems, problem => problem.Code == "not-enforced");
    }

    [Fact]
    public void A_key_without_effect_is_warned_of_once()
    {
        const string yaml = "model_list:\n  - model_name: a\n    litellm_params: {model: openai/a, region_name: eu}\n  - model_name: b\n    litellm_params: {model: openai/b, region_name: eu}\n";

        Assert.Single(PlantedMistakesTests.Check(yaml).Problems, problem => problem.Code == "not-served");
    }

    [Fact]
    public void Problems_come_in_the_order_of_the_file_as_lines_that_editors_understand()
    {
        const string yaml = "router_settings:\n  routing_strategy: simple\nlitellm_settings:\n  drop_parms: true\n";

        Assert.Equal(
            """
            config.yaml:2:21: error: 'routing_strategy' does not know this value. (found the text 'simple', expected one of simple-shuffle, least-busy, usage-based-routing, usage-based-routing-v2, latency-based-routing, cost-based-routing; did you mean 'simple-shuffle'?) [wrong-value]
            config.yaml:4:3: warning: There is no 'drop_parms' in litellm_settings; it has no effect. (did you mean 'drop_params'?) [unknown-key]
            1 error, 1 warning.

            """.ReplaceLineEndings(),
            PlantedMistakesTests.Print(PlantedMistakesTests.Check(yaml)));
    }

    [Fact]
    public void The_report_is_written_as_JSON()
    {
        var output = new ArrayBufferWriter<byte>();
        PlantedMistakesTests.Check("litellm_settings:\n  drop_parms: true\n").WriteJson(output);
        using var json = JsonDocument.Parse(output.WrittenMemory);

        Assert.True(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(1, json.RootElement.GetProperty("warnings").GetInt32());
        var problem = json.RootElement.GetProperty("problems")[0];
        Assert.Equal("unknown-key", problem.GetProperty("code").GetString());
        Assert.Equal("warning", problem.GetProperty("severity").GetString());
        Assert.Equal(2, problem.GetProperty("line").GetInt32());
        Assert.Equal("litellm_settings.drop_parms", problem.GetProperty("path").GetString());
        Assert.Equal("'drop_params'", problem.GetProperty("suggestion").GetString());
    }

    [Fact]
    public void A_file_that_is_not_there_fails()
    {
        var report = ConfigCheck.Run(Path.Combine(AppContext.BaseDirectory, "absent.yaml"), NoEnvironment, new CheckOptions());

        Assert.Equal(1, report.ExitCode);
        Assert.Equal("unreadable-file", Assert.Single(report.Problems).Code);
    }

    [Fact]
    public void Very_many_problems_are_counted_and_not_listed()
    {
        var yaml = "general_settings:\n" + string.Concat(Enumerable.Range(0, 5000).Select(static i => $"  invented_{i}: 1\n"));
        var report = PlantedMistakesTests.Check(yaml);

        Assert.Equal(2000, report.Problems.Length);
        Assert.Equal(3000, report.LeftOut);
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("... and 3000 more.", PlantedMistakesTests.Print(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_pass_does_not_repeat_what_was_said()
    {
        var first = new ConfigProblems();
        first.Error("a", new("c", 1, 1), "x", "said");
        var later = new ConfigProblems();
        later.Warning("b", new("c", 1, 1), "x", "repeated");
        later.Warning("b", new("c", 1, 1), "y", "another setting");
        first.AddFrom(later);

        Assert.Equal(["said", "another setting"], first.Items.Select(problem => problem.Message));
    }

    [Theory]
    [InlineData("drop_parms", "drop_params")]
    [InlineData("dropParams", "drop_params")]
    [InlineData("drop-params", "drop_params")]
    [InlineData("num_retreis", "num_retries")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string name, string? expected)
    {
        Assert.Equal(expected, NearestName.Find(name, ["num_retries", "drop_params", "cache"]));
    }
}
