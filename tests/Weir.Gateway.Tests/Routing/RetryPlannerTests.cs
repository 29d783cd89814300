using System.Collections.Immutable;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using Weir.Providers.Upstream;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class RetryPlannerTests
{
    private readonly AttemptTrail _trail = new();

    [Theory]
    [InlineData(FaultKind.ConnectFailed, true)]
    [InlineData(FaultKind.Timeout, true)]
    [InlineData(FaultKind.RateLimited, true)]
    [InlineData(FaultKind.ServerError, true)]
    [InlineData(FaultKind.BadGateway, true)]
    [InlineData(FaultKind.Unavailable, true)]
    [InlineData(FaultKind.BadResponse, true)]
    [InlineData(FaultKind.Authentication, true)]
    [InlineData(FaultKind.PermissionDenied, true)]
    [InlineData(FaultKind.NotFound, true)]
    [InlineData(FaultKind.AddressRefused, true)]
    [InlineData(FaultKind.CredentialUnavailable, true)]
    [InlineData(FaultKind.BadRequest, false)]
    [InlineData(FaultKind.ContextWindowExceeded, false)]
    [InlineData(FaultKind.ContentPolicyViolation, false)]
    [InlineData(FaultKind.Unprocessable, false)]
    public void With_another_deployment_at_hand_a_fault_is_retried_there_at_once(FaultKind kind, bool retried)
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        var plan = Next(setup, "a", kind);
        Assert.Equal((retried ? RetryAction.PickAnother : RetryAction.Stop, TimeSpan.Zero), (plan.Action, plan.Delay));
        if (retried)
        {
            Assert.Equal(["b"], setup.Reachable(new PickContext { Excluded = _trail.Tried }));
        }
    }

    [Theory]
    [InlineData(FaultKind.ConnectFailed, true)]
    [InlineData(FaultKind.ServerError, true)]
    [InlineData(FaultKind.Authentication, false)]
    [InlineData(FaultKind.PermissionDenied, false)]
    [InlineData(FaultKind.NotFound, false)]
    [InlineData(FaultKind.AddressRefused, false)]
    [InlineData(FaultKind.BadRequest, false)]
    public void An_only_deployment_is_asked_again_when_the_trouble_may_pass(FaultKind kind, bool retried)
    {
        var plan = Next(new RoutingSetup(Entry("a")), "a", kind);
        Assert.Equal((retried ? RetryAction.PickAnother : RetryAction.Stop, TimeSpan.Zero), (plan.Action, plan.Delay));
    }

    [Fact]
    public void Retries_end_when_the_budget_is_spent()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        Assert.Equal(RetryAction.PickAnother, Next(setup, "a", FaultKind.ServerError).Action);
        Assert.Equal(RetryAction.PickAnother, Next(setup, "b", FaultKind.ServerError).Action);
        Assert.Equal(["a"], setup.Reachable(new PickContext { Excluded = _trail.Tried }));
        Assert.Equal(RetryAction.Stop, Next(setup, "a", FaultKind.ServerError).Action);
        Assert.Equal((2, 2), (_trail.Retries, _trail.TotalRetries));

        _trail.EnterGroup();
        Assert.Equal(RetryAction.PickAnother, Next(setup, "a", FaultKind.ServerError).Action);
        Assert.Equal((1, 3), (_trail.Retries, _trail.TotalRetries));
    }

    [Fact]
    public void When_every_deployment_rests_there_is_nothing_to_retry()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        foreach (var id in new[] { "a", "b" })
        {
            CooldownPolicy.OnFailure(setup.Match().Group, setup.Deployment(id), Fault(FaultKind.RateLimited));
        }

        Assert.Equal(RetryAction.Stop, Next(setup, "b", FaultKind.RateLimited).Action);
    }

    [Fact]
    public void A_rate_limit_of_an_only_deployment_is_waited_out_in_growing_steps()
    {
        var setup = new RoutingSetup(new RouterConfig { Retries = 8 }, Entry("a"));
        double[] least = [0.5, 1, 2, 4, 8, 8, 8, 8];
        foreach (var seconds in least)
        {
            var plan = Next(setup, "a", FaultKind.RateLimited);
            Assert.Equal(RetryAction.PickAnother, plan.Action);
            Assert.InRange(plan.Delay.TotalSeconds, seconds, seconds + 0.75);
        }

        Assert.Equal(RetryAction.Stop, Next(setup, "a", FaultKind.RateLimited).Action);
    }

    [Theory]
    [InlineData(FaultKind.RateLimited, 4.0, 4.0, 4.4)]
    [InlineData(FaultKind.Unavailable, 4.0, 4.0, 4.4)]
    [InlineData(FaultKind.RateLimited, 60.0, 60.0, 66.0)]
    [InlineData(FaultKind.RateLimited, 86400.0, 0.5, 1.25)]
    [InlineData(FaultKind.ServerError, null, 0.0, 0.0)]
    public void The_upstream_s_wish_is_the_wait_as_long_as_it_is_within_the_cap(FaultKind kind, double? asked, double least, double most)
    {
        var plan = Next(new RoutingSetup(Entry("a")), "a", Fault(kind, asked));
        Assert.InRange(plan.Delay.TotalSeconds, least, most);
    }

    [Fact]
    public void Retry_after_of_the_config_is_the_shortest_wait_before_the_same_deployments()
    {
        var router = new RouterConfig { RetryAfter = TimeSpan.FromSeconds(3) };
        Assert.Equal(TimeSpan.FromSeconds(3), Next(new RoutingSetup(router, Entry("a")), "a", FaultKind.ServerError).Delay);
        Assert.Equal(TimeSpan.Zero, Next(new RoutingSetup(router, Entry("a"), Entry("b")), "a", FaultKind.ServerError).Delay);
    }

    [Fact]
    public void A_wait_that_the_request_has_no_time_for_is_not_begun()
    {
        var setup = new RoutingSetup(Entry("a"));
        var terms = new RetryTerms { Remaining = TimeSpan.FromSeconds(4) };
        Assert.Equal(RetryAction.Stop, Next(setup, "a", Fault(FaultKind.RateLimited, 4), terms).Action);
        Assert.Equal(RetryAction.PickAnother, Next(setup, "a", Fault(FaultKind.RateLimited, 3), terms).Action);
    }

    [Fact]
    public void A_long_wait_is_not_begun_when_a_fallback_can_serve_now()
    {
        var router = new RouterConfig { DefaultFallbacks = ["other"] };
        Assert.Equal(RetryAction.Stop, Next(new RoutingSetup(router, Entry("a")), "a", Fault(FaultKind.RateLimited, 30)).Action);
        Assert.Equal(RetryAction.PickAnother, Next(new RoutingSetup(router, Entry("a")), "a", Fault(FaultKind.RateLimited, 2)).Action);
        var disabled = new RetryTerms { Fallbacks = new FallbackTerms(null, Disabled: true) };
        Assert.Equal(RetryAction.PickAnother, Next(new RoutingSetup(router, Entry("a")), "a", Fault(FaultKind.RateLimited, 30), disabled).Action);
    }

    [Theory]
    [InlineData(null, null, null, null, 2)]
    [InlineData(null, 5, null, null, 5)]
    [InlineData(null, 5, 4, null, 4)]
    [InlineData(null, 5, 4, 3, 3)]
    [InlineData(1, 5, 4, 3, 1)]
    [InlineData(0, null, null, null, 0)]
    [InlineData(1000, null, null, null, RetryPlanner.MaxRequestedRetries)]
    [InlineData(1000, 20, null, null, 20)]
    [InlineData(-3, null, null, null, 0)]
    public void The_nearest_number_of_retries_counts(int? requested, int? deployment, int? policy, int? groupPolicy, int expected)
    {
        var router = new RouterConfig();
        if (policy is { } general)
        {
            router = router with { RetryPolicy = Policy(RetryClass.InternalServer, general) };
        }

        if (groupPolicy is { } own)
        {
            router = router with
            {
                GroupRetryPolicy = ImmutableDictionary<string, ImmutableDictionary<RetryClass, int>>.Empty.Add("m", Policy(RetryClass.InternalServer, own)),
            };
        }

        var setup = new RoutingSetup(router, Entry("a") with { Retries = deployment });
        Assert.Equal(expected, RetryPlanner.BudgetFor(setup.Match(), setup.Deployment("a"), FaultKind.ServerError, requested));
        Assert.Equal(
            requested is null ? deployment ?? 2 : Math.Clamp(requested.Value, 0, Math.Max(10, deployment ?? 0)),
            RetryPlanner.BudgetFor(setup.Match(), setup.Deployment("a"), FaultKind.RateLimited, requested));
    }

    [Fact]
    public void A_policy_of_zero_stops_retries_of_its_class_alone()
    {
        var setup = new RoutingSetup(new RouterConfig { RetryPolicy = Policy(RetryClass.Timeout, 0) }, Entry("a"), Entry("b"));
        Assert.Equal(RetryAction.Stop, Next(setup, "a", FaultKind.Timeout).Action);
        Assert.Equal(RetryAction.PickAnother, Next(setup, "a", FaultKind.ServerError).Action);
    }

    [Fact]
    public void A_caller_s_error_is_repeated_only_when_a_policy_names_it()
    {
        var wish = new RetryTerms { RequestedRetries = 5 };
        Assert.Equal(RetryAction.Stop, Next(new RoutingSetup(Entry("a"), Entry("b")), "a", Fault(FaultKind.BadRequest), wish).Action);
        var named = new RoutingSetup(new RouterConfig { RetryPolicy = Policy(RetryClass.BadRequest, 1) }, Entry("a"), Entry("b"));
        Assert.Equal(RetryAction.PickAnother, Next(named, "a", FaultKind.BadRequest).Action);
        Assert.Equal(RetryAction.Stop, Next(named, "b", FaultKind.BadRequest).Action);
    }

    [Fact]
    public void A_content_filter_s_refusal_never_goes_to_another_deployment()
    {
        var setup = new RoutingSetup(new RouterConfig { RetryPolicy = Policy(RetryClass.ContentPolicyViolation, 1) }, Entry("a"), Entry("b"));
        Assert.Equal(RetryAction.SameDeployment, Next(setup, "a", FaultKind.ContentPolicyViolation).Action);
        Assert.Equal(RetryAction.Stop, Next(setup, "a", FaultKind.ContentPolicyViolation).Action);
    }

    [Fact]
    public void A_list_made_for_the_fault_makes_a_retry_pointless()
    {
        var lists = ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add("m", ["other"]);
        var setup = new RoutingSetup(
            new RouterConfig
            {
                RetryPolicy = Policy(RetryClass.BadRequest, 3).Add(RetryClass.ContentPolicyViolation, 3),
                ContextWindowFallbacks = lists,
                ContentPolicyFallbacks = lists,
            },
            Entry("a"),
            Entry("b"));
        Assert.Equal(RetryAction.Stop, Next(setup, "a", FaultKind.ContextWindowExceeded).Action);
        Assert.Equal(RetryAction.Stop, Next(setup, "a", FaultKind.ContentPolicyViolation).Action);
        Assert.Equal(RetryAction.PickAnother, Next(setup, "a", FaultKind.BadRequest).Action);
    }

    [Fact]
    public void A_priority_level_is_left_after_its_retries_and_the_next_has_its_own()
    {
        var setup = new RoutingSetup(
            new RouterConfig { Retries = 1 },
            Entry("one") with { Order = 1 },
            Entry("two") with { Order = 2 },
            Entry("three") with { Order = 3 });
        var steps = new List<RetryAction>();
        var visited = new List<string>();
        var id = setup.Pick();
        do
        {
            visited.Add(id);
            steps.Add(Next(setup, id, FaultKind.ServerError).Action);
            if (steps[^1] != RetryAction.Stop)
            {
                id = setup.Pick(new PickContext { Excluded = _trail.Tried, AboveOrder = _trail.AboveOrder });
            }
        }
        while (steps[^1] != RetryAction.Stop);

        Assert.Equal(["one", "one", "two", "two", "three", "three"], visited);
    }

    [Fact]
    public void A_priority_level_whose_deployments_all_rest_is_left_at_once()
    {
        var setup = new RoutingSetup(Entry("one") with { Order = 1 }, Entry("two") with { Order = 2 });
        CooldownPolicy.OnFailure(setup.Match().Group, setup.Deployment("one"), Fault(FaultKind.RateLimited));
        Assert.Equal(RetryAction.NextOrder, Next(setup, "one", FaultKind.RateLimited).Action);
        Assert.Equal(["two"], setup.Reachable(new PickContext { Excluded = _trail.Tried, AboveOrder = _trail.AboveOrder }));
    }

    [Fact]
    public void A_caller_s_error_does_not_climb_the_priority_levels()
    {
        var setup = new RoutingSetup(Entry("one") with { Order = 1 }, Entry("two") with { Order = 2 });
        Assert.Equal(RetryAction.Stop, Next(setup, "one", FaultKind.ContentPolicyViolation).Action);
    }

    [Fact]
    public void A_deployment_asked_for_by_its_id_is_retried_alone()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        var plan = setup.Retries.Next(setup.Match("a"), default, _trail, setup.Deployment("a"), Fault(FaultKind.ServerError), default);
        Assert.Equal(RetryAction.PickAnother, plan.Action);
        Assert.Equal(["a"], setup.Reachable(new PickContext { Excluded = _trail.Tried }, "a"));
    }

    private static ImmutableDictionary<RetryClass, int> Policy(RetryClass named, int retries) =>
        ImmutableDictionary<RetryClass, int>.Empty.Add(named, retries);

    private RetryPlan Next(RoutingSetup setup, string failed, FaultKind kind) => Next(setup, failed, Fault(kind));

    private RetryPlan Next(RoutingSetup setup, string failed, UpstreamFault fault, RetryTerms terms = default) =>
        setup.Retries.Next(setup.Match(), default, _trail, setup.Deployment(failed), fault, terms);
}
