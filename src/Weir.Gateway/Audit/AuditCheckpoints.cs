using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Weir.Gateway.Telemetry.Tracing;

namespace Weir.Gateway.Audit;

/// <summary>
/// Writes a checkpoint every <see cref="Rows"/> rows or <see cref="Interval"/> when something changed, and one at the close: into the database,
/// the log and, where it is on, OpenTelemetry. Each holds the heads of all chains that moved; once an <see cref="FullInterval"/> and at the first
/// it holds all, so that a database with many chains of replicas long gone does not fill the log.
/// </summary>
public sealed class AuditCheckpoints : IAsyncDisposable
{
    /// <summary>Rows after which one is due.</summary>
    public const int Rows = 1000;

    /// <summary>Time after the first new row after which one is due.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Time between two that hold all chains.</summary>
    public static readonly TimeSpan FullInterval = TimeSpan.FromHours(1);

    private readonly IAuditStore _store;
    private readonly AuditKey? _key;
    private readonly string _chain;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _full = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _dirty = NewSource();
    private TaskCompletionSource _due = NewSource();
    private DateTimeOffset _nextFull;
    private long _rows;
    private long _number = -1;
    private Task _loop = Task.CompletedTask;

    /// <summary>Begins to wait for rows.</summary>
    /// <param name="store">Where heads are read and checkpoints kept.</param>
    /// <param name="key">Signs; null for checkpoints that prove nothing, about which one warning is logged.</param>
    /// <param name="chain">This replica's chain.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The witness.</param>
    public AuditCheckpoints(IAuditStore store, AuditKey? key, string chain, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (key is { CanSign: false })
        {
            throw new AuditKeyException("the audit's signing key has only its public half", null);
        }
        (_store, _key, _chain, _time, _logger) = (store, key, chain, time, logger);
        if (key is null)
        {
            logger.CheckpointsUnsigned();
        }
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Rows were committed.</summary>
    public void Committed(int rows)
    {
        if (rows <= 0)
        {
            return;
        }
        lock (_gate)
        {
            _rows += rows;
            _dirty.TrySetResult();
            if (_rows >= Rows)
            {
                _due.TrySetResult();
            }
        }
    }

    /// <summary>Writes the last one, when something changed since the one before. Close what writes rows first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (await DueAsync())
        {
            await WriteAsync();
        }
        await WriteAsync();
    }

    /// <summary>Waits until one is due; false when it is the last.</summary>
    private async Task<bool> DueAsync()
    {
        Task dirty, due;
        lock (_gate)
        {
            (dirty, due) = (_dirty.Task, _due.Task);
        }
        try
        {
            await dirty.WaitAsync(_stop.Token);
            await due.WaitAsync(Interval, _time, _stop.Token);
        }
        catch (TimeoutException)
        {
            // Not so many rows, but time enough.
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        return true;
    }

    private async Task WriteAsync()
    {
        long rows;
        lock (_gate)
        {
            rows = _rows;
            if (rows == 0)
            {
                return;
            }
            _rows = 0;
            (_dirty, _due) = (NewSource(), NewSource());
        }
        try
        {
            using var patience = new CancellationTokenSource(Interval, _time);
            await WriteAsync(patience.Token);
        }
        catch (Exception error)
        {
            // A boundary: whatever the database's driver throws, the rows are safe in it and the next checkpoint covers them.
            _logger.CheckpointFailed(error.Message, Interval);
            lock (_gate)
            {
                _rows += rows;
                _dirty.TrySetResult();
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        // Above what this process wrote, too: whoever deletes checkpoints does not make their numbers free again.
        _number = Math.Max(_number, await _store.LastCheckpointAsync(_chain, cancellationToken));
        var heads = await _store.HeadsAsync(cancellationToken);
        var now = _time.GetUtcNow();
        var full = now >= _nextFull;
        var moved = full ? heads : [.. heads.Where(head => _full.GetValueOrDefault(head.Chain) != head.Seq)];
        if (moved.Count == 0)
        {
            return;
        }
        var checkpoint = new AuditCheckpoint(_chain, _number + 1, now, full, moved);
        var token = AuditToken.Make(AuditToken.Checkpoint, checkpoint.Payload(), _key);
        await _store.AddCheckpointAsync(new StoredCheckpoint(_chain, checkpoint.Number, AuditBody.MicrosOf(now), token.Text), cancellationToken);
        _number = checkpoint.Number;
        if (full)
        {
            _nextFull = now + FullInterval;
            _full.Clear();
            foreach (var head in heads)
            {
                _full[head.Chain] = head.Seq;
            }
        }
        _logger.CheckpointWritten(checkpoint.Number, token.Text);
        using var span = RequestTracing.Source.StartActivity("audit checkpoint", ActivityKind.Internal, parentContext: default);
        span?.SetTag("weir.audit.checkpoint", token.Text);
    }
}
