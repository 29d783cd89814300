using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Storage.Tests.Postgres;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Weir.Storage.Tests.Postgres;

/// <summary>The server of this run, started by the first test that needs it. Each test class has a database, each test a schema in it.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresCluster>> _cluster = new(PostgresCluster.StartNewAsync);
    private readonly ConcurrentDictionary<Type, Lazy<Task<string>>> _databases = new();
    private int _schemas;

    /// <summary>The server.</summary>
    public Task<PostgresCluster> ClusterAsync() => _cluster.Value;

    /// <summary>A schema for one test, not there yet.</summary>
    public async Task<PostgresPlace> PlaceAsync(object test)
    {
        var cluster = await ClusterAsync();
        string database = await _databases.GetOrAdd(test.GetType(), _ => new Lazy<Task<string>>(cluster.CreateDatabaseAsync)).Value;
        return new PostgresPlace(cluster, database, $"Test {Interlocked.Increment(ref _schemas)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated)
        {
            await (await _cluster.Value).DisposeAsync();
        }
    }
}

/// <summary>Where one test keeps its tables.</summary>
/// <param name="Cluster">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Schema">Its schema: a name that has to be quoted.</param>
public sealed record PostgresPlace(PostgresCluster Cluster, string Database, string Schema)
{
    /// <summary>As a configuration has it.</summary>
    public string Url => Cluster.Url(Database, $"schema={Uri.EscapeDataString(Schema)}&connection_limit=8");

    /// <summary>Runs statements in the schema, past Weir's driver.</summary>
    public Task<string> SqlAsync(string sql) => Cluster.SqlAsync(Database, $"SET search_path TO \"{Schema}\"; {sql}");

    /// <summary>Opened, not migrated.</summary>
    public Storage Open(StorageOptions? options = null) => StorageSetup.Open(Url, "unused.db", NullLogger.Instance, options);

    /// <summary>Opened and migrated.</summary>
    public Storage OpenMigrated()
    {
        var storage = Open();
        storage.Migrations.Migrate();
        return storage;
    }
}
