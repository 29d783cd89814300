using Weir.EndToEnd.Soak;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline;
using Weir.Providers.Streaming;

namespace Weir.Server.Tests.InProcess;

/// <summary>What a request holds is given back, however its client leaves.</summary>
[Collection(Alone.Name)]
public sealed class LeakTests
{
    [Fact]
    public async Task Clients_that_go_away_leave_no_buffer_no_call_and_no_lost_row()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(SoakSize.Limit);
        await using var world = await SoakWorld.StartAsync(limit.Token);
        await using var engine = await Engine.StartAsync(world.Config + $"\ngeneral_settings:\n  master_key: {WeirRun.Key}\n", limit.Token);
        var gateway = engine.Gateway;
        var clients = world.Clients(gateway.Address, WeirRun.Key, SoakSize.Seed(), aborts: 0.5);

        await clients.RunAsync(SoakSize.Requests, CancellationToken.None, limit.Token);

        Assert.Empty(clients.Except(SoakEnd.Complete, SoakEnd.Aborted));
        Assert.NotEmpty(clients.Of(SoakEnd.Aborted));
        await world.UpstreamsAreIdleAsync(limit.Token);
        while (gateway.Engine.RequestsInFlight > 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(0, gateway.Engine.AttemptsInFlight);
        Assert.Equal((0, 0, 0), (RequestBody.Outstanding, UpstreamStream.Outstanding, UpstreamAnswer.Outstanding));
        Assert.InRange(gateway.Engine.OpenUpstreamConnections, 0, 24);
        await gateway.Journal.FlushAsync(limit.Token);
        foreach (var id in world.SeenUpstream().Concat(clients.Of(SoakEnd.Complete).Select(call => call.Id)).Distinct())
        {
            Assert.NotNull(await gateway.Ledger.FindAsync(id, limit.Token));
        }
    }
}
