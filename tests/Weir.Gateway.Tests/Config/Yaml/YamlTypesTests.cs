using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Tests.Config.Yaml;

/// <summary>The expected kinds are what PyYAML 6.0.3's safe loader resolves.</summary>
public sealed class YamlTypesTests
{
    [Theory]
    [InlineData("~", nameof(ScalarKind.Null))]
    [InlineData("null", nameof(ScalarKind.Null))]
    [InlineData("Null", nameof(ScalarKind.Null))]
    [InlineData("NULL", nameof(ScalarKind.Null))]
    [InlineData("nULL", nameof(ScalarKind.String))]
    [InlineData("true", nameof(ScalarKind.Bool))]
    [InlineData("True", nameof(ScalarKind.Bool))]
    [InlineData("TRUE", nameof(ScalarKind.Bool))]
    [InlineData("tRUE", nameof(ScalarKind.String))]
    [InlineData("yes", nameof(ScalarKind.Bool))]
    [InlineData("No", nameof(ScalarKind.Bool))]
    [InlineData("on", nameof(ScalarKind.Bool))]
    [InlineData("OFF", nameof(ScalarKind.Bool))]
    [InlineData("oN", nameof(ScalarKind.String))]
    [InlineData("y", nameof(ScalarKind.String))]
    [InlineData("n", nameof(ScalarKind.String))]
    [InlineData("0", nameof(ScalarKind.Int))]
    [InlineData("1", nameof(ScalarKind.Int))]
    [InlineData("-1", nameof(ScalarKind.Int))]
    [InlineData("+12", nameof(ScalarKind.Int))]
    [InlineData("010", nameof(ScalarKind.Int))]
    [InlineData("0o10", nameof(ScalarKind.String))]
    [InlineData("08", nameof(ScalarKind.String))]
    [InlineData("0x1F", nameof(ScalarKind.Int))]
    [InlineData("0b101", nameof(ScalarKind.Int))]
    [InlineData("1_000", nameof(ScalarKind.Int))]
    [InlineData("12:30", nameof(ScalarKind.Int))]
    [InlineData("12:60", nameof(ScalarKind.String))]
    [InlineData("1:2:3", nameof(ScalarKind.Int))]
    [InlineData("190:20:30", nameof(ScalarKind.Int))]
    [InlineData("1.5", nameof(ScalarKind.Float))]
    [InlineData("1.", nameof(ScalarKind.Float))]
    [InlineData(".5", nameof(ScalarKind.Float))]
    [InlineData("-.5", nameof(ScalarKind.String))]
    [InlineData("+.5", nameof(ScalarKind.String))]
    [InlineData("-1.5", nameof(ScalarKind.Float))]
    [InlineData("1e6", nameof(ScalarKind.String))]
    [InlineData("1e-06", nameof(ScalarKind.String))]
    [InlineData("1.0e-06", nameof(ScalarKind.Float))]
    [InlineData("1.0e6", nameof(ScalarKind.String))]
    [InlineData("1.5e+06", nameof(ScalarKind.Float))]
    [InlineData("1.5E-3", nameof(ScalarKind.Float))]
    [InlineData(".inf", nameof(ScalarKind.Float))]
    [InlineData("-.INF", nameof(ScalarKind.Float))]
    [InlineData(".nan", nameof(ScalarKind.Float))]
    [InlineData(".Nan", nameof(ScalarKind.String))]
    [InlineData("12:30.5", nameof(ScalarKind.Float))]
    [InlineData("2024-10-21", nameof(ScalarKind.Timestamp))]
    [InlineData("2024-1-2", nameof(ScalarKind.String))]
    [InlineData("2024-10-21T10:00:00Z", nameof(ScalarKind.Timestamp))]
    [InlineData("gpt-4o", nameof(ScalarKind.String))]
    [InlineData("sk-1234", nameof(ScalarKind.String))]
    [InlineData("1,000", nameof(ScalarKind.String))]
    [InlineData("0xZZ", nameof(ScalarKind.String))]
    [InlineData("--", nameof(ScalarKind.String))]
    [InlineData("+", nameof(ScalarKind.String))]
    [InlineData("-", nameof(ScalarKind.String))]
    [InlineData(".", nameof(ScalarKind.String))]
    [InlineData("1_", nameof(ScalarKind.Int))]
    [InlineData("_1", nameof(ScalarKind.String))]
    [InlineData("0_7", nameof(ScalarKind.Int))]
    [InlineData("0b", nameof(ScalarKind.String))]
    [InlineData("0x", nameof(ScalarKind.String))]
    [InlineData("1:60", nameof(ScalarKind.String))]
    [InlineData("60:1", nameof(ScalarKind.Int))]
    [InlineData("00", nameof(ScalarKind.Int))]
    [InlineData("-0", nameof(ScalarKind.Int))]
    [InlineData("+0x10", nameof(ScalarKind.Int))]
    [InlineData("127.0.0.1", nameof(ScalarKind.String))]
    [InlineData("1.2.3", nameof(ScalarKind.String))]
    [InlineData("2024-13", nameof(ScalarKind.String))]
    [InlineData("", nameof(ScalarKind.Null))]
    public void An_unquoted_scalar_has_the_kind_that_PyYAML_gives_it(string text, string kind)
    {
        Assert.Equal(kind, YamlTypes.Resolve(text).ToString());
    }

    [Theory]
    [InlineData("010", 8)]
    [InlineData("0x1F", 31)]
    [InlineData("-0b101", -5)]
    [InlineData("1_000", 1000)]
    [InlineData("12:30", 750)]
    [InlineData("-1:2:3", -3723)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void An_integer_has_the_value_that_PyYAML_gives_it(string text, long expected)
    {
        Assert.True(YamlTypes.TryReadInt(text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999999999999999999999")]
    [InlineData("9999999999:59:59:59:59:59:59:59:59:59:59:59:59")]
    public void An_integer_beyond_64_bits_is_not_read(string text)
    {
        Assert.Equal(ScalarKind.Int, YamlTypes.Resolve(text));
        Assert.False(YamlTypes.TryReadInt(text, out _));
    }

    [Theory]
    [InlineData("6379", true, 6379)]
    [InlineData("3.0", true, 3)]
    [InlineData("3.5", false, 0)]
    [InlineData("x", false, 0)]
    public void Text_from_a_variable_converts_to_a_number(string text, bool ok, long expected)
    {
        var scalar = new ConfigScalar(default, text, ScalarStyle.Quoted) { Variable = "X" };

        Assert.Equal(ok, scalar.TryGetLong(out var value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void Text_from_a_variable_converts_to_a_boolean_and_to_an_exact_price()
    {
        Assert.True(new ConfigScalar(default, "True", ScalarStyle.Quoted).TryGetBool(out var on) && on);
        Assert.False(new ConfigScalar(default, "yes", ScalarStyle.Quoted).TryGetBool(out _));
        Assert.True(new ConfigScalar(default, "1e-06", ScalarStyle.Plain).TryGetDecimal(out var price));
        Assert.Equal(0.000001m, price);
        Assert.True(new ConfigScalar(default, "0.5", ScalarStyle.Plain).TryGetSeconds(out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(500), wait);
        Assert.False(new ConfigScalar(default, "-1", ScalarStyle.Plain).TryGetSeconds(out _));
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("On", true)]
    [InlineData("TRUE", true)]
    [InlineData("off", false)]
    [InlineData("No", false)]
    [InlineData("False", false)]
    public void Every_spelling_of_a_boolean_has_its_value(string text, bool expected)
    {
        Assert.True(new ConfigScalar(default, text, ScalarStyle.Plain).TryGetBool(out var value));
        Assert.Equal(expected, value);
    }
}
