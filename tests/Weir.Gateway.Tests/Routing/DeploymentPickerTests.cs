using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class DeploymentPickerTests
{
    [Fact]
    public void A_pick_counts_the_call_as_begun_and_says_what_it_chose_from()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"), Entry("c"));
        setup.Deployment("c").State.StartCooldown(TimeSpan.FromSeconds(5));
        var result = setup.Picker.Pick(setup.Match(), new PickContext { Excluded = [setup.Deployment("a")] });
        Assert.True(result.Picked);
        Assert.Equal("b", result.Deployment.Id);
        Assert.Equal(1, result.Deployment.State.InFlight);
        Assert.Equal(new PickCounts { Total = 3, Excluded = 1, Cooling = 1, Eligible = 1 }, result.Counts);
    }

    [Fact]
    public void All_cooling_says_when_the_first_is_back()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        setup.Deployment("a").State.StartCooldown(TimeSpan.FromSeconds(30));
        setup.Deployment("b").State.StartCooldown(TimeSpan.FromSeconds(7));
        var refusal = setup.Refusal();
        Assert.Equal(NoDeploymentKind.AllCooling, refusal.Kind);
        Assert.Equal("m", refusal.Model);
        Assert.Equal(TimeSpan.FromSeconds(7), refusal.RetryAfter);
        Assert.Equal(["a", "b"], refusal.CoolingIds);

        setup.Time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(["b"], setup.Reachable());
    }

    [Fact]
    public void When_all_were_tried_the_pick_is_exhausted()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        var refusal = setup.Refusal(new PickContext { Excluded = [setup.Deployment("a"), setup.Deployment("b")] });
        Assert.Equal(NoDeploymentKind.Exhausted, refusal.Kind);
    }

    [Fact]
    public void Calls_in_flight_stay_within_the_limit()
    {
        var setup = new RoutingSetup(
            new RouterConfig { DefaultMaxParallelRequests = 2 }, Entry("a"), Entry("b") with { MaxParallelRequests = 1 });
        var begun = Enumerable.Range(0, 3).Select(_ => setup.Begin()).Order().ToArray();
        Assert.Equal(["a", "a", "b"], begun);
        var refusal = setup.Refusal();
        Assert.Equal(NoDeploymentKind.OverLimit, refusal.Kind);
        Assert.Equal(TimeSpan.FromSeconds(1), refusal.RetryAfter);

        setup.Deployment("b").State.End();
        Assert.Equal("b", setup.Begin());
    }

    [Theory]
    [InlineData(RoutingStrategy.UsageBased, false, true)]
    [InlineData(RoutingStrategy.SimpleShuffle, true, true)]
    [InlineData(RoutingStrategy.SimpleShuffle, false, false)]
    [InlineData(RoutingStrategy.LeastBusy, false, false)]
    public void Requests_per_minute_are_a_limit_only_where_rates_count(RoutingStrategy strategy, bool preCallChecks, bool limited)
    {
        var setup = new RoutingSetup(
            new RouterConfig { Strategy = strategy, EnablePreCallChecks = preCallChecks }, Entry("a") with { Rpm = 2 });
        setup.Time.Advance(TimeSpan.FromSeconds(20));
        setup.Pick();
        setup.Pick();
        var third = setup.Picker.Pick(setup.Match(), default);
        Assert.Equal(limited, !third.Picked);
        if (third.Refusal is { } refusal)
        {
            Assert.Equal(NoDeploymentKind.OverLimit, refusal.Kind);
            Assert.Equal(TimeSpan.FromSeconds(40), refusal.RetryAfter);
            setup.Time.Advance(TimeSpan.FromSeconds(40));
            Assert.Equal("a", setup.Pick());
        }
    }

    [Fact]
    public void Tokens_per_minute_are_a_limit_and_the_prompt_counts_towards_it()
    {
        var setup = new RoutingSetup(
            new RouterConfig { EnablePreCallChecks = true }, Entry("a") with { Tpm = 100 }, Entry("b") with { Tpm = 10_000 });
        var prompt = new Prompt(51);
        setup.Deployment("a").State.AddTokens(50);
        Assert.Equal(["b"], setup.Reachable(new PickContext { Prompt = prompt }));
        Assert.Equal(["a", "b"], setup.Reachable(new PickContext { Prompt = new Prompt(50) }));
        Assert.Equal(300, prompt.Asked);
    }

    [Fact]
    public void The_prompt_is_not_measured_when_no_candidate_has_a_limit_on_it()
    {
        var prompt = new Prompt(1);
        new RoutingSetup(new RouterConfig { EnablePreCallChecks = true }, Entry("a"), Entry("b") with { Rpm = 5 }).Pick(new PickContext { Prompt = prompt });
        new RoutingSetup(Entry("a") with { Tpm = 5, Info = new ModelInfoConfig { MaxInputTokens = 5 } }).Pick(new PickContext { Prompt = prompt });
        Assert.Equal(0, prompt.Asked);
    }

    [Fact]
    public void A_prompt_goes_only_where_it_fits()
    {
        var setup = new RoutingSetup(new RouterConfig { EnablePreCallChecks = true }, Window("small", 10), Window("large", 100), Entry("unknown"));
        Assert.Equal(["large", "small", "unknown"], setup.Reachable(new PickContext { Prompt = new Prompt(10) }));
        Assert.Equal(["large", "unknown"], setup.Reachable(new PickContext { Prompt = new Prompt(11) }));
    }

    [Fact]
    public void A_prompt_that_fits_nowhere_is_told_the_largest_window()
    {
        var setup = new RoutingSetup(new RouterConfig { EnablePreCallChecks = true }, Window("small", 10), Window("large", 100));
        var refusal = setup.Refusal(new PickContext { Prompt = new Prompt(101) });
        Assert.Equal((NoDeploymentKind.ContextWindow, 100, 101), (refusal.Kind, refusal.MaxInputTokens, refusal.PromptTokens));
    }

    [Fact]
    public void A_prompt_that_fits_only_a_resting_deployment_is_told_to_wait()
    {
        var setup = new RoutingSetup(new RouterConfig { EnablePreCallChecks = true }, Window("small", 10), Window("large", 100));
        setup.Deployment("large").State.StartCooldown(TimeSpan.FromSeconds(9));
        var refusal = setup.Refusal(new PickContext { Prompt = new Prompt(50) });
        Assert.Equal((NoDeploymentKind.AllCooling, TimeSpan.FromSeconds(9)), (refusal.Kind, refusal.RetryAfter));
        Assert.Equal(NoDeploymentKind.ContextWindow, setup.Refusal(new PickContext { Prompt = new Prompt(500) }).Kind);
    }

    [Fact]
    public void The_lowest_order_with_a_usable_deployment_is_used_and_none_comes_last()
    {
        var setup = new RoutingSetup(Entry("none"), Entry("two") with { Order = 2 }, Entry("one-a") with { Order = 1 }, Entry("one-b") with { Order = 1 });
        Assert.Equal(["one-a", "one-b"], setup.Reachable());
        setup.Deployment("one-a").State.StartCooldown(TimeSpan.FromMinutes(1));
        Assert.Equal(["one-b"], setup.Reachable());
        Assert.Equal(["two"], setup.Reachable(new PickContext { AboveOrder = 1 }));
        Assert.Equal(["two"], setup.Reachable(new PickContext { Excluded = [setup.Deployment("one-b")] }));
        Assert.Equal(["none"], setup.Reachable(new PickContext { AboveOrder = 2 }));
        Assert.Equal(NoDeploymentKind.Exhausted, setup.Refusal(new PickContext { AboveOrder = int.MaxValue }).Kind);
    }

    [Fact]
    public void What_the_last_probe_found_down_is_left_out_unless_all_are_down()
    {
        var setup = new RoutingSetup(
            new RouterConfig { EnableHealthCheckRouting = true, HealthCheckStaleness = TimeSpan.FromMinutes(10) }, Entry("a"), Entry("b"));
        setup.Deployment("a").State.RecordProbe(healthy: false);
        Assert.Equal(["b"], setup.Reachable());
        setup.Deployment("b").State.RecordProbe(healthy: false);
        Assert.Equal(["a", "b"], setup.Reachable());
        setup.Deployment("a").State.RecordProbe(healthy: true);
        Assert.Equal(["a"], setup.Reachable());
        setup.Time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromTicks(1));
        Assert.Equal(["a", "b"], setup.Reachable());
    }

    [Fact]
    public void Probes_do_not_route_unless_the_config_says_so()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        setup.Deployment("a").State.RecordProbe(healthy: false);
        Assert.Equal(["a", "b"], setup.Reachable());
    }

    [Fact]
    public void A_deployment_asked_for_by_id_is_used_though_it_rests_but_not_over_its_limit()
    {
        var setup = new RoutingSetup(
            new RouterConfig { EnableTagFiltering = true, EnableHealthCheckRouting = true },
            Entry("a") with { MaxParallelRequests = 1, Tags = ["x"] },
            Entry("b"));
        setup.Deployment("a").State.StartCooldown(TimeSpan.FromMinutes(1));
        Assert.Equal("a", setup.Begin(new PickContext { Tags = ["y"] }, "a"));
        Assert.Equal(NoDeploymentKind.OverLimit, setup.Refusal(default, "a").Kind);
    }

    [Fact]
    public void Another_call_on_the_same_deployment_ignores_its_rest_but_not_its_limit()
    {
        var setup = new RoutingSetup(Entry("a") with { MaxParallelRequests = 1 }, Entry("b"));
        var a = setup.Deployment("a");
        a.State.StartCooldown(TimeSpan.FromMinutes(1));
        Assert.Same(a, setup.Picker.PickAgain(setup.Match(), a).Deployment);
        Assert.Equal(NoDeploymentKind.OverLimit, setup.Picker.PickAgain(setup.Match(), a).Refusal?.Kind);
    }

    [Fact]
    public void A_group_larger_than_the_stack_buffer_is_picked_from_whole()
    {
        var setup = new RoutingSetup(Enumerable.Range(0, 200).Select(i => Entry($"d{i}")).ToArray());
        var seen = new HashSet<string>();
        for (var i = 0; i < 5000; i++)
        {
            seen.Add(setup.Pick());
        }

        Assert.Equal(200, seen.Count);
    }

    private static DeploymentConfig Window(string id, long tokens) => Entry(id) with { Info = new ModelInfoConfig { MaxInputTokens = tokens } };

    private sealed class Prompt(long tokens) : IPromptSize
    {
        public int Asked { get; private set; }

        public long EstimateTokens()
        {
            Asked++;
            return tokens;
        }
    }
}
