using System.Collections.Immutable;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using Weir.Providers.Upstream;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class CooldownPolicyTests
{
    [Fact]
    public void Every_kind_of_fault_has_its_row()
    {
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            var blame = FaultClass.BlameOf(kind);
            _ = FaultClass.PolicyOf(kind);
            Assert.False(blame == FaultBlame.Caller && FaultClass.CoolsAtOnce(kind));
        }
    }

    [Theory]
    [InlineData(FaultKind.RateLimited, true)]
    [InlineData(FaultKind.Authentication, true)]
    [InlineData(FaultKind.NotFound, true)]
    [InlineData(FaultKind.Timeout, true)]
    [InlineData(FaultKind.ServerError, false)]
    [InlineData(FaultKind.ConnectFailed, false)]
    [InlineData(FaultKind.Unavailable, false)]
    [InlineData(FaultKind.PermissionDenied, false)]
    [InlineData(FaultKind.BadRequest, false)]
    [InlineData(FaultKind.ContextWindowExceeded, false)]
    [InlineData(FaultKind.ContentPolicyViolation, false)]
    [InlineData(FaultKind.Unprocessable, false)]
    public void Some_faults_rest_a_deployment_at_once(FaultKind kind, bool cools)
    {
        var setup = Pair(new RouterConfig());
        var decision = Fail(setup, kind);
        Assert.Equal(cools, decision.Began);
        Assert.Equal(cools ? CooldownReason.Status : CooldownReason.None, decision.Reason);
        Assert.Equal(cools ? TimeSpan.FromSeconds(5) : TimeSpan.Zero, setup.Deployment("a").State.CooldownRemaining);
    }

    [Theory]
    [InlineData(4, 4, false)]
    [InlineData(5, 5, true)]
    [InlineData(3, 6, false)]
    [InlineData(4, 7, true)]
    public void More_than_half_of_a_fair_sample_rests_it(int failures, int calls, bool cools)
    {
        var setup = Pair(new RouterConfig());
        Succeed(setup, calls - failures);
        CooldownDecision last = default;
        for (var i = 0; i < failures; i++)
        {
            last = Fail(setup, FaultKind.ServerError);
        }

        Assert.Equal(cools ? CooldownReason.FailingShare : CooldownReason.None, last.Reason);
    }

    [Fact]
    public void The_share_counts_this_minute_only()
    {
        var setup = Pair(new RouterConfig());
        for (var i = 0; i < 4; i++)
        {
            Fail(setup, FaultKind.ServerError);
        }

        setup.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(CooldownReason.None, Fail(setup, FaultKind.ServerError).Reason);
    }

    [Fact]
    public void Caller_errors_never_rest_a_deployment_however_many()
    {
        var setup = Pair(new RouterConfig { AllowedFails = 0, AllowedFailsPolicy = ImmutableDictionary<RetryClass, int>.Empty.Add(RetryClass.BadRequest, 0) });
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(default, Fail(setup, FaultKind.BadRequest));
            Assert.Equal(default, Fail(setup, FaultKind.ContentPolicyViolation));
        }

        Assert.Equal(0, setup.Deployment("a").State.Snapshot().Failures);
    }

    [Fact]
    public void Allowed_fails_takes_the_place_of_the_share()
    {
        var setup = Pair(new RouterConfig { AllowedFails = 6 });
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(CooldownReason.None, Fail(setup, FaultKind.ServerError).Reason);
        }

        Assert.Equal(CooldownReason.AllowedFails, Fail(setup, FaultKind.ServerError).Reason);
    }

    [Fact]
    public void Allowed_fails_zero_rests_at_the_first_failure() =>
        Assert.True(Fail(Pair(new RouterConfig { AllowedFails = 0 }), FaultKind.ServerError).Began);

    [Fact]
    public void A_class_that_the_policy_names_goes_by_its_number_alone()
    {
        var setup = Pair(new RouterConfig { AllowedFailsPolicy = ImmutableDictionary<RetryClass, int>.Empty.Add(RetryClass.RateLimit, 2) });
        Assert.False(Fail(setup, FaultKind.RateLimited).Began);
        Assert.False(Fail(setup, FaultKind.RateLimited).Began);
        Assert.True(Fail(setup, FaultKind.RateLimited).Began);
        Assert.True(Fail(setup, FaultKind.Timeout, "b").Began);
    }

    [Theory]
    [InlineData(2.0, null, 2)]
    [InlineData(30.0, null, 30)]
    [InlineData(86400.0, null, 60)]
    [InlineData(0.0, null, 5)]
    [InlineData(-1.0, null, 5)]
    [InlineData(null, 17.0, 17)]
    [InlineData(3.0, 17.0, 3)]
    [InlineData(86400.0, 300.0, 300)]
    public void Retry_after_is_honoured_and_capped(double? asked, double? own, double expected)
    {
        var setup = new RoutingSetup(
            Entry("a") with { Cooldown = own is { } seconds ? TimeSpan.FromSeconds(seconds) : null }, Entry("b"));
        var decision = CooldownPolicy.OnFailure(setup.Match().Group, setup.Deployment("a"), Fault(FaultKind.RateLimited, asked));
        Assert.Equal(TimeSpan.FromSeconds(expected), decision.Duration);
        setup.Time.Advance(TimeSpan.FromSeconds(expected) - TimeSpan.FromTicks(1));
        Assert.Equal(["b"], setup.Reachable());
        setup.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["a", "b"], setup.Reachable());
    }

    [Fact]
    public void The_only_deployment_of_a_group_does_not_rest()
    {
        var setup = new RoutingSetup(Entry("a"));
        Assert.Equal(default, Fail(setup, FaultKind.RateLimited));
        Assert.Equal("a", setup.Pick());
    }

    [Fact]
    public void A_deployment_called_by_its_id_rests_when_its_group_has_others()
    {
        var setup = Pair(new RouterConfig());
        Assert.True(CooldownPolicy.OnFailure(setup.Match("a").Group, setup.Deployment("a"), Fault(FaultKind.RateLimited)).Began);
        Assert.Equal(["b"], setup.Reachable());
    }

    [Fact]
    public void Cooldowns_can_be_turned_off() =>
        Assert.Equal(default, Fail(Pair(new RouterConfig { DisableCooldowns = true }), FaultKind.RateLimited));

    [Fact]
    public void A_cooldown_begins_once_and_a_shorter_one_does_not_cut_it()
    {
        var setup = Pair(new RouterConfig());
        Assert.True(CooldownPolicy.OnFailure(setup.Match().Group, setup.Deployment("a"), Fault(FaultKind.RateLimited, 40)).Began);
        Assert.False(CooldownPolicy.OnFailure(setup.Match().Group, setup.Deployment("a"), Fault(FaultKind.RateLimited, 1)).Began);
        Assert.Equal(TimeSpan.FromSeconds(40), setup.Deployment("a").State.CooldownRemaining);
    }

    private static RoutingSetup Pair(RouterConfig router) => new(router, Entry("a"), Entry("b"));

    private static CooldownDecision Fail(RoutingSetup setup, FaultKind kind, string id = "a") =>
        CooldownPolicy.OnFailure(setup.Match().Group, setup.Deployment(id), Fault(kind));

    private static void Succeed(RoutingSetup setup, int times)
    {
        for (var i = 0; i < times; i++)
        {
            setup.Deployment("a").State.RecordSuccess(TimeSpan.FromSeconds(1), null, 1, 1);
        }
    }
}
