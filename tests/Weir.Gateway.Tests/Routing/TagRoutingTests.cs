using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class TagRoutingTests
{
    private static readonly RouterConfig ByTags = new() { EnableTagFiltering = true };

    private static RoutingSetup Three(RouterConfig router) => new(
        router,
        Entry("free") with { Tags = ["free", "eu"] },
        Entry("paid") with { Tags = ["paid", "eu"] },
        Entry("rest") with { Tags = ["default"] });

    [Theory]
    [InlineData("free", "free")]
    [InlineData("paid", "paid")]
    [InlineData("eu", "free paid")]
    [InlineData("free paid", "free paid")]
    [InlineData("other", "rest")]
    [InlineData("default", "rest")]
    [InlineData("", "rest")]
    public void One_common_tag_is_enough_and_default_catches_the_rest(string tags, string expected) =>
        Assert.Equal(Words(expected), Three(ByTags).Reachable(new PickContext { Tags = Words(tags) }));

    [Theory]
    [InlineData("free", "free")]
    [InlineData("free eu", "free")]
    [InlineData("free paid", "rest")]
    public void With_match_all_a_deployment_has_every_tag_of_the_request(string tags, string expected) =>
        Assert.Equal(Words(expected), Three(ByTags with { TagMatchAny = false }).Reachable(new PickContext { Tags = Words(tags) }));

    [Fact]
    public void Without_a_match_and_without_a_catch_all_the_request_is_refused_by_its_tags()
    {
        var setup = new RoutingSetup(ByTags, Entry("free") with { Tags = ["free"] }, Entry("bare"));
        var refusal = setup.Refusal(new PickContext { Tags = ["gold", "eu"] });
        Assert.Equal(NoDeploymentKind.TagMismatch, refusal.Kind);
        Assert.Equal(["gold", "eu"], refusal.Tags);
        Assert.Equal(TimeSpan.Zero, refusal.RetryAfter);
    }

    [Fact]
    public void Without_tags_in_the_request_and_without_a_catch_all_tags_say_nothing()
    {
        var setup = new RoutingSetup(ByTags, Entry("free") with { Tags = ["free"] }, Entry("bare"));
        Assert.Equal(["bare", "free"], setup.Reachable());
    }

    [Fact]
    public void A_tag_whose_only_deployment_rests_is_told_to_wait_instead_of_being_forbidden()
    {
        var setup = new RoutingSetup(ByTags, Entry("free") with { Tags = ["free"] }, Entry("paid") with { Tags = ["paid"] });
        setup.Deployment("free").State.StartCooldown(TimeSpan.FromSeconds(4));
        var refusal = setup.Refusal(new PickContext { Tags = ["free"] });
        Assert.Equal((NoDeploymentKind.AllCooling, TimeSpan.FromSeconds(4)), (refusal.Kind, refusal.RetryAfter));
        Assert.Equal(NoDeploymentKind.TagMismatch, setup.Refusal(new PickContext { Tags = ["gold"] }).Kind);
    }

    [Fact]
    public void A_tag_whose_only_deployment_is_at_its_limit_is_told_to_wait()
    {
        var setup = new RoutingSetup(
            ByTags, Entry("free") with { Tags = ["free"], MaxParallelRequests = 0 }, Entry("paid") with { Tags = ["paid"] });
        Assert.Equal(NoDeploymentKind.OverLimit, setup.Refusal(new PickContext { Tags = ["free"] }).Kind);
    }

    [Fact]
    public void Tags_do_not_route_unless_the_config_says_so() =>
        Assert.Equal(["free", "paid", "rest"], Three(new RouterConfig()).Reachable(new PickContext { Tags = ["free"] }));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
