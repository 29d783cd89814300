using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Access.Directory;

namespace Weir.Storage.Tests.Sqlite;

public sealed class SqliteDirectoryStoreTests : DirectoryCompliance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-directory-").FullName;
    private readonly Storage _storage;

    public SqliteDirectoryStoreTests() => _storage = Open();

    protected override IDirectoryStore Store => _storage.Directory;

    public void Dispose()
    {
        _storage.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_was_added_is_there_after_a_restart_and_numbers_go_on()
    {
        var stop = TestContext.Current.CancellationToken;
        var first = await Store.ApplyAsync([new DirectoryChange.Add(new DirectoryEntry(DirectoryKind.Key, "a", "{}"u8.ToArray()))], stop);
        await Store.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Key, "a"), new DirectoryChange.Add(new DirectoryEntry(DirectoryKind.Key, "b", "{}"u8.ToArray()))], stop);
        _storage.Dispose();
        using var again = Open();
        Assert.NotNull(await again.Directory.FindAsync(DirectoryKind.Key, "b", stop));
        Assert.Null(await again.Directory.FindAsync(DirectoryKind.Key, "a", stop));
        Assert.True(await again.Directory.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Key, "b")], stop) > first + 2);
    }

    private Storage Open()
    {
        var storage = StorageSetup.Open($"sqlite://{_folder}/weir.db", "unused.db", NullLogger.Instance);
        storage.Migrations.Migrate();
        return storage;
    }
}
