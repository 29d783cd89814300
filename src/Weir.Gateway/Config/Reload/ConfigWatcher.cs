using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Reload;

/// <summary>
/// Puts a changed configuration in force. It looks at the files every two seconds and waits until they hold still for one such
/// interval; polling sees what notifications miss (network drives, a ConfigMap's link swap). A load that fails leaves everything as it is.
/// </summary>
public sealed partial class ConfigWatcher : IDisposable
{
    /// <summary>Time between two looks, and how long a change must hold still.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Func<ConfigLoadResult> _load;
    private readonly Action<GatewayConfig> _apply;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private ImmutableArray<string> _files;
    private string _seen;
    private string? _pending;

    /// <summary>Makes a watcher; it looks only after <see cref="Start"/>.</summary>
    /// <param name="current">The load that is in force.</param>
    /// <param name="load">Loads again.</param>
    /// <param name="apply">Puts a configuration in force. When it throws, the earlier one must still be.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where reloads are told.</param>
    public ConfigWatcher(ConfigLoadResult current, Func<ConfigLoadResult> load, Action<GatewayConfig> apply, TimeProvider time, ILogger<ConfigWatcher> logger)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(time);
        Current = current.Config ?? throw new ArgumentException("The configuration in force did not load.", nameof(current));
        _load = load;
        _apply = apply;
        _time = time;
        _logger = logger;
        _files = current.Files;
        _seen = FileFingerprint.Of(_files);
        LastReload = new ReloadStatus(time.GetUtcNow(), "start", true, current.Report.Problems, [], 1, 0);
    }

    /// <summary>The configuration in force.</summary>
    public GatewayConfig Current { get; private set; }

    /// <summary>How the last load went.</summary>
    public ReloadStatus LastReload { get; private set; }

    /// <summary>Raised after each reload, also a failed one, on the thread that reloaded.</summary>
    public event Action<ReloadStatus>? Reloaded;

    /// <summary>Begins to look.</summary>
    public void Start() => _timer ??= _time.CreateTimer(static watcher => (watcher as ConfigWatcher)?.Look(), this, Interval, Interval);

    /// <summary>Loads now, changed or not (SIGHUP).</summary>
    public ReloadStatus ReloadNow(string trigger)
    {
        ReloadStatus status;
        lock (_gate)
        {
            status = Reload(trigger, FileFingerprint.Of(_files));
        }

        Reloaded?.Invoke(status);
        return status;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        // A look that finds another one at work has nothing to add.
        if (!_gate.TryEnter())
        {
            return;
        }

        ReloadStatus status;
        try
        {
            var now = FileFingerprint.Of(_files);
            if (string.Equals(now, _seen, StringComparison.Ordinal))
            {
                _pending = null;
                return;
            }

            if (!string.Equals(now, _pending, StringComparison.Ordinal))
            {
                _pending = now;
                return;
            }

            status = Reload("file changed", now);
        }
        finally
        {
            _gate.Exit();
        }

        Reloaded?.Invoke(status);
    }

    private ReloadStatus Reload(string trigger, string fingerprint)
    {
        _pending = null;
        var before = LastReload;
        var weakened = ImmutableArray<string>.Empty;
        ImmutableArray<ConfigProblem> problems;
        var succeeded = false;
        try
        {
            var result = _load();
            problems = result.Report.Problems;
            if (result.Config is { } config)
            {
                weakened = PolicyComparison.Weakens(Current, config);
                _apply(config);
                Current = config;
                succeeded = true;
                if (!result.Files.SequenceEqual(_files, StringComparer.Ordinal))
                {
                    _files = result.Files;
                    fingerprint = FileFingerprint.Of(_files);
                }
            }
        }
        catch (Exception exception)
        {
            // A reload runs on a timer: whatever goes wrong in it ends in the log and does not end the process.
            LogCrash(_logger, exception);
            problems = [Crash(exception)];
        }

        // A broken file is tried once, not every two seconds: the next change is the next try.
        _seen = fingerprint;
        LastReload = new ReloadStatus(
            _time.GetUtcNow(), trigger, succeeded, problems, succeeded ? weakened : [],
            before.Applied + (succeeded ? 1 : 0), before.Failed + (succeeded ? 0 : 1));
        Tell(LastReload);
        return LastReload;
    }

    private ConfigProblem Crash(Exception exception) => new(
        "reload-failed", ProblemSeverity.Error, new ConfigPosition(Current.SourcePath, 1, 1),
        $"The configuration could not be put in force ({exception.GetType().Name}); the log says more.");

    private void Tell(ReloadStatus status)
    {
        if (!status.Succeeded)
        {
            LogFailed(_logger, status.Trigger, Current.SourcePath, string.Join('\n', status.Problems.Where(static item => item.Severity == ProblemSeverity.Error)));
            return;
        }

        LogApplied(_logger, status.Trigger, Current.SourcePath, Current.Deployments.Length, Current.Rejected.Length);
        foreach (var sentence in status.Weakened)
        {
            LogWeakened(_logger, sentence);
        }
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Configuration reloaded ({Trigger}) from {Path}: {Deployments} deployments, {Rejected} left out")]
    private static partial void LogApplied(ILogger logger, string trigger, string path, int deployments, int rejected);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "Reload ({Trigger}) of {Path} failed; the earlier configuration stays in force\n{Problems}")]
    private static partial void LogFailed(ILogger logger, string trigger, string path, string problems);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "The reloaded configuration weakens policy: {Sentence}")]
    private static partial void LogWeakened(ILogger logger, string sentence);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Error, Message = "The reload stopped unexpectedly")]
    private static partial void LogCrash(ILogger logger, Exception exception);
}
