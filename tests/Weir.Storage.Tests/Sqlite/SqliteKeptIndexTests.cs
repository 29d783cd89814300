using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Ledger;
using Weir.Providers;

namespace Weir.Storage.Tests.Sqlite;

public sealed class SqliteKeptIndexTests : KeptIndexCompliance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-kept-").FullName;
    private readonly Storage _storage;

    public SqliteKeptIndexTests() => _storage = Open();

    protected override IKeptIndex Index => _storage.Kept;

    public void Dispose()
    {
        _storage.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_was_put_is_there_after_a_restart()
    {
        await Index.PutAsync(new KeptThing("ann", KeptKind.File, "file-1") { Body = "{}"u8.ToArray() }, TestContext.Current.CancellationToken);
        _storage.Dispose();
        using var again = Open();
        Assert.Single(await again.Kept.ListAsync(new KeptPage("ann", KeptKind.File, null, 10, false), TestContext.Current.CancellationToken));
    }

    private Storage Open()
    {
        var storage = StorageSetup.Open($"sqlite://{_folder}/weir.db", "unused.db", NullLogger.Instance);
        storage.Migrations.Migrate();
        return storage;
    }
}
