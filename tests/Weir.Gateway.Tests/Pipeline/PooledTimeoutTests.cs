using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Pipeline;

namespace Weir.Gateway.Tests.Pipeline;

public sealed class PooledTimeoutTests
{
    [Fact]
    public void Each_phase_has_its_own_limit()
    {
        var time = new FakeTimeProvider();
        using var timeout = PooledTimeout.Rent(time, CancellationToken.None);
        timeout.Arm(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(4));
        timeout.Arm(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(timeout.Token.IsCancellationRequested);
        timeout.Arm(null);
        time.Advance(TimeSpan.FromDays(1));
        Assert.False(timeout.Token.IsCancellationRequested);
        timeout.Arm(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(timeout.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_client_that_goes_away_cancels_at_once_also_when_it_is_gone_already()
    {
        using var client = new CancellationTokenSource();
        using (var timeout = PooledTimeout.Rent(TimeProvider.System, client.Token))
        {
            client.Cancel();
            Assert.True(timeout.Token.IsCancellationRequested);
        }
        using var late = PooledTimeout.Rent(TimeProvider.System, client.Token);
        Assert.True(late.Token.IsCancellationRequested);
    }

    [Fact]
    public void What_is_rented_again_is_fresh_and_forgets_its_last_client()
    {
        for (var i = 0; i < 100; i++)
        {
            using var client = new CancellationTokenSource();
            var first = PooledTimeout.Rent(TimeProvider.System, client.Token);
            first.Arm(TimeSpan.FromHours(1));
            var seen = 0;
            using var registration = first.Token.Register(() => seen++);
            first.Dispose();
            using var second = PooledTimeout.Rent(TimeProvider.System, CancellationToken.None);
            client.Cancel();
            Assert.False(second.Token.IsCancellationRequested);
            Assert.Equal(0, seen);
        }
    }

    [Fact]
    public async Task Clients_that_go_away_while_their_call_ends_never_cancel_somebody_elses()
    {
        for (var round = 0; round < 300; round++)
        {
            using var client = new CancellationTokenSource();
            var first = PooledTimeout.Rent(TimeProvider.System, client.Token);
            first.Arm(TimeSpan.FromMilliseconds(round % 3));
            var leaving = Task.Run(client.Cancel, TestContext.Current.CancellationToken);
            first.Dispose();
            var held = Enumerable.Range(0, 4).Select(_ => PooledTimeout.Rent(TimeProvider.System, CancellationToken.None)).ToArray();
            await leaving;
            Assert.All(held, timeout => Assert.False(timeout.Token.IsCancellationRequested));
            foreach (var timeout in held)
            {
                timeout.Dispose();
            }
        }
    }
}
