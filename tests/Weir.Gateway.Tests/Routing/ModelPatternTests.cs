using System.Text.RegularExpressions;
using CsCheck;
using Weir.Gateway.Routing;

namespace Weir.Gateway.Tests.Routing;

public sealed class ModelPatternTests
{
    [Theory]
    [InlineData("openai/*", "*", "openai/gpt-4o", "gpt-4o")]
    [InlineData("*", "*", "gpt-4o", "gpt-4o")]
    [InlineData("bedrock/*", "anthropic.*", "bedrock/claude", "anthropic.claude")]
    [InlineData("llm/fo::*::static::*", "x/fo::*::static::*", "llm/fo::bar::static::baz", "x/fo::bar::static::baz")]
    [InlineData("*meta.llama3*", "*meta.llama3*", "hello-meta.llama3-70b", "hello-meta.llama3-70b")]
    [InlineData("openai/*", "gpt-4o", "openai/anything", "gpt-4o")]
    [InlineData("a/*/*", "b/*", "a/x/y", "a/x/y")]
    [InlineData("openai/*", "*", "openai/", "")]
    public void The_star_part_of_the_request_fills_the_star_of_the_target(string pattern, string target, string requested, string expected)
    {
        var compiled = new ModelPattern(pattern);
        Assert.True(compiled.Matches(requested));
        Assert.Equal(expected, compiled.Substitute(requested, target));
    }

    [Theory]
    [InlineData("openai/*", "openai")]
    [InlineData("openai/*", "azure/gpt")]
    [InlineData("*-mini", "gpt-4o")]
    [InlineData("a*a", "a")]
    [InlineData("a*b*c", "acb")]
    public void A_name_that_does_not_fit_does_not_match(string pattern, string name) => Assert.False(new ModelPattern(pattern).Matches(name));

    [Fact]
    public void Matching_agrees_with_a_regular_expression()
    {
        var letters = Gen.Char["ab/."].Array[0, 8].Select(c => new string(c));
        var patterns = Gen.Char["ab/.**"].Array[1, 7].Select(c => new string(c)).Where(ModelPattern.IsPattern);
        Gen.Select(patterns, letters).Sample(
            (pattern, name) =>
            {
                var expression = "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$";
                return new ModelPattern(pattern).Matches(name) == Regex.IsMatch(name, expression, RegexOptions.NonBacktracking);
            },
            iter: 5000);
    }

    [Fact]
    public void Filling_a_pattern_into_itself_gives_the_requested_name()
    {
        var parts = Gen.Char["ab/"].Array[0, 4].Select(c => new string(c));
        Gen.Select(Gen.Char["ab*"].Array[1, 6].Select(c => new string(c)).Where(ModelPattern.IsPattern), parts.Array[6]).Sample(
            (pattern, fill) =>
            {
                var next = 0;
                var name = string.Concat(pattern.Select(c => c == '*' ? fill[next++] : c.ToString()));
                return new ModelPattern(pattern).Substitute(name, pattern) == name;
            },
            iter: 5000);
    }
}
