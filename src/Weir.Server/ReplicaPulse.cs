using Microsoft.Extensions.Logging;
using Weir.Gateway.Ledger;
using Weir.Storage;

namespace Weir.Server;

/// <summary>
/// Says again and again that this process uses the database, so that no migration takes away what it needs; and takes the steps that waited for
/// older builds once none of them lives.
/// </summary>
internal sealed partial class ReplicaPulse : IAsyncDisposable
{
    /// <summary>Often enough that a few lost beats make nobody silent.</summary>
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Storage.Storage _storage;
    private readonly Replica _replica;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    private ReplicaPulse(Storage.Storage storage, Replica replica, TimeProvider time, ILogger logger)
    {
        _storage = storage;
        _replica = replica;
        _time = time;
        _logger = logger;
    }

    /// <summary>Beats once, then in the background.</summary>
    /// <exception cref="MigrationException">A later build has just taken away what this one needs.</exception>
    internal static async Task<ReplicaPulse> StartAsync(Storage.Storage storage, Replica replica, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var pulse = new ReplicaPulse(storage, replica, time, logger);
        await storage.Replicas.BeatAsync(replica, cancellationToken);
        pulse._loop = Task.Run(pulse.RunAsync, CancellationToken.None);
        return pulse;
    }

    /// <summary>Stops and takes the replica out, if the database is there to be told; else its silence tells.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
            await _storage.Replicas.LeaveAsync(_replica.Id, limit.Token);
        }
        catch (Exception error)
        {
            // A boundary: the driver's errors are its own, and a stop goes on without the database.
            LogNotLeft(_logger, error.Message);
        }

        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Every, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await BeatAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            await _storage.Replicas.BeatAsync(_replica, _stop.Token);
            await Task.Run(MigrateWhatWaited);

            _failing = false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A boundary: while the database is away the gateway goes on. Being overtaken is said every time, because only a restart cures it.
            if (error is MigrationException)
            {
                LogOvertaken(_logger, error.Message);
            }
            else if (!_failing)
            {
                LogNotBeaten(_logger, error.Message);
            }

            _failing = true;
        }
    }

    /// <summary>Blocks, so it has a thread of its own.</summary>
    private void MigrateWhatWaited()
    {
        if (_storage.Migrations.Status().Any(script => script is { Applied: false, Known: true }))
        {
            _storage.Migrations.Migrate();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database could not be told that this replica lives: {Reason}. It is tried again.")]
    private static partial void LogNotBeaten(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason}")]
    private static partial void LogOvertaken(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database could not be told that this replica ends: {Reason}.")]
    private static partial void LogNotLeft(ILogger logger, string reason);
}
