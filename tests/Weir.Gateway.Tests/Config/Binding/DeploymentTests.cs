using System.Text;
using CsCheck;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed class DeploymentTests
{
    [Fact]
    public void Every_routing_field_arrives_with_its_unit()
    {
        var item = Bound.Entry("""
            model: openai/gpt-4o
            api_key: k
            organization: org
            rpm: 600
            tpm: "100000"
            weight: 2.5
            order: 1
            max_parallel_requests: 7
            timeout: 30
            stream_timeout: "2.5"
            ttft_timeout: 4
            stream_idle_timeout: 9
            max_retries: 3
            cooldown_time: 0
            tags: [free, eu]
            drop_params: "True"
            additional_drop_params: [logit_bias, "tools.strict"]
            mock_response: hello
            ssl_verify: false
            extra_headers: {X-Team: ops}
            """).Only;

        Assert.Equal((600L, 100_000L, 2.5, 1, 7), (item.Rpm, item.Tpm, item.Weight, item.Order, item.MaxParallelRequests));
        Assert.Equal(
            new TimeoutConfig
            {
                Total = TimeSpan.FromSeconds(30), Stream = TimeSpan.FromSeconds(2.5), FirstToken = TimeSpan.FromSeconds(4), StreamIdle = TimeSpan.FromSeconds(9),
            },
            item.Timeouts);
        Assert.Equal((3, TimeSpan.Zero, true, false, "hello", "org"), (item.Retries, item.Cooldown, item.DropParams, item.VerifyTls, item.MockResponse, item.Organization));
        Assert.Equal(["free", "eu"], item.Tags);
        Assert.Equal(["logit_bias", "tools.strict"], item.AdditionalDropParams);
        Assert.Equal("ops", item.Headers["x-team"].Reveal());
        Assert.Empty(item.DefaultParams);
    }

    [Fact]
    public void A_path_under_ssl_verify_is_a_ca_file()
    {
        var item = Bound.Entry("model: openai/x\napi_key: k\nssl_verify: /etc/ssl/own.pem").Only;

        Assert.Equal((true, "/etc/ssl/own.pem"), (item.VerifyTls, item.CaFile));
    }

    [Fact]
    public void Num_retries_wins_over_max_retries() =>
        Assert.Equal(1, Bound.Entry("model: openai/x\napi_key: k\nmax_retries: 5\nnum_retries: 1").Only.Retries);

    [Fact]
    public void A_setting_that_does_not_fit_leaves_out_its_entry_alone_with_found_and_expected()
    {
        var bound = Bound.Entry("model: openai/gpt-4o\napi_key: k\nrpm: lots");

        Assert.Contains("'rpm'", bound.LeftOut.Reason, StringComparison.Ordinal);
        var problem = bound.Problem(BindingCodes.WrongType);
        Assert.Equal((ProblemSeverity.Warning, "model_list[0].litellm_params.rpm", 6, 12), (problem.Severity, problem.Path, problem.Position.Line, problem.Position.Column));
        Assert.Contains("lots", problem.Found, StringComparison.Ordinal);
        Assert.Contains("whole number", problem.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_list:\n  - litellm_params: {model: openai/x, api_key: k}", "model_name")]
    [InlineData("model_list:\n  - model_name: m", "litellm_params")]
    [InlineData("model_list:\n  - model_name: m\n    litellm_params: {api_key: k}", "litellm_params.model")]
    [InlineData("model_list:\n  - just text", "not a map")]
    public void An_entry_that_lacks_its_core_is_left_out_alone(string yaml, string said) =>
        Assert.Contains(said, Bound.From(yaml).LeftOut.Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("model_list:")]
    [InlineData("model_list: []")]
    [InlineData("model_list: [null]")]
    [InlineData("general_settings:")]
    public void No_models_are_no_problem(string yaml)
    {
        var bound = Bound.From(yaml);

        bound.HasNoProblem();
        Assert.Empty(bound.Config.Deployments);
    }

    [Fact]
    public void A_map_of_models_is_an_error_that_shows_the_list()
    {
        var problem = Bound.From("model_list:\n  gpt: {model: openai/gpt}").Problem(BindingCodes.WrongType);

        Assert.Equal(ProblemSeverity.Error, problem.Severity);
        Assert.Contains("- model_name", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_litellm_s_own_goes_into_the_body_with_exact_numbers()
    {
        var item = Bound.Entry("""
            model: openai/gpt-4o
            api_key: k
            temperature: 0.10000000000000000001
            max_tokens: 4096
            reasoning_effort: high
            thinking: {type: enabled, budget_tokens: 1024}
            stop: ["\n\n", null]
            seed: 1e3
            top_p: .5
            extra_body:
              chat_template_kwargs: {enable_thinking: False}
              max_tokens: 8
            """).Only;

        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["chat_template_kwargs"] = """{"enable_thinking":false}""",
                ["max_tokens"] = "8",
                ["reasoning_effort"] = "\"high\"",
                ["seed"] = "1e3",
                ["stop"] = """["\n\n",null]""",
                ["temperature"] = "0.10000000000000000001",
                ["thinking"] = """{"type":"enabled","budget_tokens":1024}""",
                ["top_p"] = "0.5",
            },
            Text(item));
    }

    [Theory]
    [InlineData("supports_function_calling: true", "model_info.supports_function_calling")]
    [InlineData("max_output_tokens: 5", "model_info.max_output_tokens")]
    [InlineData("rpm_limit: 5", "rpm")]
    [InlineData("stream: true", null)]
    public void Names_that_mean_something_else_are_not_sent(string line, string? meant)
    {
        var bound = Bound.Entry($"model: openai/gpt-4o\napi_key: k\n{line}");

        Assert.Empty(bound.Only.DefaultParams);
        Assert.Equal(meant, bound.Problem(BindingCodes.ParameterIgnored).Suggestion);
    }

    [Fact]
    public void A_list_under_drop_params_is_explained()
    {
        var bound = Bound.Entry("model: openai/gpt-4o\napi_key: k\ndrop_params: [temperature]");

        Assert.Equal("additional_drop_params", bound.Problem(BindingCodes.WrongType).Suggestion);
        Assert.Equal(true, bound.Only.DropParams);
    }

    [Fact]
    public void Prices_of_the_parameters_win_over_those_of_model_info_and_stay_exact()
    {
        var item = Bound.From("""
            model_list:
              - model_name: m
                litellm_params: {model: openai/x, api_key: k, input_cost_per_token: 1e-06}
                model_info: {input_cost_per_token: 9, output_cost_per_token: 0.0000025, cache_read_input_token_cost: "2.5e-7"}
            """).Only;

        Assert.Equal(0.000001m, item.Prices["input_cost_per_token"]);
        Assert.Equal(0.0000025m, item.Prices["output_cost_per_token"]);
        Assert.Equal(0.00000025m, item.Prices["cache_read_input_token_cost"]);
        Assert.Empty(item.DefaultParams);
    }

    [Fact]
    public void Model_info_keeps_its_free_keys()
    {
        var info = Bound.From("""
            model_list:
              - model_name: m
                litellm_params: {model: azure/d, api_key: k, api_base: "https://x.openai.azure.com"}
                model_info:
                  mode: chat
                  base_model: azure/gpt-4o
                  max_input_tokens: 128000
                  max_tokens: 4096
                  supports_vision: true
                  supports_function_calling: "false"
                  access_groups: [beta]
                  quota: {day: 5}
            """).Only.Info;

        Assert.Equal(("chat", "azure/gpt-4o", 128_000L, 4096L), (info.Mode, info.BaseModel, info.MaxInputTokens, info.MaxOutputTokens));
        Assert.True(info.Supports["supports_vision"]);
        Assert.False(info.Supports["supports_function_calling"]);
        Assert.Equal(["beta"], info.AccessGroups);
        Assert.EndsWith("""  "quota":{"day":5}}"""[2..], Encoding.UTF8.GetString(info.Raw.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_does_not_depend_on_the_order_of_the_file_and_tells_different_keys_apart()
    {
        var one = Bound.Entry("model: openai/gpt-4o\napi_key: a\nrpm: 5\nextra_body: {x: 1, y: 2}").Only.Id;
        var turned = Bound.Entry("extra_body: {y: 2, x: 1}\nrpm: 5\napi_key: a\nmodel: openai/gpt-4o").Only.Id;
        var other = Bound.Entry("model: openai/gpt-4o\napi_key: b\nrpm: 5\nextra_body: {x: 1, y: 2}").Only.Id;

        Assert.Equal(64, one.Length);
        Assert.Equal(one, turned);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void Equal_entries_get_distinct_ids_and_a_repeated_written_id_is_told()
    {
        const string Entry = "  - model_name: m\n    litellm_params: {model: openai/gpt-4o, api_key: k}\n";
        var equal = Bound.From("model_list:\n" + Entry + Entry + Entry);
        var written = Bound.From("model_list:\n" + Entry + "    model_info: {id: east}\n" + Entry + "    model_info: {id: east}\n");

        equal.HasNoProblem();
        Assert.Equal(3, equal.Config.Deployments.Select(static item => item.Id).Distinct().Count());
        Assert.Equal(["east", "east-2"], written.Config.Deployments.Select(static item => item.Id));
        Assert.Single(written.Problems);
    }

    [Fact]
    public void Default_parameters_of_the_router_reach_every_entry_that_says_nothing_else()
    {
        var bound = Bound.From("""
            model_list:
              - model_name: a
                litellm_params: {model: openai/a, api_key: k, timeout: 5}
              - model_name: b
                litellm_params: {model: openai/b, api_key: k, temperature: null}
            router_settings:
              default_litellm_params: {timeout: 60, temperature: 0.2}
            """);

        Assert.Equal([5d, 60d], bound.Config.Deployments.Select(static item => item.Timeouts.Total?.TotalSeconds));
        Assert.All(bound.Config.Deployments, static item => Assert.Equal("0.2", Text(item)["temperature"]));
    }

    [Fact]
    public void Any_order_of_parameters_binds_to_the_same_deployment()
    {
        string[] lines =
        [
            "model: openai/gpt-4o", "api_key: k", "rpm: 3", "temperature: 0.5", "tags: [a, b]", "extra_body: {p: {q: [1, 2]}}", "timeout: 8", "weight: 1",
        ];
        var expected = Bound.Entry(string.Join('\n', lines)).Only;
        Gen.Shuffle(lines).Sample(shuffled =>
        {
            var item = Bound.Entry(string.Join('\n', shuffled)).Only;
            return item.Id == expected.Id && item.Rpm == 3 && Text(item).SequenceEqual(Text(expected));
        });
    }

    private static SortedDictionary<string, string> Text(DeploymentConfig item) =>
        new(item.DefaultParams.ToDictionary(static pair => pair.Key, static pair => Encoding.UTF8.GetString(pair.Value.Span)), StringComparer.Ordinal);
}
