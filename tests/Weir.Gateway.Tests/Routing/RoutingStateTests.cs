using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class RoutingStateTests
{
    [Fact]
    public void State_survives_a_reload_under_its_id()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        setup.Deployment("a").State.StartCooldown(TimeSpan.FromMinutes(5));
        var before = setup.Deployment("a");
        setup.Load(new RouterConfig { Strategy = RoutingStrategy.LeastBusy }, Entry("a") with { Weight = 3 }, Entry("b"));
        Assert.NotSame(before, setup.Deployment("a"));
        Assert.Same(before.State, setup.Deployment("a").State);
        Assert.Equal(["b"], setup.Reachable());
    }

    [Fact]
    public void The_state_of_a_removed_deployment_is_dropped_when_its_last_call_ends()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        var a = setup.Deployment("a").State;
        setup.Picker.PickAgain(setup.Match(), setup.Deployment("a"));
        setup.Load(new RouterConfig(), Entry("c"));
        Assert.Null(setup.State.Find("b"));
        Assert.Same(a, setup.State.Find("a"));
        a.End();
        Assert.Null(setup.State.Find("a"));
        Assert.Equal(["c"], setup.State.All.Select(s => s.Id));
    }

    [Fact]
    public void A_deployment_that_comes_back_while_calls_are_in_flight_has_its_old_state()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        var a = setup.Deployment("a").State;
        setup.Picker.PickAgain(setup.Match(), setup.Deployment("a"));
        setup.Load(new RouterConfig(), Entry("b"));
        setup.Load(new RouterConfig(), Entry("a") with { MaxParallelRequests = 1 });
        Assert.Same(a, setup.Deployment("a").State);
        Assert.Equal(NoDeploymentKind.OverLimit, setup.Refusal().Kind);
        a.End();
        Assert.Same(a, setup.State.Find("a"));
        Assert.Equal("a", setup.Pick());
    }

    [Fact]
    public void A_table_that_never_comes_into_force_changes_nothing()
    {
        var setup = new RoutingSetup(Entry("a"));
        var config = new GatewayConfig { Deployments = [Entry("z")] };
        RoutingTable.Build(config, setup.State, static (entry, state) => new Deployment(entry, state));
        Assert.Equal("a", setup.Pick());
        setup.Load(new RouterConfig(), Entry("a"));
        Assert.Null(setup.State.Find("z"));
    }
}
