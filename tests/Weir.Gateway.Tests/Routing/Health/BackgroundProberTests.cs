using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Config;
using Weir.Gateway.Routing;
using Weir.Gateway.Routing.Health;
using Weir.Providers.Upstream;
using static Weir.Gateway.Tests.Routing.RoutingSetup;

namespace Weir.Gateway.Tests.Routing.Health;

public sealed class BackgroundProberTests
{
    private static readonly RouterConfig On = new()
    {
        BackgroundHealthChecks = true, EnableHealthCheckRouting = true, HealthCheckInterval = TimeSpan.FromSeconds(30),
    };

    [Fact]
    public async Task A_round_writes_every_result_on_the_board_and_routing_follows_it()
    {
        var setup = new RoutingSetup(On, Entry("up"), Entry("down"), Entry("broken"), Entry("left-out") with { Info = new ModelInfoConfig { DisableBackgroundHealthCheck = true } });
        var board = new HealthBoard(setup.Time);
        var probe = new ScriptedProbe((deployment, _) => deployment.Id switch
        {
            "up" => ValueTask.FromResult<UpstreamFault?>(null),
            "down" => ValueTask.FromResult<UpstreamFault?>(Fault(FaultKind.Unavailable)),
            _ => throw new InvalidOperationException("planted"),
        });
        using var prober = Prober(setup, probe, board);
        await prober.ProbeAllAsync(TestContext.Current.CancellationToken);
        Assert.True(board.Find("up")?.Healthy);
        Assert.Equal(FaultKind.Unavailable, board.Find("down")?.Fault?.Kind);
        Assert.False(board.Find("broken")?.Healthy);
        Assert.Null(board.Find("left-out"));
        Assert.Equal(["left-out", "up"], setup.Reachable());

        setup.Load(On, Entry("up"));
        board.Keep(setup.Table);
        Assert.Null(board.Find("down"));
        Assert.NotNull(board.Find("up"));
    }

    [Fact]
    public async Task A_probe_that_hangs_counts_as_down_after_its_time_limit()
    {
        var setup = new RoutingSetup(On, Entry("hangs"));
        var begun = new TaskCompletionSource();
        var board = new HealthBoard(setup.Time);
        using var prober = Prober(setup, new ScriptedProbe(async (_, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return null;
        }), board);
        var round = prober.ProbeAllAsync(TestContext.Current.CancellationToken);
        await begun.Task;
        setup.Time.Advance(BackgroundProber.ProbeTimeout);
        await round;
        Assert.Equal(FaultKind.Timeout, board.Find("hangs")?.Fault?.Kind);
        Assert.Equal(BackgroundProber.ProbeTimeout, board.Find("hangs")?.Duration);
    }

    [Fact]
    public async Task Rounds_follow_the_interval_and_a_reload_can_turn_them_on()
    {
        var setup = new RoutingSetup(On with { BackgroundHealthChecks = false }, Entry("a"));
        using var time = new LockstepTime();
        var rounds = 0;
        var probe = new ScriptedProbe((_, _) =>
        {
            rounds++;
            return ValueTask.FromResult<UpstreamFault?>(null);
        });
        using var prober = new BackgroundProber(
            () => setup.Table, probe, new HealthBoard(time), time, NullLogger<BackgroundProber>.Instance);
        await prober.StartAsync(TestContext.Current.CancellationToken);
        await time.Looks(10);
        Assert.Equal(0, rounds);

        setup.Load(On, Entry("a"));
        await time.Looks(1);
        Assert.Equal(1, rounds);
        await time.Looks(5);
        Assert.Equal(1, rounds);
        await time.Looks(1);
        Assert.Equal(2, rounds);
        await time.Looks(6);
        Assert.Equal(3, rounds);
        await prober.StopAsync(TestContext.Current.CancellationToken);
    }

    private static BackgroundProber Prober(RoutingSetup setup, IDeploymentProbe probe, HealthBoard board) =>
        new(() => setup.Table, probe, board, setup.Time, NullLogger<BackgroundProber>.Instance);

    private sealed class ScriptedProbe(Func<Deployment, CancellationToken, ValueTask<UpstreamFault?>> script) : IDeploymentProbe
    {
        public ValueTask<UpstreamFault?> ProbeAsync(Deployment deployment, CancellationToken cancellationToken) => script(deployment, cancellationToken);
    }

    /// <summary>Moves on only when the loop has gone to sleep, so that each look happens at a known moment.</summary>
    private sealed class LockstepTime : FakeTimeProvider, IDisposable
    {
        private readonly SemaphoreSlim _asleep = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == BackgroundProber.LookInterval)
            {
                _asleep.Release();
            }

            return timer;
        }

        /// <summary>Lets the loop look so many times and fall asleep again.</summary>
        public async Task Looks(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await _asleep.WaitAsync(TestContext.Current.CancellationToken);
                Advance(BackgroundProber.LookInterval);
            }

            await _asleep.WaitAsync(TestContext.Current.CancellationToken);
            _asleep.Release();
        }

        public void Dispose() => _asleep.Dispose();
    }
}
