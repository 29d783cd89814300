using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed class ModelReferenceTests
{
    private const string Models = """
        model_list:
          - {model_name: big, litellm_params: {model: openai/big, api_key: k}}
          - {model_name: small, litellm_params: {model: ollama/small}, model_info: {id: small-1}}
          - {model_name: "groq/*", litellm_params: {model: "groq/*", api_key: k}}
          - {model_name: lost, litellm_params: {model: cohere/claude, api_key: k}}

        """;

    [Theory]
    [InlineData("big")]
    [InlineData("small-1")]
    [InlineData("groq/llama")]
    [InlineData("alias")]
    public void A_target_may_be_a_group_an_id_a_pattern_or_an_alias(string target) =>
        Assert.DoesNotContain(
            Bound.From(Models + $"router_settings: {{model_group_alias: {{alias: small}}, fallbacks: [{{big: [{target}]}}]}}").Problems,
            static item => item.Code == BindingCodes.UnknownGroup);

    [Fact]
    public void A_target_that_nobody_defines_is_warned_where_it_stands()
    {
        var problem = Bound.From(Models + "router_settings:\n  fallbacks: [{big: [smal]}]").Problem(BindingCodes.UnknownGroup);

        Assert.Equal((ProblemSeverity.Warning, "'small'", 7, 22), (problem.Severity, problem.Suggestion, problem.Position.Line, problem.Position.Column));
    }

    [Fact]
    public void A_target_whose_entries_were_left_out_is_told_apart_from_an_unknown_one() =>
        Assert.Contains(
            "left out",
            Bound.From(Models + "router_settings: {fallbacks: [{big: [lost]}]}").Problem(BindingCodes.UnknownGroup).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("litellm_settings: {fallbacks: [{bigg: [small]}]}")]
    [InlineData("litellm_settings: {default_fallbacks: [nobody]}")]
    [InlineData("router_settings: {model_group_alias: {x: nobody}}")]
    [InlineData("general_settings: {completion_model: nobody}")]
    public void Groups_default_fallbacks_and_aliases_are_checked_too(string line) =>
        Bound.From(Models + line).Problem(BindingCodes.UnknownGroup);

    [Fact]
    public void A_star_stands_for_every_group() =>
        Bound.From("""
            model_list:
              - {model_name: big, litellm_params: {model: openai/big, api_key: k}}
            router_settings: {fallbacks: [{"*": [big]}]}
            """).HasNoProblem();

    [Fact]
    public void A_target_without_tools_or_schema_is_named_from_the_price_book()
    {
        var problems = Compare("fallbacks", new(null, true, true), new(null, false, false));

        Assert.Equal(2, problems.Count);
        Assert.All(problems, static item => Assert.Equal(ProblemSeverity.Warning, item.Severity));
        Assert.Contains("tools", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("JSON schema", problems[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fallbacks", 128_000, 8_000, ProblemSeverity.Info)]
    [InlineData("context_window_fallbacks", 128_000, 128_000, ProblemSeverity.Warning)]
    public void A_context_that_is_too_short_is_said(string list, int needs, int has, ProblemSeverity severity)
    {
        var problem = Assert.Single(Compare(list, new(needs, null, null), new(has, null, null)));

        Assert.Equal(severity, problem.Severity);
        Assert.Contains("128000", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fallbacks", 8_000, 8_000)]
    [InlineData("context_window_fallbacks", 8_000, 32_000)]
    public void A_context_that_is_long_enough_is_fine(string list, int needs, int has) =>
        Assert.Empty(Compare(list, new(needs, null, null), new(has, null, null)));

    [Fact]
    public void What_is_not_known_is_not_said() =>
        Assert.Empty(Compare("fallbacks", new(128_000, true, true), new(null, null, null)));

    [Fact]
    public void Model_info_wins_over_the_price_book()
    {
        var bound = Bound.From("""
            model_list:
              - {model_name: big, litellm_params: {model: openai/big, api_key: k}, model_info: {supports_function_calling: true, max_input_tokens: 1000}}
              - {model_name: small, litellm_params: {model: ollama/small}, model_info: {supports_function_calling: false, max_input_tokens: 2000}}
            router_settings: {fallbacks: [{big: [small]}]}
            """, static (_, _) => new ModelAbilities(5, null, null));

        Assert.Contains("tools", bound.Problem(BindingCodes.WeakFallback).Message, StringComparison.Ordinal);
    }

    private static List<ConfigProblem> Compare(string list, ModelAbilities big, ModelAbilities small) =>
        [.. Bound.From(Models + $"router_settings: {{{list}: [{{big: [small]}}]}}", (_, model) => model == "big" ? big : small)
            .Problems.Where(static item => item.Code == BindingCodes.WeakFallback)];
}
