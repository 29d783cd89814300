using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Config;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;
using Weir.Gateway.Tests.Ledger;

namespace Weir.Storage.Tests.Postgres;

/// <summary>The server goes away and comes back. It is these tests' own, so that nobody else misses it.</summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-outage-").FullName;
    private PostgresCluster? _cluster;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PostgresCluster Cluster => _cluster ?? throw new InvalidOperationException("not begun");

    public async ValueTask InitializeAsync() => _cluster = await PostgresCluster.StartNewAsync();

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Rows_wait_in_the_journal_while_the_server_is_away_and_none_is_lost_or_doubled()
    {
        using var storage = Open();
        storage.Migrations.Migrate();
        await using (var journal = await RequestJournal.OpenAsync(
            new JournalOptions { Folder = Path.Combine(_folder, "journal"), GatherFor = TimeSpan.FromMilliseconds(5) },
            storage.Ledger, TimeProvider.System, NullLogger.Instance, Stop))
        {
            int written = 0;
            using var enough = new CancellationTokenSource();
            var load = Task.Run(
                async () =>
                {
                    while (!enough.IsCancellationRequested)
                    {
                        await journal.AppendAsync(SampleRecords.Usual($"call-{written}"), Stop);
                        written++;
                        if (written % 10 == 0)
                        {
                            await Task.Yield();
                        }

                        await Task.Delay(1, Stop);
                    }
                },
                Stop);
            for (int round = 0; round < 3; round++)
            {
                // Stopped while rows are on their way, each time at another point of a batch.
                await UntilAsync(() => journal.Status.PendingRows == 0 && written > 50 * (round + 1));
                await Cluster.StopAsync();
                long before = journal.Status.PendingRows;
                await UntilAsync(() => journal.Status.PendingRows > before + 50);
                Assert.True(journal.Accepts);
                await Cluster.StartAsync();
            }

            await enough.CancelAsync();
            await load;
            await journal.FlushAsync(Stop);
            Assert.Equal($"{written}|{written}", await Cluster.SqlAsync("postgres", "SELECT count(*), count(DISTINCT call_id) FROM weir.request_log"));
        }
    }

    [Fact]
    public async Task A_start_waits_for_a_server_that_is_still_away()
    {
        await Cluster.StopAsync();
        using var storage = Open();
        var reached = storage.ReachAsync(Stop);
        await Task.WhenAny(reached, Task.Delay(TimeSpan.FromMilliseconds(200), Stop));
        Assert.False(reached.IsCompleted);
        await Cluster.StartAsync();
        await reached;
        Assert.NotEmpty(storage.Migrations.Migrate());
    }

    [Theory]
    [InlineData("postgres", "wrong", "password authentication failed")]
    [InlineData("missing", null, "\"missing\" does not exist")]
    public async Task A_start_does_not_wait_for_what_will_not_come(string database, string? password, string why)
    {
        string url = password is null ? Cluster.Url(database) : $"postgresql://weir:{password}@127.0.0.1:{Cluster.Port}/{database}";
        using var storage = StorageSetup.Open(url, "unused.db", NullLogger.Instance);
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.ReachAsync(Stop));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Cluster.Password, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_changes_is_asked_for_and_not_the_url_s()
    {
        await Cluster.SqlAsync("postgres", "CREATE ROLE app LOGIN PASSWORD 'token-1'; GRANT ALL ON DATABASE postgres TO app");
        var tokens = new Tokens { Now = "token-1" };
        string url = $"postgresql://app@127.0.0.1:{Cluster.Port}/postgres?auth=entra&schema=app";
        using var storage = StorageSetup.Open(url, "unused.db", NullLogger.Instance, new StorageOptions { Password = tokens });
        await storage.ReachAsync(Stop);
        storage.Migrations.Migrate();
        Assert.True(tokens.Asked > 0);
        tokens.Now = "token-2";
        using var late = StorageSetup.Open(url, "unused.db", NullLogger.Instance, new StorageOptions { Password = tokens });
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => late.ReachAsync(Stop));
        Assert.Contains("password authentication failed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token-2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_says_why_there_is_no_token()
    {
        string url = $"postgresql://app@127.0.0.1:{Cluster.Port}/postgres?auth=entra";
        using var storage = StorageSetup.Open(url, "unused.db", NullLogger.Instance, new StorageOptions { Password = new Nobody(), Time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMinutes(2) } });
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.ReachAsync(Stop));
        Assert.Contains("nobody signed in", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("nobody signed in", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sslmode=verify-full&sslrootcert=", true)]
    [InlineData("sslmode=verify-full", false)]
    [InlineData("sslmode=require", true)]
    [InlineData("sslmode=require&sslaccept=strict", false)]
    [InlineData("sslmode=disable", true)]
    public async Task A_server_is_believed_by_its_certificate_when_asked_to(string mode, bool believed)
    {
        string query = mode.EndsWith('=') ? mode + Uri.EscapeDataString(Cluster.CertificateFile) : mode;
        using var storage = StorageSetup.Open(Cluster.Url("postgres", query), "unused.db", NullLogger.Instance);
        if (believed)
        {
            await storage.ReachAsync(Stop);
        }
        else
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.ReachAsync(Stop));
        }
    }

    private Storage Open() => StorageSetup.Open(Cluster.Url("postgres"), "unused.db", NullLogger.Instance);

    private static async Task UntilAsync(Func<bool> done)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!done())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private sealed class Nobody : IDatabasePassword
    {
        public ValueTask<string> CurrentAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("nobody signed in");
    }

    private sealed class Tokens : IDatabasePassword
    {
        public string Now { get; set; } = "";

        public int Asked { get; private set; }

        public ValueTask<string> CurrentAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return ValueTask.FromResult(Now);
        }
    }
}
