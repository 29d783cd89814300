using Microsoft.Data.Sqlite;

namespace Weir.Storage.Sqlite;

/// <summary>One SQLite file and how its connections are set up.</summary>
internal sealed class SqliteDatabase
{
    private readonly string _write;
    private readonly string _read;

    public SqliteDatabase(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        _write = new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false, DefaultTimeout = 30 }.ToString();
        _read = new SqliteConnectionStringBuilder { DataSource = Path, DefaultTimeout = 30 }.ToString();
    }

    public string Path { get; }

    /// <summary>A connection that writes. Group commits make FULL free, and with it a committed row survives the loss of power.</summary>
    public SqliteConnection OpenForWriting()
    {
        if (System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        // The checkpoint copies each changed page once, so a longer log copies the hot pages of the indexes less often.
        return Open(_write, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;");
    }

    /// <summary>A pooled connection that only reads; it never waits for the writer.</summary>
    public SqliteConnection OpenForReading() => Open(_read, "PRAGMA query_only = 1;");

    /// <summary>Closes the pooled connections, so that the last one folds the log into the file.</summary>
    public void ClearPool()
    {
        using var connection = new SqliteConnection(_read);
        SqliteConnection.ClearPool(connection);
    }

    private static SqliteConnection Open(string connectionString, string pragmas)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = pragmas;
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
