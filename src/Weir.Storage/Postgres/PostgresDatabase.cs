using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Weir.Storage.Postgres;

/// <summary>One PostgreSQL database and schema, and how it is connected to.</summary>
internal sealed partial class PostgresDatabase : IDisposable
{
    /// <summary>How long a start waits for a server that is away or starting.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // The provider hands out what its own cache holds, so asking often costs nothing and a token is never older than this.
    private static readonly TimeSpan PasswordEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PasswordRetry = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<IDisposable> _parts = [];

    public PostgresDatabase(PostgresUrl url, IDatabasePassword? password, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        Description = url.Description;
        Schema = url.Schema;
        var builder = new NpgsqlSlimDataSourceBuilder(url.Settings.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableArrays();
        if (url.WantsEntra)
        {
            var entra = password ?? throw new StorageUrlException("the PostgreSQL URL asks for an Entra token, which this command can't get.");
            builder.UsePeriodicPasswordProvider((_, cancellationToken) => entra.CurrentAsync(cancellationToken), PasswordEvery, PasswordRetry);
        }

        Source = builder.Build();
    }

    /// <summary>For people; no credential.</summary>
    public string Description { get; }

    /// <summary>The schema's name, not quoted.</summary>
    public string Schema { get; }

    public NpgsqlDataSource Source { get; }

    /// <summary>What tests add to the server's clock, which they can't move.</summary>
    public Func<TimeSpan> ClockShift { get; init; } = static () => TimeSpan.Zero;

    /// <summary>
    /// A table's or channel's full name, quoted. Statements name the schema, because a search path set at connect is lost behind a pooler such as PgBouncer.
    /// </summary>
    public string Name(string table) => $"{Quoted(Schema)}.{table}";

    public static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>The time by the server's clock, which all replicas share.</summary>
    public async Task<DateTimeOffset> NowAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        DirectoryTime.Time(await PostgresSql.NumberAsync(connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", [], cancellationToken)) + ClockShift();

    /// <summary>Waits until the server answers.</summary>
    /// <exception cref="StorageUnavailableException">It refuses, or does not come in time.</exception>
    public async Task ReachAsync(CancellationToken cancellationToken)
    {
        long began = _time.GetTimestamp();
        for (bool first = true; ; first = false)
        {
            try
            {
                await using (await Source.OpenConnectionAsync(cancellationToken))
                {
                    // Off the socket's thread: what follows a start blocks, and would wait for the thread that it is on.
                    await LeaveSocketThread();
                    return;
                }
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or SocketException or InvalidOperationException or IOException)
            {
                if (!MayComeYet(error))
                {
                    throw new StorageUnavailableException($"the {Description} can't be used: {Reason(error)}", error);
                }

                if (_time.GetElapsedTime(began) >= LongestWait)
                {
                    throw new StorageUnavailableException(
                        $"the {Description} did not answer for {LongestWait.TotalSeconds:0} s: {Reason(error)}. Start it, or correct database_url (DATABASE_URL).", error);
                }

                if (first)
                {
                    LogWaiting(_logger, Description, LongestWait.TotalSeconds, Reason(error));
                }
            }

            await Task.Delay(Pause, _time, cancellationToken);
        }
    }

    /// <summary>Closes a part that holds a connection, before the pool.</summary>
    public void CloseFirst(IDisposable part) => _parts.Add(part);

    /// <summary>The rest of the method runs on the thread pool: see docs/adr/0005-socket-threads.md.</summary>
    public static ConfiguredTaskAwaitable LeaveSocketThread() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Dispose();
        }

        Source.Dispose();
    }

    /// <summary>The driver often says only where it failed, and keeps why inside.</summary>
    private static string Reason(Exception error)
    {
        string reason = error.Message.TrimEnd('.');
        for (var inner = error.InnerException; inner is not null; inner = inner.InnerException)
        {
            reason = reason.Contains(inner.Message, StringComparison.Ordinal) ? reason : $"{reason}: {inner.Message.TrimEnd('.')}";
        }

        return reason;
    }

    /// <summary>A server that refuses the user, the password or the database will do so again; any other trouble may pass.</summary>
    private static bool MayComeYet(Exception error) => error switch
    {
        PostgresException { SqlState: var state } => state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal),
        InvalidOperationException => false,
        _ => error.InnerException is SocketException or IOException or TimeoutException || error is TimeoutException or SocketException or IOException || (error is NpgsqlException { IsTransient: true }),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the {Database}, up to {Seconds} s: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string database, double seconds, string reason);
}
