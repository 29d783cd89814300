using System.Collections.Immutable;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class RoutingTableTests
{
    private static readonly RouterConfig WithAliases = new()
    {
        Aliases = ImmutableDictionary<string, ModelAlias>.Empty
            .Add("gpt-4", new ModelAlias("gpt-4o", Hidden: false))
            .Add("secret", new ModelAlias("gpt-4o", Hidden: true))
            .Add("shadow", new ModelAlias("mini", Hidden: false))
            .Add("wild", new ModelAlias("openai/o3", Hidden: false))
            .Add("chain", new ModelAlias("gpt-4", Hidden: false))
            .Add("nowhere", new ModelAlias("not-there", Hidden: false)),
    };

    private readonly RoutingSetup _setup = new(
        WithAliases,
        Entry("id-1", "gpt-4o"),
        Entry("id-2", "gpt-4o"),
        Entry("id-3", "mini"),
        Entry("id-4", "shadow"),
        Entry("gpt-4o", "other"),
        Entry("w-1", "*", "*"),
        Entry("w-2", "openai/*", "*"),
        Entry("w-3", "openai/gpt-*", "gpt-*"),
        Entry("w-4", "openai/gpt-*", "gpt-*"));

    [Theory]
    [InlineData("gpt-4o", "gpt-4o", 2)]
    [InlineData("gpt-4", "gpt-4o", 2)]
    [InlineData("secret", "gpt-4o", 2)]
    [InlineData("shadow", "mini", 1)]
    [InlineData("id-2", "gpt-4o", 1)]
    [InlineData("openai/gpt-5", "openai/gpt-*", 2)]
    [InlineData("openai/o3", "openai/*", 1)]
    [InlineData("wild", "openai/*", 1)]
    [InlineData("anything", "*", 1)]
    [InlineData("chain", "*", 1)]
    [InlineData("nowhere", "*", 1)]
    [InlineData("GPT-4o", "*", 1)]
    public void A_name_is_an_alias_then_a_group_then_an_id_then_the_most_specific_wildcard(string requested, string group, int count)
    {
        var byText = _setup.Match(requested);
        var bySpan = _setup.Table.Resolve(requested.AsSpan());
        Assert.Equal(byText, bySpan);
        Assert.Equal(group, byText.Group.Name);
        Assert.Equal(count, byText.Group.Count);
        Assert.Equal(requested, byText.RequestedModel);
    }

    [Fact]
    public void An_unknown_name_leads_nowhere()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b", "openai/*", "*"));
        Assert.Null(setup.Table.Resolve("unknown"));
        Assert.Null(setup.Table.Resolve("unknown".AsSpan()));
        Assert.Null(setup.Table.Resolve(""));
    }

    [Theory]
    [InlineData("openai/gpt-5", "gpt-5")]
    [InlineData("openai/o3", "o3")]
    [InlineData("wild", "o3")]
    [InlineData("a/b", "a/b")]
    [InlineData("mini", "up")]
    public void The_upstream_gets_its_own_name_of_the_model(string requested, string upstream)
    {
        var match = _setup.Match(requested);
        Assert.Equal(upstream, match.UpstreamModelFor(match.Group.Deployments[0]));
    }

    [Fact]
    public void A_deployment_asked_for_by_id_is_pinned_and_knows_its_siblings()
    {
        var match = _setup.Match("id-1");
        Assert.True(match.Group.IsPinned);
        Assert.Equal(2, match.Group.Siblings);
        Assert.Equal("id-1", match.Group.Deployments[0].Id);
        Assert.Same(_setup.Match("gpt-4o").Group.Deployments[0], match.Group.Deployments[0]);
    }

    [Fact]
    public void The_id_of_a_wildcard_deployment_alone_does_not_name_a_model()
    {
        var setup = new RoutingSetup(Entry("w", "openai/*", "*"));
        Assert.Null(setup.Table.Resolve("w"));
    }

    [Fact]
    public void Visible_models_are_groups_and_aliases_that_are_not_hidden()
    {
        var names = _setup.Table.VisibleModels.Select(m => (m.Name, m.IsAlias, m.IsWildcard)).ToArray();
        Assert.Equal(
            [
                ("gpt-4o", false, false), ("mini", false, false), ("shadow", false, false), ("other", false, false),
                ("*", false, true), ("openai/*", false, true), ("openai/gpt-*", false, true),
                ("chain", true, false), ("gpt-4", true, false), ("nowhere", true, false), ("wild", true, false),
            ],
            names);
    }

    [Fact]
    public void An_alias_that_leads_nowhere_is_neither_served_nor_listed()
    {
        var setup = new RoutingSetup(
            new RouterConfig { Aliases = ImmutableDictionary<string, ModelAlias>.Empty.Add("gone", new ModelAlias("not-there", false)) }, Entry("a"));
        Assert.Null(setup.Table.Resolve("gone"));
        Assert.Equal(["m"], setup.Table.VisibleModels.Select(m => m.Name));
    }

    [Fact]
    public void A_routing_group_brings_its_own_strategy()
    {
        var router = new RouterConfig
        {
            Strategy = RoutingStrategy.LeastBusy,
            GroupStrategies = ImmutableDictionary<string, RoutingStrategy>.Empty.Add("b", RoutingStrategy.CostBased),
        };
        var setup = new RoutingSetup(router, Entry("1", "a"), Entry("2", "b"));
        Assert.Equal(RoutingStrategy.LeastBusy, setup.Match("a").Group.Strategy);
        Assert.Equal(RoutingStrategy.CostBased, setup.Match("b").Group.Strategy);
    }
}
