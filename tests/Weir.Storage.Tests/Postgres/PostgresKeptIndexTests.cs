using Weir.Gateway.Ledger;

namespace Weir.Storage.Tests.Postgres;

public sealed class PostgresKeptIndexTests(PostgresServer server) : KeptIndexCompliance, IAsyncLifetime
{
    private Storage? _storage;

    protected override IKeptIndex Index => _storage?.Kept ?? throw new InvalidOperationException("not begun");

    public async ValueTask InitializeAsync() => _storage = (await server.PlaceAsync(this)).OpenMigrated();

    public ValueTask DisposeAsync()
    {
        _storage?.Dispose();
        return ValueTask.CompletedTask;
    }
}
