using Weir.Gateway.Access.Directory;

namespace Weir.Storage.Tests.Postgres;

public sealed class PostgresDirectoryStoreTests(PostgresServer server) : DirectoryCompliance, IAsyncLifetime
{
    private PostgresPlace? _place;
    private Storage? _storage;

    protected override IDirectoryStore Store => _storage?.Directory ?? throw new InvalidOperationException("not begun");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PostgresPlace Place => _place ?? throw new InvalidOperationException("not begun");

    public async ValueTask InitializeAsync()
    {
        _place = await server.PlaceAsync(this);
        _storage = _place.OpenMigrated();
    }

    public ValueTask DisposeAsync()
    {
        _storage?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Another_replica_is_woken_by_a_change()
    {
        using var other = Place.Open();
        var woken = other.Directory.WaitForChangeAsync(TimeSpan.FromMinutes(5), TimeProvider.System, Stop);
        while (!woken.IsCompleted)
        {
            // It may still be about to listen.
            await AddAsync();
            await Task.WhenAny(woken, Task.Delay(50, Stop));
        }

        await woken;
        Assert.NotEmpty((await other.Directory.ChangesSinceAsync(0, Stop)).Changed);
    }

    [Fact]
    public async Task A_change_while_nobody_waits_ends_the_next_wait_and_another_schema_s_does_not()
    {
        using var other = Place.Open();
        await other.Directory.WaitForChangeAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System, Stop);
        await AddAsync();
        await other.Directory.WaitForChangeAsync(TimeSpan.FromMinutes(5), TimeProvider.System, Stop);

        var strange = Place with { Schema = Place.Schema + " again" };
        using var stranger = strange.OpenMigrated();
        var wait = other.Directory.WaitForChangeAsync(TimeSpan.FromMilliseconds(500), TimeProvider.System, Stop);
        await stranger.Directory.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Key, "a")], Stop);
        await Task.WhenAny(wait, Task.Delay(100, Stop));
        Assert.False(wait.IsCompleted);
        await wait;
    }

    [Fact]
    public async Task Who_asks_from_a_number_on_misses_nothing_that_was_written_at_the_same_time()
    {
        var seen = new HashSet<string>();
        using var other = Place.Open();
        var writers = Task.WhenAll(Enumerable.Range(0, 4).Select(who => Task.Run(
            async () =>
            {
                for (int i = 0; i < 40; i++)
                {
                    await Store.ApplyAsync([new DirectoryChange.Add(new DirectoryEntry(DirectoryKind.Key, $"{who}-{i}", "{}"u8.ToArray()))], Stop);
                }
            },
            Stop)));
        long revision = 0;
        bool last;
        do
        {
            last = writers.IsCompleted;
            var changes = await other.Directory.ChangesSinceAsync(revision, Stop);
            revision = changes.Revision;
            seen.UnionWith(changes.Changed.Select(change => change.Id));
        }
        while (!last);
        await writers;
        Assert.Equal(160, seen.Count);
    }

    private async Task AddAsync() => await Store.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Key, "some")], Stop);
}
