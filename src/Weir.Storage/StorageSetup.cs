using Microsoft.Extensions.Logging;
using Weir.Gateway.Ledger;
using Weir.Storage.Sqlite;

namespace Weir.Storage;

/// <summary>The databases, by URL scheme: the list in which a new one is one line.</summary>
public static class StorageSetup
{
    private static readonly (string Scheme, Func<string, ILogger, TimeProvider, Storage> Open)[] Drivers =
    [
        ("sqlite", static (url, logger, time) => OpenSqlite(SqlitePath(url), "", logger, time)),
    ];

    // Taken without complaint because LiteLLM's configurations carry them: the rows go to SQLite until the driver is there.
    private static readonly string[] Later = ["postgresql", "postgres"];

    /// <summary>Opens what a database URL names. Nothing is read or written yet: call <see cref="IMigrationRunner.Migrate"/> first.</summary>
    /// <param name="databaseUrl"><c>sqlite:///var/lib/weir/weir.db</c>, <c>sqlite:relative.db</c>, a PostgreSQL URL, or null for the default.</param>
    /// <param name="defaultPath">The SQLite file to use without a URL of our own.</param>
    /// <param name="logger">Where migrations are logged.</param>
    /// <param name="time">The clock of a database that has none of its own; null for the system's.</param>
    /// <exception cref="StorageUrlException">The URL names no database that Weir knows; its text is not repeated, as it may hold a password.</exception>
    public static Storage Open(string? databaseUrl, string defaultPath, ILogger logger, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        if (string.IsNullOrWhiteSpace(databaseUrl))
        {
            return OpenSqlite(defaultPath, "", logger, time);
        }

        string url = databaseUrl.Trim();
        int colon = url.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : url[..colon];
        foreach (var driver in Drivers)
        {
            if (scheme.Equals(driver.Scheme, StringComparison.OrdinalIgnoreCase))
            {
                return driver.Open(url, logger, time);
            }
        }

        if (Later.Contains(scheme, StringComparer.OrdinalIgnoreCase))
        {
            return OpenSqlite(
                defaultPath, $"{scheme}:// is not served by this build: PostgreSQL comes later. Rows go to SQLite in {Path.GetFullPath(defaultPath)}.", logger, time);
        }

        throw new StorageUrlException(
            $"the database URL begins with '{(scheme.Length is > 0 and < 20 ? scheme + ":" : "(no scheme)")}', but Weir knows sqlite: (and, later, postgresql:). "
            + "Write sqlite:///path/to/weir.db, or leave it out for the default file.");
    }

    private static Storage OpenSqlite(string path, string notice, ILogger logger, TimeProvider time)
    {
        var database = new SqliteDatabase(path);
        var store = new SqliteLedgerStore(database);
        return new Storage(store, new SqliteBudgetStore(store, time), new SqliteKeptIndex(database), new SqliteMigrations(database, logger), $"SQLite in {database.Path}", notice, store);
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
