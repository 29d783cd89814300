using Weir.Storage.Tests.Postgres;

namespace Weir.Storage.Tests.Audit;

public sealed class PostgresAuditTests(PostgresServer server) : AuditCompliance, IAsyncLifetime
{
    private Storage? _storage;

    protected override Storage Storage => _storage ?? throw new InvalidOperationException("not begun");

    public async ValueTask InitializeAsync() => _storage = (await server.PlaceAsync(this)).OpenMigrated();

    public override void Dispose()
    {
        _storage?.Dispose();
        base.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
