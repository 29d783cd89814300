using Weir.Gateway.Ledger;

namespace Weir.Storage.Tests.Postgres;

public sealed class PostgresMigrationsTests(PostgresServer server) : MigrationCompliance, IAsyncLifetime
{
    private PostgresPlace? _place;

    protected override string BeatType => "timestamptz";

    private PostgresPlace Place => _place ?? throw new InvalidOperationException("not begun");

    public async ValueTask InitializeAsync() => _place = await server.PlaceAsync(this);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private protected override Storage Open(MigrationScripts? scripts = null) => Place.Open(new StorageOptions { Scripts = scripts });

    protected override Task SqlAsync(string sql) => Place.SqlAsync(sql);

    [Fact]
    public async Task Two_schemas_of_one_database_do_not_know_each_other()
    {
        using (var first = Open())
        {
            Assert.NotEmpty(first.Migrations.Migrate());
        }

        var other = Place with { Schema = Place.Schema + " again" };
        using var second = other.Open();
        Assert.Equal(Own, second.Migrations.Migrate());
        Assert.Equal("0", await other.SqlAsync("SELECT count(*) FROM request_log"));
    }

    [Fact]
    public async Task A_schema_that_an_administrator_made_is_used_without_the_right_to_make_one()
    {
        await Place.Cluster.SqlAsync(Place.Database, $"CREATE ROLE modest LOGIN PASSWORD 'modest'; CREATE SCHEMA \"{Place.Schema}\" AUTHORIZATION modest");
        string url = $"postgresql://modest:modest@127.0.0.1:{Place.Cluster.Port}/{Place.Database}?schema={Uri.EscapeDataString(Place.Schema)}";
        using var storage = StorageSetup.Open(url, "unused.db", Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.Equal(Own, storage.Migrations.Migrate());
    }
}
