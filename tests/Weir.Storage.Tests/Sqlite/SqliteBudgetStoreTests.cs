using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Weir.Storage.Tests.Sqlite;

public sealed class SqliteBudgetStoreTests : BudgetCompliance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-budgets-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Storage _storage;

    public SqliteBudgetStoreTests()
    {
        _storage = StorageSetup.Open($"sqlite://{_folder}/weir.db", "unused.db", NullLogger.Instance, new StorageOptions { Time = _time });
        _storage.Migrations.Migrate();
    }

    protected override Storage Storage => _storage;

    protected override void LetPass(TimeSpan time) => _time.Advance(time);

    public override void Dispose()
    {
        _storage.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
