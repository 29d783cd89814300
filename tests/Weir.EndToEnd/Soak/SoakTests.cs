using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;
using Weir.TestKit.Faults;

namespace Weir.EndToEnd.Soak;

/// <summary>The executable under load, while clients go away, it is stopped, killed, or given a new configuration.</summary>
public sealed class SoakTests
{
    [Fact]
    public async Task Clients_that_go_away_leave_no_open_call_and_every_request_has_one_row()
    {
        using var limit = Limit();
        await using var world = await SoakWorld.StartAsync(limit.Token);
        await using var gateway = await WeirProcess.StartAsync(world.Config, world.Variables("0"), limit.Token);
        var clients = world.Clients(gateway.Address, WeirProcess.MasterKey, SoakSize.Seed(), aborts: 0.4);

        await clients.RunAsync(SoakSize.Requests, CancellationToken.None, limit.Token);

        Assert.Empty(clients.Except(SoakEnd.Complete, SoakEnd.Aborted));
        Assert.Equal(SoakSize.Requests, clients.Calls.Count);
        Assert.NotEmpty(clients.Of(SoakEnd.Aborted));
        await world.UpstreamsAreIdleAsync(limit.Token);
        await MetricAsync(gateway, "litellm_in_flight_requests", value => value == 0, limit.Token);
        await MetricAsync(gateway, "weir_upstream_open_connections", value => value <= 24, limit.Token);
        Assert.Equal(0, await gateway.StopAsync("TERM", limit.Token));
        LedgerFile.IsExact(world.Data, clients.Calls, world.SeenUpstream());
        Assert.DoesNotContain("should not", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_under_load_fails_readiness_first_and_loses_no_answer_and_no_row()
    {
        using var limit = Limit();
        await using var world = await SoakWorld.StartAsync(limit.Token);
        await using var gateway = await WeirProcess.StartAsync(world.Config, world.Variables("1"), limit.Token);
        var clients = world.Clients(gateway.Address, WeirProcess.MasterKey, SoakSize.Seed(), aborts: 0.1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var load = clients.RunAsync(int.MaxValue, stop.Token, limit.Token);
        await clients.CompleteAsync(100, limit.Token);

        var begunBefore = clients.Started;
        var ended = gateway.StopAsync("TERM", limit.Token);
        var statuses = await ReadinessUntilTheDoorClosesAsync(gateway.Address, limit.Token);
        await stop.CancelAsync();
        await load;

        Assert.Equal(0, await ended);
        Assert.Contains(503, statuses);
        Assert.Equal(503, statuses[^1]);
        Assert.Empty(clients.Except(SoakEnd.Complete, SoakEnd.Aborted, SoakEnd.Cut));
        Assert.All(clients.Of(SoakEnd.Cut), call => Assert.True(call.Number > begunBefore && call.Detail.StartsWith("status ,", StringComparison.Ordinal), $"{call} had begun"));
        LedgerFile.IsExact(world.Data, clients.Calls, world.SeenUpstream());
    }

    [Fact]
    public async Task A_kill_under_load_loses_no_row_whose_answer_a_client_saw()
    {
        using var limit = Limit();
        var seed = SoakSize.Seed();
        await using var world = await SoakWorld.StartAsync(limit.Token);
        var calls = new List<SoakCall>();
        for (var round = 0; round < SoakSize.Kills; round++)
        {
            await using var gateway = await WeirProcess.StartAsync(world.Config, world.Variables("0"), limit.Token);
            var clients = world.Clients(gateway.Address, WeirProcess.MasterKey, seed + round, aborts: 0.1);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            var load = clients.RunAsync(int.MaxValue, stop.Token, limit.Token);
            await clients.CompleteAsync(new Random(seed + round).Next(20, 200), limit.Token);
            var killed = gateway.StopAsync("KILL", limit.Token);
            await stop.CancelAsync();
            await killed;
            await load;
            Assert.Empty(clients.Except(SoakEnd.Complete, SoakEnd.Aborted, SoakEnd.Cut));
            calls.AddRange(clients.Calls);
        }

        await using (var last = await WeirProcess.StartAsync(world.Config, world.Variables("0"), limit.Token))
        {
            Assert.Equal(0, await last.StopAsync("TERM", limit.Token));
        }

        LedgerFile.IsExact(world.Data, calls, []);
    }

    [Fact]
    public async Task A_reload_under_load_fails_no_request_and_keeps_what_was_learnt_of_a_deployment()
    {
        using var limit = Limit();
        await using var world = await SoakWorld.StartAsync(limit.Token);
        await using var broken = await ScriptedModel.StartAsync(limit.Token);
        broken.Faults.SetMode(Fault.Http(500));
        await using var gateway = await WeirProcess.StartAsync(
            Generation(world, broken, 0), world.Variables("0"), limit.Token);
        var clients = new SoakClients(gateway.Address, WeirProcess.MasterKey, [.. SoakWorld.Models, "frail"], SoakSize.Seed());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var load = clients.RunAsync(int.MaxValue, stop.Token, limit.Token);
        await MetricAsync(gateway, "litellm_deployment_state", value => value == 2, limit.Token);
        await broken.WaitForIdleAsync(limit.Token);
        await clients.CompleteAsync(100, limit.Token);
        var asked = broken.RequestCount;

        for (var generation = 1; generation <= SoakSize.Reloads; generation++)
        {
            await ReplaceAsync(gateway, Generation(world, broken, generation), limit.Token);
            if (generation > 1)
            {
                // The first one is left to the watcher of the file.
                using var kill = Process.Start("kill", ["-HUP", $"{gateway.Id}"]);
                await kill.WaitForExitAsync(limit.Token);
            }

            await ModelAppearsAsync(gateway, $"generation-{generation}", limit.Token);
        }

        await clients.CompleteAsync(clients.Of(SoakEnd.Complete).Count() + 100, limit.Token);
        await stop.CancelAsync();
        await load;
        Assert.Empty(clients.Except(SoakEnd.Complete));
        Assert.Equal(asked, broken.RequestCount);
        Assert.Equal(0, await gateway.StopAsync("TERM", limit.Token));
        LedgerFile.IsExact(world.Data, clients.Calls, world.SeenUpstream());
    }

    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(SoakSize.Limit);
        return limit;
    }

    private static string Generation(SoakWorld world, ScriptedModel broken, int generation) => world.Config
        .Replace("  num_retries: 0", "  num_retries: 3\n  retry_after: 0\n  allowed_fails: 0\n  cooldown_time: 3600", StringComparison.Ordinal)
        .Replace("litellm_settings:", string.Create(CultureInfo.InvariantCulture, $$"""
              - model_name: frail
                litellm_params: {model: openai/frail, api_base: {{world.Frail.V1}}, api_key: sk-f}
              - model_name: frail
                litellm_params: {model: openai/frail, api_base: {{broken.V1}}, api_key: sk-f}
              - model_name: generation-{{generation}}
                litellm_params: {model: openai/any, api_base: {{world.Alpha.V1}}, api_key: sk-a}
            litellm_settings:
            """), StringComparison.Ordinal);

    private static async Task ReplaceAsync(WeirProcess gateway, string yaml, CancellationToken cancellationToken)
    {
        var file = Path.Combine(gateway.Folder, "config.yaml");
        await File.WriteAllTextAsync(file + ".new", yaml, new UTF8Encoding(false), cancellationToken);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static async Task ModelAppearsAsync(WeirProcess gateway, string model, CancellationToken cancellationToken)
    {
        using var http = Client(gateway.Address);
        while (!(await http.GetStringAsync(new Uri("/v1/models", UriKind.Relative), cancellationToken)).Contains($"\"{model}\"", StringComparison.Ordinal))
        {
        }
    }

    private static async Task MetricAsync(WeirProcess gateway, string name, Func<double, bool> met, CancellationToken cancellationToken)
    {
        using var http = Client(gateway.Address);
        var seen = "";
        try
        {
            while (true)
            {
                seen = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken);
                if (seen.Split('\n').Any(line => line.StartsWith(name, StringComparison.Ordinal) && met(double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{name} never was as expected; the last page was:\n{seen}");
        }
    }

    /// <summary>The statuses seen on connections of their own, in order, until no connection is accepted.</summary>
    private static async Task<List<int>> ReadinessUntilTheDoorClosesAsync(Uri gateway, CancellationToken cancellationToken)
    {
        var statuses = new List<int>();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = gateway };
        try
        {
            while (true)
            {
                using var answer = await http.GetAsync(new Uri("/health/readiness", UriKind.Relative), cancellationToken);
                statuses.Add((int)answer.StatusCode);
            }
        }
        catch (HttpRequestException) when (statuses.Count > 0)
        {
            return statuses;
        }
    }

    private static HttpClient Client(Uri gateway)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway };
        http.DefaultRequestHeaders.Authorization = new("Bearer", WeirProcess.MasterKey);
        return http;
    }
}
