using System.Collections.Immutable;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using Weir.Providers.Upstream;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class FallbackTests
{
    private static readonly ImmutableDictionary<string, ImmutableArray<string>> None = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    private static readonly DeploymentConfig[] Groups =
        [Entry("1", "a"), Entry("2", "b"), Entry("3", "c"), Entry("4", "d"), Entry("w", "x/*", "*")];

    [Theory]
    [InlineData(FaultKind.ServerError, "b")]
    [InlineData(FaultKind.RateLimited, "b")]
    [InlineData(FaultKind.BadRequest, "b")]
    [InlineData(FaultKind.ContextWindowExceeded, "c")]
    [InlineData(FaultKind.ContentPolicyViolation, "d")]
    [InlineData(null, "b")]
    public void The_kind_of_fault_picks_the_list(FaultKind? kind, string expected)
    {
        var router = new RouterConfig
        {
            Fallbacks = None.Add("a", ["b"]),
            ContextWindowFallbacks = None.Add("a", ["c"]),
            ContentPolicyFallbacks = None.Add("a", ["d"]),
            DefaultFallbacks = ["nobody"],
        };
        Assert.Equal([expected], Names(router, "a", kind));
    }

    [Fact]
    public void The_general_list_serves_the_special_kinds_until_someone_writes_a_list_for_them()
    {
        var router = new RouterConfig { Fallbacks = None.Add("a", ["b"]), DefaultFallbacks = ["d"] };
        Assert.Equal(["b"], Names(router, "a", FaultKind.ContentPolicyViolation));
        Assert.Equal(["d"], Names(router with { ContentPolicyFallbacks = None.Add("other", ["c"]) }, "a", FaultKind.ContentPolicyViolation));
    }

    [Fact]
    public void The_requested_name_goes_before_the_group_and_the_group_before_the_star_and_that_before_the_default()
    {
        var router = new RouterConfig
        {
            Aliases = ImmutableDictionary<string, ModelAlias>.Empty.Add("nick", new ModelAlias("a", false)),
            Fallbacks = None.Add("nick", ["1"]).Add("a", ["2"]).Add("x/*", ["3"]).Add("x/big", ["4"]).Add("*", ["5"]),
            DefaultFallbacks = ["6"],
        };
        Assert.Equal(["1"], Names(router, "nick"));
        Assert.Equal(["2"], Names(router, "a"));
        Assert.Equal(["4"], Names(router, "x/big"));
        Assert.Equal(["3"], Names(router, "x/small"));
        Assert.Equal(["5"], Names(router, "b"));
        Assert.Equal(["6"], Names(router with { Fallbacks = None.Add("a", ["2"]) }, "b"));
    }

    [Fact]
    public void A_request_s_own_list_replaces_the_general_one_and_it_may_want_none()
    {
        var router = new RouterConfig { Fallbacks = None.Add("a", ["b"]), ContextWindowFallbacks = None.Add("a", ["c"]) };
        Assert.Equal(["d"], Names(router, "a", FaultKind.ServerError, new FallbackTerms(["d"], false)));
        Assert.Equal(["c"], Names(router, "a", FaultKind.ContextWindowExceeded, new FallbackTerms(["d"], false)));
        Assert.Empty(Names(router, "a", FaultKind.ServerError, new FallbackTerms([], false)));
        Assert.Empty(Names(router, "a", FaultKind.ServerError, new FallbackTerms(["d"], true)));
    }

    [Fact]
    public void Fallbacks_are_given_in_order_and_no_group_twice()
    {
        var router = new RouterConfig { Fallbacks = None.Add("a", ["b", "a", "ghost", "b", "c", "2"]) };
        var (given, sequence) = Walk(router, "a");
        Assert.Equal(["b", "c", "b"], given);
        Assert.True(sequence.Given == 3);
        Assert.Equal(["ghost"], sequence.Unknown);
    }

    [Fact]
    public void A_fallback_may_be_one_deployment_though_it_rests()
    {
        var setup = new RoutingSetup(new RouterConfig { Fallbacks = None.Add("a", ["2"]) }, Groups);
        setup.Deployment("2").State.StartCooldown(TimeSpan.FromMinutes(1));
        var next = new FallbackSequence(setup.Table, default).Next(setup.Match("a"), FaultKind.ServerError);
        Assert.NotNull(next);
        Assert.True(next.Value.Group.IsPinned);
        Assert.Equal("2", setup.Picker.Pick(next.Value, default).Deployment?.Id);
    }

    [Fact]
    public void A_failing_fallback_brings_its_own_list_first()
    {
        var router = new RouterConfig { Fallbacks = None.Add("a", ["b", "d"]).Add("b", ["c", "a"]) };
        Assert.Equal(["b", "c", "d"], Walk(router, "a").Given);
    }

    [Fact]
    public void The_request_s_own_list_is_not_the_list_of_its_fallbacks()
    {
        var router = new RouterConfig { Fallbacks = None.Add("b", ["c"]) };
        Assert.Equal(["b", "c"], Walk(router, "a", new FallbackTerms(["b"], false)).Given);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(5, 3)]
    public void No_more_than_max_fallbacks_are_given(int most, int expected) =>
        Assert.Equal(expected, Walk(new RouterConfig { MaxFallbacks = most, DefaultFallbacks = ["b", "c", "d"] }, "a").Given.Count);

    [Fact]
    public void Two_models_of_one_wildcard_are_two_fallbacks()
    {
        var setup = new RoutingSetup(new RouterConfig { Fallbacks = None.Add("x/big", ["x/small", "x/big"]) }, Groups);
        var sequence = new FallbackSequence(setup.Table, default);
        var next = sequence.Next(setup.Match("x/big"), null);
        Assert.Equal("x/small", next?.RequestedModel);
        Assert.Null(sequence.Next(next.GetValueOrDefault(), null));
    }

    private static IReadOnlyList<string> Names(RouterConfig router, string model, FaultKind? kind = FaultKind.ServerError, FallbackTerms terms = default) =>
        FallbackPlanner.NamesFor(new RoutingSetup(router, Groups).Match(model), kind, terms);

    private static (List<string> Given, FallbackSequence Sequence) Walk(RouterConfig router, string model, FallbackTerms terms = default)
    {
        var setup = new RoutingSetup(router, Groups);
        var sequence = new FallbackSequence(setup.Table, terms);
        var given = new List<string>();
        var match = setup.Match(model);
        while (sequence.Next(match, FaultKind.ServerError) is { } next)
        {
            match = next;
            given.Add(match.Group.Name);
        }

        return (given, sequence);
    }
}
