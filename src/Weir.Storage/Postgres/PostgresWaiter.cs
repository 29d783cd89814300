using System.Net.Sockets;
using Npgsql;

namespace Weir.Storage.Postgres;

/// <summary>
/// Wakes those who wait when another replica tells that something changed (LISTEN and NOTIFY), on a connection of its own. Behind a pooler that
/// shares connections it hears nothing, and without a connection neither: then a wait lasts as long as it may, and who waits looks for himself.
/// </summary>
internal sealed class PostgresWaiter : IDisposable
{
    private readonly PostgresDatabase _database;
    private readonly string _channel;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private NpgsqlConnection? _ear;

    public PostgresWaiter(PostgresDatabase database, string channel)
    {
        _database = database;
        _channel = channel;
        database.CloseFirst(this);
    }

    /// <summary>Tells, when the transaction commits. The schema goes with it: a channel is the whole database's.</summary>
    public Task TellAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        PostgresSql.ExecuteAsync(connection, "SELECT pg_notify($1, $2)", [_channel, _database.Schema], cancellationToken);

    /// <summary>Returns when somebody told, at the latest after <paramref name="atMost"/>. One waits at a time.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var ear = _ear ??= await ListenAsync(cancellationToken);
            bool told = false;
            void Hear(object sender, NpgsqlNotificationEventArgs notice) => told |= notice.Payload == _database.Schema;
            ear.Notification += Hear;
            try
            {
                while (!told && atMost - time.GetElapsedTime(began) is { Ticks: > 0 } left)
                {
                    if (!await ear.WaitAsync(left, cancellationToken))
                    {
                        return;
                    }
                }
            }
            finally
            {
                ear.Notification -= Hear;
            }
        }
        catch (Exception error) when (error is NpgsqlException or SocketException or IOException or InvalidOperationException)
        {
            // Not heard is not lost: who waits looks after this time anyway, and the next wait tries to listen again.
            await ForgetAsync();
            if (atMost - time.GetElapsedTime(began) is { Ticks: > 0 } left)
            {
                await Task.Delay(left, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await ForgetAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _ear?.Dispose();
        _turn.Dispose();
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await _database.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            await PostgresSql.ExecuteAsync(connection, $"LISTEN {_channel}", [], cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task ForgetAsync()
    {
        if (_ear is { } ear)
        {
            _ear = null;
            await ear.DisposeAsync();
        }
    }
}
