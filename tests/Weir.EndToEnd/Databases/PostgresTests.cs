using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Weir.EndToEnd.Gateways;
using Weir.Storage.Tests.Postgres;
using Weir.TestKit;

namespace Weir.EndToEnd.Databases;

/// <summary>The gateway with its data in a real PostgreSQL, which these tests stop and start.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private PostgresCluster? _cluster;
    private ScriptedModel? _model;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PostgresCluster Cluster => _cluster ?? throw new InvalidOperationException("not begun");

    public async ValueTask InitializeAsync()
    {
        _cluster = await PostgresCluster.StartNewAsync();
        _model = await ScriptedModel.StartAsync(new ScriptedModelOptions { ApiKey = "sk-upstream" }, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_model is not null)
        {
            await _model.DisposeAsync();
        }

        await Cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_row_arrives_and_is_there_after_a_restart()
    {
        string database = await Cluster.CreateDatabaseAsync();
        string url = Cluster.Url(database, "sslmode=require");
        await using (var first = await StartAsync(url))
        {
            using var client = Client(first);
            await AskAsync(client, "call-1");
            await RowsAsync(database, 1);
            Assert.Equal(0, await first.StopAsync("TERM", Stop));
            Assert.DoesNotContain(Cluster.Password, first.Output, StringComparison.Ordinal);
        }

        Assert.Equal("0", await Cluster.SqlAsync(database, "SELECT count(*) FROM weir.replicas"));
        await using var second = await StartAsync(url);
        using var again = Client(second);
        await AskAsync(again, "call-2");
        await RowsAsync(database, 2);
        Assert.Equal("call-1|success|gpt\ncall-2|success|gpt", await Cluster.SqlAsync(database, "SELECT call_id, outcome, model_group FROM weir.request_log ORDER BY id"));
    }

    [Fact]
    public async Task A_server_that_is_stopped_and_started_again_under_load_costs_no_request_and_no_row()
    {
        string database = await Cluster.CreateDatabaseAsync();
        await using var gateway = await StartAsync(Cluster.Url(database));
        using var client = Client(gateway);
        var asked = new ConcurrentBag<string>();
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(who => Task.Run(
            async () =>
            {
                for (int i = 0; !enough.IsCancellationRequested; i++)
                {
                    await AskAsync(client, $"{who}-{i}");
                    asked.Add($"{who}-{i}");
                }
            },
            Stop)));
        await UntilAsync(() => asked.Count > 50, load);
        await Cluster.StopAsync();
        int before = asked.Count;
        long began = TimeProvider.System.GetTimestamp();
        await UntilAsync(() => asked.Count > before + 100 && TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(5), load);
        await Cluster.StartAsync();
        before = asked.Count;
        await UntilAsync(() => asked.Count > before + 50, load);
        await enough.CancelAsync();
        await load;
        await RowsAsync(database, asked.Count);
        Assert.Equal($"{asked.Count}", await Cluster.SqlAsync(database, "SELECT count(DISTINCT call_id) FROM weir.request_log WHERE outcome = 'success'"));
        Assert.Equal(0, await gateway.StopAsync("TERM", Stop));
    }

    [Fact]
    public async Task The_schema_can_be_looked_at_and_migrated_from_outside()
    {
        string database = await Cluster.CreateDatabaseAsync();
        var environment = new Dictionary<string, string> { ["DATABASE_URL"] = Cluster.Url(database) };
        var before = await WeirProcess.RunAsync(["db", "status"], environment, Stop);
        Assert.Equal(3, before.Exit);
        Assert.Contains("pending  0001_request_log.sql", before.Output, StringComparison.Ordinal);

        var migrated = await WeirProcess.RunAsync(["db", "migrate"], environment, Stop);
        Assert.Equal(0, migrated.Exit);
        Assert.Contains("ran      0001_request_log.sql", migrated.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing to do.", (await WeirProcess.RunAsync(["db", "migrate", "--database-url", Cluster.Url(database)], null, Stop)).Output, StringComparison.Ordinal);

        await using var gateway = await StartAsync(Cluster.Url(database));
        var after = await WeirProcess.RunAsync(["db", "status", "--config", Path.Combine(gateway.Folder, "config.yaml")], null, Stop);
        Assert.Equal(0, after.Exit);
        Assert.Contains("applied  0001_request_log.sql", after.Output, StringComparison.Ordinal);
        Assert.Contains("  replica  ", after.Output, StringComparison.Ordinal);
        Assert.All([before, migrated, after], run => Assert.DoesNotContain(Cluster.Password, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_refuses_is_said_and_nothing_starts()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync($"postgresql://weir:hunter22@127.0.0.1:{Cluster.Port}/postgres"));
        Assert.Contains("weir: can't start: the PostgreSQL database postgres on 127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("password authentication failed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.Message.Split("\nfor:\n")[0], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
    }

    private async Task<WeirProcess> StartAsync(string url) => await WeirProcess.StartAsync(
        $"""
        model_list:
          - model_name: gpt
            litellm_params: {"{"}model: openai/gpt, api_base: "{_model?.V1}", api_key: sk-upstream{"}"}
        general_settings:
          database_url: "{url}"
        """,
        null, Stop);

    private static HttpClient Client(WeirProcess gateway) => new()
    {
        BaseAddress = gateway.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", WeirProcess.MasterKey) },
    };

    private static async Task AskAsync(HttpClient client, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Headers = { { "x-litellm-call-id", id } },
            Content = new StringContent("""{"model":"gpt","messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json"),
        };
        using var response = await client.SendAsync(request, Stop);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>Rows come within half a second, after an outage within the pause of the writer's next try.</summary>
    private async Task RowsAsync(string database, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        string rows;
        while ((rows = await Cluster.SqlAsync(database, "SELECT count(*) FROM weir.request_log")) != $"{count}")
        {
            Assert.True(int.Parse(rows, System.Globalization.CultureInfo.InvariantCulture) < count, $"{rows} rows of {count} calls");
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task UntilAsync(Func<bool> done, Task load)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        while (!done())
        {
            if (load.IsCompleted)
            {
                await load;
            }

            await Task.Delay(10, limit.Token);
        }
    }
}
