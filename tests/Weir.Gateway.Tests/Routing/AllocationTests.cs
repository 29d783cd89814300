using System.Collections.Immutable;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(RoutingStrategy.SimpleShuffle)]
    [InlineData(RoutingStrategy.LeastBusy)]
    [InlineData(RoutingStrategy.UsageBased)]
    [InlineData(RoutingStrategy.LatencyBased)]
    [InlineData(RoutingStrategy.CostBased)]
    public void Resolving_and_picking_allocate_nothing(RoutingStrategy strategy)
    {
        var router = new RouterConfig
        {
            Strategy = strategy,
            EnableTagFiltering = true,
            EnableHealthCheckRouting = true,
            EnablePreCallChecks = true,
            DefaultMaxParallelRequests = 100,
            Aliases = ImmutableDictionary<string, ModelAlias>.Empty.Add("alias", new ModelAlias("m", false)),
        };
        var setup = new RoutingSetup(
            router,
            Entry("a") with { Weight = 2, Tags = ["x"], Rpm = 1_000_000_000 },
            Entry("b") with { Weight = 1, Tags = ["x", "default"] },
            Entry("c") with { Weight = 1, Tags = ["y"] },
            Entry("w", "openai/*", "*"));
        string[] tags = ["x"];
        var name = "..alias..".AsSpan(2, 5).ToString().ToCharArray();
        Rounds(setup, name, tags, 2000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Rounds(setup, name, tags, 10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Rounds(RoutingSetup setup, char[] name, string[] tags, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var match = setup.Table.Resolve(name.AsSpan()).GetValueOrDefault();
            var result = setup.Picker.Pick(match, new PickContext { Tags = tags });
            if (!result.Picked)
            {
                throw new InvalidOperationException("Nothing was picked.");
            }

            _ = match.UpstreamModelFor(result.Deployment);
            result.Deployment.State.RecordSuccess(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(1), 10, 20);
            result.Deployment.State.End();
        }
    }
}
