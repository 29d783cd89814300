using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing;

public sealed class DeploymentStateTests
{
    [Fact]
    public void Counters_start_over_each_minute_and_calls_in_flight_do_not()
    {
        var setup = new RoutingSetup(Entry("a"));
        var state = setup.Deployment("a").State;
        setup.Begin();
        state.RecordSuccess(TimeSpan.FromSeconds(1), null, 3, 12);
        state.RecordFailure(RetryClass.Timeout);
        Assert.Equal(new DeploymentSnapshot("a", 1, 1, 12, 1, 1, TimeSpan.Zero, null), state.Snapshot());
        setup.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new DeploymentSnapshot("a", 1, 0, 0, 0, 0, TimeSpan.Zero, null), state.Snapshot());
    }

    [Fact]
    public void A_snapshot_says_until_when_a_deployment_rests()
    {
        var setup = new RoutingSetup(Entry("a"));
        setup.Deployment("a").State.StartCooldown(TimeSpan.FromSeconds(30));
        Assert.Equal(setup.Time.GetUtcNow().AddSeconds(30), setup.Deployment("a").State.Snapshot().CooldownUntil);
        setup.Deployment("a").State.ClearCooldown();
        Assert.Null(setup.Deployment("a").State.Snapshot().CooldownUntil);
    }

    [Fact]
    public void A_step_of_the_wall_clock_does_not_end_a_cooldown()
    {
        var time = new SteppedClock();
        var state = new RoutingState(time).Get("a");
        state.StartCooldown(TimeSpan.FromSeconds(30));
        time.Wall += TimeSpan.FromHours(1);
        Assert.Equal(TimeSpan.FromSeconds(30), state.CooldownRemaining);
    }

    [Fact]
    public void Ending_a_call_that_never_began_is_a_defect_and_says_so()
    {
        var setup = new RoutingSetup(Entry("a"));
        setup.Pick();
        Assert.Throws<InvalidOperationException>(() => setup.Deployment("a").State.End());
    }

    [Fact]
    public void Parallel_callers_together_stay_within_the_limit_and_nothing_is_lost()
    {
        const int Threads = 8;
        const int Calls = 20_000;
        const int Limit = 3;
        var state = new RoutingState(TimeProvider.System).Get("a");
        var inside = 0;
        var worst = 0;
        long admitted = 0;
        RunTogether(Threads, _ =>
        {
            for (var i = 0; i < Calls; i++)
            {
                if (!state.TryBegin(Limit, rpm: null, now: TimeSpan.TicksPerHour))
                {
                    continue;
                }

                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref worst, now);
                Interlocked.Increment(ref admitted);
                Interlocked.Decrement(ref inside);
                state.End();
            }
        });
        Assert.InRange(worst, 1, Limit);
        Assert.Equal(0, state.InFlight);
        Assert.Equal(admitted, state.Used(TimeSpan.TicksPerHour).Requests);
    }

    [Fact]
    public void Parallel_callers_together_stay_within_the_requests_of_the_minute()
    {
        var state = new RoutingState(TimeProvider.System).Get("a");
        long admitted = 0;
        RunTogether(8, _ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                if (state.TryBegin(null, rpm: 500, now: TimeSpan.TicksPerHour))
                {
                    Interlocked.Increment(ref admitted);
                }
            }
        });
        Assert.Equal(500, admitted);
    }

    [Fact]
    public void Parallel_failures_begin_one_cooldown()
    {
        var setup = new RoutingSetup(Entry("a"), Entry("b"));
        var group = setup.Match().Group;
        var a = setup.Deployment("a");
        var begun = 0;
        RunTogether(8, _ =>
        {
            if (CooldownPolicy.OnFailure(group, a, Fault(Weir.Providers.Upstream.FaultKind.RateLimited)).Began)
            {
                Interlocked.Increment(ref begun);
            }
        });
        Assert.Equal(1, begun);
        Assert.Equal(8, a.State.Snapshot().Failures);
    }

    private static void RunTogether(int threads, Action<int> work)
    {
        using var start = new Barrier(threads);
        var all = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            work(i);
        })).ToArray();
        foreach (var thread in all)
        {
            thread.Start();
        }

        foreach (var thread in all)
        {
            thread.Join();
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
            // Another thread raised it in between: look again.
        }
    }

    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => 42;
    }
}
