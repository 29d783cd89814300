using Microsoft.Extensions.Logging;
using Weir.Storage.Postgres;
using Weir.Storage.Sqlite;

namespace Weir.Storage;

/// <summary>The databases, by URL scheme: the list in which a new one is one line.</summary>
public static class StorageSetup
{
    private static readonly (string Scheme, Func<string, StorageOptions, ILogger, Storage> Open)[] Drivers =
    [
        ("sqlite", static (url, options, logger) => OpenSqlite(SqlitePath(url), options, logger)),
        ("postgresql", OpenPostgres),
        ("postgres", OpenPostgres),
    ];

    /// <summary>
    /// Opens what a database URL names. Nothing is read or written yet: call <see cref="Storage.ReachAsync"/> and
    /// <see cref="Weir.Gateway.Ledger.IMigrationRunner.Migrate"/> first.
    /// </summary>
    /// <param name="databaseUrl"><c>sqlite:///var/lib/weir/weir.db</c>, <c>sqlite:relative.db</c>, <c>postgresql://user:password@host/database</c>, or null for the default.</param>
    /// <param name="defaultPath">The SQLite file to use without a URL of our own.</param>
    /// <param name="logger">Where migrations are logged.</param>
    /// <param name="options">What some databases need.</param>
    /// <exception cref="StorageUrlException">The URL names no database that Weir knows; its text is not repeated, as it may hold a password.</exception>
    public static Storage Open(string? databaseUrl, string defaultPath, ILogger logger, StorageOptions? options = null)
    {
        options ??= new StorageOptions();
        if (string.IsNullOrWhiteSpace(databaseUrl))
        {
            return OpenSqlite(defaultPath, options, logger);
        }

        string url = databaseUrl.Trim();
        int colon = url.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : url[..colon];
        foreach (var driver in Drivers)
        {
            if (scheme.Equals(driver.Scheme, StringComparison.OrdinalIgnoreCase))
            {
                return driver.Open(url, options, logger);
            }
        }

        throw new StorageUrlException(
            $"the database URL begins with '{(scheme.Length is > 0 and < 20 ? scheme + ":" : "(no scheme)")}', but Weir knows sqlite: and postgresql:. "
            + "Write sqlite:///path/to/weir.db or postgresql://user:password@host:5432/database, or leave it out for the default file.");
    }

    private static Storage OpenSqlite(string path, StorageOptions options, ILogger logger)
    {
        var database = new SqliteDatabase(path);
        var store = new SqliteLedgerStore(database);
        var scripts = options.Scripts ?? MigrationScripts.Embedded("sqlite");
        return new Storage(new StorageParts
        {
            Ledger = store,
            Budgets = new SqliteBudgetStore(store, options.Time),
            Kept = new SqliteKeptIndex(database),
            Directory = new SqliteDirectoryStore(database),
            Migrations = new SqliteMigrations(database, scripts, logger),
            Replicas = new SqliteReplicas(database, scripts),
            Description = $"SQLite in {database.Path}",
            Owned = store,
        });
    }

    private static Storage OpenPostgres(string url, StorageOptions options, ILogger logger)
    {
        var parsed = PostgresUrl.Parse(url);
        var database = new PostgresDatabase(parsed, options.Password, options.Time, logger) { ClockShift = options.ClockShift };
        var scripts = options.Scripts ?? MigrationScripts.Embedded("postgres");
        var migrations = new PostgresMigrations(database, scripts, logger);
        var store = new PostgresLedgerStore(database);
        return new Storage(new StorageParts
        {
            Ledger = store,
            Budgets = new PostgresBudgetStore(database),
            Kept = new PostgresKeptIndex(database),
            Directory = new PostgresDirectoryStore(database),
            Migrations = migrations,
            Replicas = new PostgresReplicas(database, migrations, scripts),
            Description = database.Description,
            Notice = parsed.Unknown.Count == 0 ? "" : $"Parameters of the database URL without effect: {string.Join(", ", parsed.Unknown)}.",
            Reach = database.ReachAsync,
            Owned = store,
        });
    }

    /// <summary><c>sqlite:///a/b.db</c> is <c>/a/b.db</c> (a fourth slash changes nothing); <c>sqlite:b.db</c> and <c>sqlite:///./b.db</c> are relative.</summary>
    private static string SqlitePath(string url)
    {
        string rest = Uri.UnescapeDataString(url["sqlite:".Length..]);
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        rest = query < 0 ? rest : rest[..query];
        if (rest.StartsWith("///", StringComparison.Ordinal))
        {
            string path = rest.TrimStart('/');
            rest = path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal) ? path : "/" + path;
        }
        else if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            throw new StorageUrlException("a sqlite: URL names a file, not a host: write sqlite:///path/to/weir.db with three slashes, or sqlite:weir.db for a relative path.");
        }

        return rest.Trim('/').Length > 0 ? rest : throw new StorageUrlException("the sqlite: URL names no file: write sqlite:///path/to/weir.db.");
    }
}
