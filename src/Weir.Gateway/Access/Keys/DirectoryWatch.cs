using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Access.Keys;

/// <summary>
/// Drops what other replicas have changed, within a second. While the store can't be asked for longer than a few seconds, nothing is taken
/// from memory any more: a key that was blocked elsewhere must not go on here.
/// </summary>
internal sealed partial class DirectoryWatch(IDirectoryStore store, IReadOnlyList<IDirectoryDerived> derived, TimeProvider time, ILogger<DirectoryWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private long? _revision;
    private long _heardAt;

    /// <summary>This process has changed an entry: what was made of it is dropped at once.</summary>
    internal void Changed(DirectoryKind kind, string id)
    {
        foreach (var memory in derived)
        {
            memory.Drop(kind, id);
        }
    }

    /// <summary>Asks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_heardAt == 0)
        {
            _heardAt = time.GetTimestamp();
        }
        try
        {
            await FollowAsync(cancellationToken);
            _heardAt = time.GetTimestamp();
            Suspend(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogAway(error.Message);
            Suspend(time.GetElapsedTime(_heardAt) > LongestSilence);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await LookAsync(stoppingToken);
            await store.WaitForChangeAsync(Pause, time, stoppingToken);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (_revision is null)
        {
            // Where the log of changes ends. What was read before is older than that, perhaps.
            _revision = (await store.ChangesSinceAsync(long.MaxValue, cancellationToken)).Revision;
            Clear();
            return;
        }
        while (true)
        {
            var changes = await store.ChangesSinceAsync(_revision.Value, cancellationToken);
            if (changes.Revision < _revision)
            {
                // Another database stands in its place: an older copy was restored.
                Clear();
            }
            foreach (var (kind, id) in changes.Changed)
            {
                Changed(kind, id);
            }
            _revision = changes.Revision;
            if (!changes.More)
            {
                return;
            }
        }
    }

    private void Clear()
    {
        foreach (var memory in derived)
        {
            memory.Clear();
        }
    }

    private void Suspend(bool suspended)
    {
        foreach (var memory in derived)
        {
            if (memory.Suspended != suspended)
            {
                memory.Suspended = suspended;
                LogSuspended(suspended);
            }
        }
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "The directory of keys can't be asked for changes: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "Keys are taken from memory: {Suspended} (true means: no longer, until the database answers)")]
    private partial void LogSuspended(bool suspended);
}
