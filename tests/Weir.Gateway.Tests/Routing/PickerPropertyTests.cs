using CsCheck;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class PickerPropertyTests
{
    private static readonly Gen<Case> Cases = Gen.Select(
        Gen.Enum<RoutingStrategy>(),
        Gen.Bool,
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 4], Gen.Bool, Gen.Int[0, 3], (order, cooling, parallel, rpm, excluded, weight) =>
            new Candidate(order, cooling, parallel, rpm, excluded, weight)).Array[1, 6],
        (strategy, preCall, candidates) => new Case(strategy, preCall, candidates));

    [Fact]
    public void A_pick_is_never_resting_over_a_limit_tried_before_or_of_a_later_level() => Cases.Sample(
        c =>
        {
            var setup = Build(c);
            var excluded = Excluded(c, setup);
            for (var i = 0; i < 8; i++)
            {
                var before = Fit(c, setup);
                var result = setup.Picker.Pick(setup.Match(), new PickContext { Excluded = excluded });
                if (result.Picked != (before.Length > 0) || (result.Picked && !before.Contains(int.Parse(result.Deployment.Id))))
                {
                    return false;
                }
            }

            return true;
        },
        iter: 2000);

    [Fact]
    public void Counts_add_up() => Cases.Sample(
        c =>
        {
            var setup = Build(c);
            var counts = setup.Picker.Pick(setup.Match(), new PickContext { Excluded = Excluded(c, setup) }).Counts;
            return counts.Total == c.Candidates.Length
                && counts.Total == counts.Excluded + counts.Cooling + counts.OverLimit + counts.ContextWindow + counts.Tags + counts.LaterOrder + counts.Eligible;
        },
        iter: 2000);

    [Fact]
    public void Every_fit_deployment_is_reachable_by_shuffle() => Cases.Where(c => c.Strategy == RoutingStrategy.SimpleShuffle && !c.PreCall).Sample(
        c =>
        {
            var setup = Build(c);
            var fit = Fit(c, setup);
            var byWeight = fit.Where(i => c.Candidates[i].Weight > 0).ToArray();
            var expected = (byWeight.Length > 0 ? byWeight : fit.Where(i => c.Candidates[i].Rpm > 0).ToArray() is { Length: > 0 } byRpm ? byRpm : fit)
                .Select(i => i.ToString()).ToHashSet();
            if (expected.Count == 0)
            {
                return true;
            }

            return setup.Reachable(new PickContext { Excluded = Excluded(c, setup) }).SetEquals(expected);
        },
        iter: 300);

    private static RoutingSetup Build(Case c)
    {
        var setup = new RoutingSetup(
            new RouterConfig { Strategy = c.Strategy, EnablePreCallChecks = c.PreCall },
            [.. c.Candidates.Select((x, i) => Entry(i.ToString()) with
            {
                Order = x.Order == 0 ? null : x.Order,
                MaxParallelRequests = x.Parallel == 0 ? null : x.Parallel,
                Rpm = x.Rpm == 0 ? null : x.Rpm,
                Weight = x.Weight == 0 ? null : x.Weight,
            })]);
        for (var i = 0; i < c.Candidates.Length; i++)
        {
            if (c.Candidates[i].Cooling)
            {
                setup.Deployment(i.ToString()).State.StartCooldown(TimeSpan.FromSeconds(5));
            }
        }

        return setup;
    }

    private static Deployment[] Excluded(Case c, RoutingSetup setup) =>
        [.. c.Candidates.Index().Where(x => x.Item.Excluded).Select(x => setup.Deployment(x.Index.ToString()))];

    /// <summary>The rules said again, in the plainest way.</summary>
    private static int[] Fit(Case c, RoutingSetup setup)
    {
        var counts = c.PreCall || c.Strategy == RoutingStrategy.UsageBased;
        var usable = c.Candidates.Index().Where(x =>
        {
            var state = setup.Deployment(x.Index.ToString()).State.Snapshot();
            return !x.Item.Excluded && !x.Item.Cooling
                && (x.Item.Parallel == 0 || state.InFlight < x.Item.Parallel)
                && (!counts || x.Item.Rpm == 0 || state.Requests < x.Item.Rpm);
        }).ToArray();
        var lowest = usable.Select(x => Level(x.Item)).DefaultIfEmpty().Min();
        return [.. usable.Where(x => Level(x.Item) == lowest).Select(x => x.Index)];
    }

    private static int Level(Candidate candidate) => candidate.Order == 0 ? int.MaxValue : candidate.Order;

    internal sealed record Candidate(int Order, bool Cooling, int Parallel, int Rpm, bool Excluded, int Weight);

    internal sealed record Case(RoutingStrategy Strategy, bool PreCall, Candidate[] Candidates)
    {
        public override string ToString() => $"{Strategy} preCall={PreCall} [{string.Join("; ", Candidates.AsEnumerable())}]";
    }
}
