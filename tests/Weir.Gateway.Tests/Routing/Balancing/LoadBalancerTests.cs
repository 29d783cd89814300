using System.Collections.Immutable;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using Weir.Gateway.Routing.Balancing;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing.Balancing;

public sealed class LoadBalancerTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Every_strategy_is_listed()
    {
        foreach (var strategy in Enum.GetValues<RoutingStrategy>())
        {
            Assert.Equal(strategy, LoadBalancers.For(strategy).Strategy);
        }
    }

    [Theory]
    [InlineData("weight", 9.0, 1.0, 0.9)]
    [InlineData("weight", 1.0, 1.0, 0.5)]
    [InlineData("weight", 0.25, 0.75, 0.25)]
    [InlineData("rpm", 600.0, 200.0, 0.75)]
    [InlineData("tpm", 1000.0, 4000.0, 0.2)]
    [InlineData("none", 0.0, 0.0, 0.5)]
    [InlineData("weight", 0.0, 0.0, 0.5)]
    [InlineData("weight", 5.0, 0.0, 1.0)]
    public void Shuffle_gives_each_its_share(string measure, double first, double second, double expected)
    {
        DeploymentConfig With(string id, double value) => measure switch
        {
            "weight" => Entry(id) with { Weight = value },
            "rpm" => Entry(id) with { Rpm = (long)value },
            "tpm" => Entry(id) with { Tpm = (long)value },
            _ => Entry(id),
        };
        Assert.InRange(ShareOfFirst(new RoutingSetup(With("a", first), With("b", second))), expected - 0.02, expected + 0.02);
    }

    [Fact]
    public void Weight_goes_before_rpm_and_rpm_before_tpm()
    {
        var byWeight = new RoutingSetup(Entry("a") with { Weight = 3, Rpm = 1, Tpm = 1 }, Entry("b") with { Weight = 1, Rpm = 99, Tpm = 99 });
        Assert.InRange(ShareOfFirst(byWeight), 0.73, 0.77);
        var byRpm = new RoutingSetup(Entry("a") with { Rpm = 3, Tpm = 1 }, Entry("b") with { Rpm = 1, Tpm = 99 });
        Assert.InRange(ShareOfFirst(byRpm), 0.73, 0.77);
    }

    [Fact]
    public void A_deployment_without_a_weight_serves_when_the_weighted_ones_rest()
    {
        var setup = new RoutingSetup(Entry("weighted") with { Weight = 1 }, Entry("bare"));
        Assert.Equal(["weighted"], setup.Reachable());
        setup.Deployment("weighted").State.StartCooldown(TimeSpan.FromSeconds(1));
        Assert.Equal(["bare"], setup.Reachable());
    }

    [Fact]
    public void Least_busy_picks_the_fewest_calls_in_flight_and_shares_between_equals()
    {
        var setup = Of(RoutingStrategy.LeastBusy, Entry("a"), Entry("b"), Entry("c"));
        for (var i = 0; i < 30; i++)
        {
            setup.Begin();
        }

        Assert.All(new[] { "a", "b", "c" }, id => Assert.Equal(10, setup.Deployment(id).State.InFlight));
        setup.Deployment("b").State.End();
        Assert.Equal(["b"], setup.Reachable());
        setup.Begin();
        Assert.Equal(["a", "b", "c"], setup.Reachable());
    }

    [Fact]
    public void Usage_based_picks_the_fewest_tokens_of_this_minute()
    {
        var setup = Of(RoutingStrategy.UsageBased, Entry("a"), Entry("b"));
        setup.Deployment("a").State.RecordSuccess(TimeSpan.FromSeconds(1), null, 10, 100);
        setup.Deployment("b").State.RecordSuccess(TimeSpan.FromSeconds(1), null, 10, 99);
        Assert.Equal(["b"], setup.Reachable());
        setup.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["a", "b"], setup.Reachable());
    }

    [Fact]
    public void Cost_based_picks_the_cheapest_and_takes_an_unknown_price_for_a_dollar()
    {
        var setup = Of(RoutingStrategy.CostBased, Priced("dear", 0.9m, 1.2m), Priced("cheap", 0.000001m, 0.000002m), Entry("unknown"));
        Assert.Equal(["cheap"], setup.Reachable());
        setup.Deployment("cheap").State.StartCooldown(TimeSpan.FromMinutes(1));
        Assert.Equal(["unknown"], setup.Reachable());
        setup.Deployment("unknown").State.StartCooldown(TimeSpan.FromMinutes(1));
        Assert.Equal(["dear"], setup.Reachable());
    }

    [Fact]
    public void Latency_based_picks_the_fastest_per_answer_token()
    {
        var setup = Of(RoutingStrategy.LatencyBased, Entry("a"), Entry("b"));
        Sample(setup, "a", seconds: 2, tokens: 10);
        Sample(setup, "b", seconds: 3, tokens: 100);
        Assert.Equal(["b"], setup.Reachable());
    }

    [Fact]
    public void Latency_based_looks_at_the_first_token_when_the_answer_streams()
    {
        var setup = Of(RoutingStrategy.LatencyBased, Entry("a"), Entry("b"));
        setup.Deployment("a").State.RecordSuccess(TimeSpan.FromSeconds(9), TimeSpan.FromMilliseconds(100), 1, 1);
        setup.Deployment("b").State.RecordSuccess(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(900), 1, 1);
        Assert.Equal(["a"], setup.Reachable(new PickContext { Streaming = true }));
        Assert.Equal(["b"], setup.Reachable());
    }

    [Fact]
    public void Latency_within_the_buffer_counts_as_equal()
    {
        var router = new RouterConfig { Strategy = RoutingStrategy.LatencyBased, LowestLatencyBuffer = 0.5 };
        var setup = new RoutingSetup(router, Entry("a"), Entry("b"), Entry("c"));
        Sample(setup, "a", 2, 1);
        Sample(setup, "b", 3, 1);
        Sample(setup, "c", 3.01, 1);
        Assert.Equal(["a", "b"], setup.Reachable());
    }

    [Fact]
    public void Latency_samples_expire_and_only_the_last_ten_count()
    {
        var router = new RouterConfig { Strategy = RoutingStrategy.LatencyBased, LatencyTtl = TimeSpan.FromMinutes(1) };
        var setup = new RoutingSetup(router, Entry("a"), Entry("b"));
        Sample(setup, "a", 100, 1);
        for (var i = 0; i < LatencyRing.Size; i++)
        {
            Sample(setup, "a", 1, 1);
        }

        Sample(setup, "b", 2, 1);
        Assert.Equal(["a"], setup.Reachable());
        setup.Time.Advance(TimeSpan.FromSeconds(59));
        Sample(setup, "a", 1, 1);
        setup.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["b"], setup.Reachable());
    }

    [Fact]
    public void An_unknown_deployment_is_tried_first_but_draws_one_call_at_a_time()
    {
        var setup = Of(RoutingStrategy.LatencyBased, Entry("known"), Entry("new"));
        Sample(setup, "known", 1, 1);
        Assert.Equal("new", setup.Begin());
        Assert.Equal(["known", "new"], setup.Reachable());
    }

    [Fact]
    public void An_unknown_deployment_that_fails_does_not_draw_all_traffic()
    {
        var setup = Of(RoutingStrategy.LatencyBased, Entry("known"), Entry("broken"));
        Sample(setup, "known", 1, 1);
        setup.Deployment("broken").State.RecordFailure(RetryClass.InternalServer);
        Assert.Equal(["broken", "known"], setup.Reachable());
    }

    [Fact]
    public void A_call_that_ran_into_its_limit_makes_its_deployment_slow()
    {
        var setup = Of(RoutingStrategy.LatencyBased, Entry("hangs"), Entry("steady"));
        Sample(setup, "hangs", 1, 1);
        Sample(setup, "steady", 2, 1);
        setup.Deployment("hangs").State.RecordTimeoutLatency(TimeSpan.FromSeconds(60), streaming: false);
        Assert.Equal(["steady"], setup.Reachable());
    }

    private static RoutingSetup Of(RoutingStrategy strategy, params DeploymentConfig[] entries) =>
        new(new RouterConfig { Strategy = strategy }, entries);

    private static DeploymentConfig Priced(string id, decimal input, decimal output) => Entry(id) with
    {
        Prices = ImmutableDictionary<string, decimal>.Empty.Add("input_cost_per_token", input).Add("output_cost_per_token", output),
    };

    private static void Sample(RoutingSetup setup, string id, double seconds, long tokens) =>
        setup.Deployment(id).State.RecordSuccess(TimeSpan.FromSeconds(seconds), null, tokens, tokens);

    private static double ShareOfFirst(RoutingSetup setup)
    {
        var first = 0;
        for (var i = 0; i < Draws; i++)
        {
            first += setup.Pick() == "a" ? 1 : 0;
        }

        return (double)first / Draws;
    }
}
