using Weir.Gateway.Config.Binding;
using Weir.Providers;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed class MasterKeyPolicyTests
{
    private const string Good = "sk-Zk3v9TqLw7";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("sk-1234")]
    [InlineData(" sk-1234 ")]
    public void Beyond_loopback_an_unset_empty_or_well_known_key_is_refused(string? key)
    {
        foreach (var host in new[] { "0.0.0.0", "::", "10.0.0.5", "weir.example", "*" })
        {
            var decision = Decide(key, host);

            Assert.NotNull(decision.Refusal);
            Assert.Contains("LITELLM_MASTER_KEY", decision.Refusal, StringComparison.Ordinal);
            Assert.False(decision.Generated);
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    [InlineData(null)]
    public void On_loopback_a_missing_key_is_made(string? host)
    {
        var decision = Decide(null, host);

        Assert.Null(decision.Refusal);
        Assert.True(decision.Generated);
        Assert.True(MasterKeyPolicy.IsLoopback(decision.Host));
        Assert.StartsWith("sk-", decision.Key?.Reveal(), StringComparison.Ordinal);
        Assert.NotEqual(decision.Key, Decide(null, host).Key);
    }

    [Fact]
    public void On_loopback_the_well_known_key_is_only_warned()
    {
        var decision = Decide("sk-1234", "127.0.0.1");

        Assert.Null(decision.Refusal);
        Assert.Equal("sk-1234", decision.Key?.Reveal());
        Assert.Single(decision.Warnings);
    }

    [Fact]
    public void The_default_is_every_address_with_a_key_and_loopback_without()
    {
        Assert.Equal("0.0.0.0", Decide(Good, null).Host);
        Assert.Equal("127.0.0.1", Decide(null, null).Host);
        Assert.NotNull(Decide("sk-1234", null).Refusal);
    }

    [Theory]
    [InlineData("sk-1234")]
    [InlineData("")]
    [InlineData("sk-your-key-here")]
    [InlineData("${LITELLM_MASTER_KEY}")]
    [InlineData("<master-key>")]
    public void An_injected_key_wins_over_a_placeholder(string written)
    {
        foreach (var name in MasterKeyPolicy.Variables)
        {
            var decision = Decide(written, "0.0.0.0", (name, Good));

            Assert.Null(decision.Refusal);
            Assert.Equal(Good, decision.Key?.Reveal());
            Assert.Equal(written.Length == 0 ? 0 : 1, decision.Warnings.Length);
        }
    }

    [Fact]
    public void A_key_of_one_s_own_in_the_file_wins_and_the_difference_is_told()
    {
        var decision = Decide(Good, "0.0.0.0", ("LITELLM_MASTER_KEY", "sk-other"));

        Assert.Equal(Good, decision.Key?.Reveal());
        Assert.Single(decision.Warnings);
        Assert.DoesNotContain(decision.Warnings, static item => item.Contains("sk-other", StringComparison.Ordinal) || item.Contains(Good, StringComparison.Ordinal));
    }

    [Fact]
    public void An_injected_well_known_key_is_as_weak_as_a_written_one() =>
        Assert.NotNull(Decide(null, "0.0.0.0", ("PROXY_MASTER_KEY", "sk-1234")).Refusal);

    [Theory]
    [InlineData(null)]
    [InlineData("sk-1234")]
    public void Who_permits_a_weak_key_gets_it_with_a_warning_each_time(string? key)
    {
        var decision = MasterKeyPolicy.Decide(key is null ? null : new Secret(key), static _ => null, "0.0.0.0", permitWeak: true);

        Assert.Null(decision.Refusal);
        Assert.Equal(key, decision.Key?.Reveal());
        Assert.Single(decision.Warnings);
    }

    [Theory]
    [InlineData("my-password", "sk-")]
    [InlineData("${MASTER_KEY}", "placeholder")]
    public void A_key_that_the_field_would_not_expect_is_warned(string key, string said)
    {
        var decision = Decide(key, "0.0.0.0");

        Assert.Null(decision.Refusal);
        Assert.Contains(said, Assert.Single(decision.Warnings), StringComparison.Ordinal);
    }

    private static MasterKeyDecision Decide(string? key, string? host, params (string Name, string Value)[] environment) =>
        MasterKeyPolicy.Decide(
            key is null ? null : new Secret(key), environment.ToDictionary(static item => item.Name, static item => item.Value).GetValueOrDefault, host, permitWeak: false);
}
