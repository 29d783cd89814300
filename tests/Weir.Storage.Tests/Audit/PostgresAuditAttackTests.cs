using Weir.Storage.Tests.Postgres;

namespace Weir.Storage.Tests.Audit;

public sealed class PostgresAuditAttackTests(PostgresServer server) : AuditAttacks, IAsyncLifetime
{
    private static readonly string[] s_tables = ["audit_log", "audit_chains", "audit_checkpoints", "audit_stretches", "request_log", "journal_progress"];

    private PostgresPlace? _place;
    private Storage? _storage;

    protected override Storage Storage => _storage ?? throw new InvalidOperationException("not begun");

    private PostgresPlace Place => _place ?? throw new InvalidOperationException("not begun");

    public async ValueTask InitializeAsync()
    {
        _place = await server.PlaceAsync(this);
        _storage = _place.OpenMigrated();
    }

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

    protected override Task SqlAsync(string sql) => Place.SqlAsync(sql);

    protected override string Bytes(ReadOnlySpan<byte> value) => $@"'\x{Convert.ToHexString(value)}'::bytea";

    protected override Task BackUpAsync() => Place.SqlAsync(string.Join(';', s_tables.Select(table => $"CREATE TABLE backup_{table} AS TABLE {table}")));

    protected override Task RestoreAsync() =>
        Place.SqlAsync(string.Join(';', s_tables.Select(table => $"TRUNCATE {table}; INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM backup_{table}")));
}
