using Weir.Gateway.Config;

namespace Weir.Gateway.Routing;

/// <summary>
/// What is known about a deployment while the process lives: load, counters of this minute, latency, cooldown, last probe.
/// Kept across reloads under the deployment's id. Safe for concurrent use; locks are held for a few instructions.
/// </summary>
public sealed class DeploymentState
{
    private readonly Lock _gate = new();
    private readonly RoutingClock _clock;
    private readonly RoutingState _owner;
    private readonly int[] _failuresByClass = new int[Enum.GetValues<RetryClass>().Length];
    private LatencyRing _latency;
    private LatencyRing _firstToken;
    private long _minute;
    private long _requests;
    private long _tokens;
    private int _successes;
    private int _failures;
    private int _inFlight;
    private long _cooldownUntil;
    private long _probe;
    private bool _retired;

    internal DeploymentState(string id, RoutingClock clock, RoutingState owner)
    {
        Id = id;
        _clock = clock;
        _owner = owner;
    }

    /// <summary>The deployment's id (<c>model_info.id</c>).</summary>
    public string Id { get; }

    /// <summary>Calls begun and not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Time left of the cooldown; zero when there is none.</summary>
    public TimeSpan CooldownRemaining => CooldownLeft(_clock.Now);

    /// <summary>Marks the deployment as named, or no longer named, by the configuration in force. True when nothing keeps its state.</summary>
    internal bool SetRetired(bool retired)
    {
        lock (_gate)
        {
            _retired = retired;
            return retired && _inFlight == 0;
        }
    }

    /// <summary>Retired, and its last call has ended.</summary>
    internal bool IsDroppable
    {
        get
        {
            lock (_gate)
            {
                return _retired && _inFlight == 0;
            }
        }
    }

    /// <summary>Reads everything at once, for <c>/health</c>, metrics and dashboards.</summary>
    public DeploymentSnapshot Snapshot()
    {
        var now = _clock.Now;
        lock (_gate)
        {
            Roll(now);
            var left = CooldownLeft(now);
            return new DeploymentSnapshot(
                Id,
                _inFlight,
                _requests,
                _tokens,
                _successes,
                _failures,
                left,
                left > TimeSpan.Zero ? _clock.WallClock + left : null);
        }
    }

    /// <summary>
    /// Counts a call as begun unless a limit is reached; look and count are one step, so parallel callers can't pass the limit together.
    /// Each true is followed by exactly one <see cref="End"/>.
    /// </summary>
    internal bool TryBegin(int? maxParallel, long? rpm, long now)
    {
        lock (_gate)
        {
            if (maxParallel is { } most && _inFlight >= most)
            {
                return false;
            }

            Roll(now);
            if (rpm is { } limit && _requests >= limit)
            {
                return false;
            }

            _inFlight++;
            _requests++;
            return true;
        }
    }

    /// <summary>The call is over, however it went.</summary>
    internal void End()
    {
        bool droppable;
        lock (_gate)
        {
            if (_inFlight == 0)
            {
                throw new InvalidOperationException($"A call of deployment '{Id}' was ended twice.");
            }

            _inFlight--;
            droppable = _retired && _inFlight == 0;
        }

        if (droppable)
        {
            _owner.DropIfIdle(this);
        }
    }

    /// <summary>The call gave a whole answer.</summary>
    /// <param name="duration">From sending to the last byte.</param>
    /// <param name="firstToken">Until the first content of a stream; null when it did not stream.</param>
    /// <param name="outputTokens">Tokens of the answer; latency is compared per token of it, as LiteLLM does.</param>
    /// <param name="totalTokens">All tokens, for the tokens of this minute.</param>
    internal void RecordSuccess(TimeSpan duration, TimeSpan? firstToken, long outputTokens, long totalTokens)
    {
        var now = _clock.Now;
        lock (_gate)
        {
            Roll(now);
            _successes++;
            _tokens += totalTokens;
            _latency.Add(now, duration.Ticks / Math.Max(1, outputTokens));
            if (firstToken is { } first)
            {
                _firstToken.Add(now, first.Ticks);
            }
        }
    }

    /// <summary>Counts a failure of the deployment in this minute and says how the minute stands.</summary>
    internal MinuteOutcome RecordFailure(RetryClass? failureClass)
    {
        var now = _clock.Now;
        lock (_gate)
        {
            Roll(now);
            _failures++;
            var ofClass = failureClass is { } index ? ++_failuresByClass[(int)index] : 0;
            return new MinuteOutcome(_successes, _failures, ofClass);
        }
    }

    /// <summary>A call that ran into its time limit is a sample too: else a hanging deployment looks as fast as its best answers.</summary>
    internal void RecordTimeoutLatency(TimeSpan waited, bool streaming)
    {
        var now = _clock.Now;
        lock (_gate)
        {
            _latency.Add(now, waited.Ticks);
            if (streaming)
            {
                _firstToken.Add(now, waited.Ticks);
            }
        }
    }

    /// <summary>Adds tokens to this minute, for calls that used some and did not succeed.</summary>
    internal void AddTokens(long tokens)
    {
        var now = _clock.Now;
        lock (_gate)
        {
            Roll(now);
            _tokens += tokens;
        }
    }

    /// <summary>Rests the deployment; a longer rest that is already on stays. True when it was not resting before.</summary>
    internal bool StartCooldown(TimeSpan duration)
    {
        var now = _clock.Now;
        lock (_gate)
        {
            var began = _cooldownUntil <= now;
            Volatile.Write(ref _cooldownUntil, Math.Max(_cooldownUntil, now + duration.Ticks));
            return began;
        }
    }

    /// <summary>Ends a cooldown by hand.</summary>
    internal void ClearCooldown()
    {
        lock (_gate)
        {
            Volatile.Write(ref _cooldownUntil, 0);
        }
    }

    /// <summary>Keeps the result of a probe.</summary>
    internal void RecordProbe(bool healthy) => Volatile.Write(ref _probe, (_clock.Now << 1) | (healthy ? 1L : 0L));

    /// <summary>The last probe, or null when there is none or it is older than <paramref name="staleness"/>.</summary>
    internal bool? ProbeSays(long now, TimeSpan staleness)
    {
        var probe = Volatile.Read(ref _probe);
        return probe == 0 || now - (probe >> 1) > staleness.Ticks ? null : (probe & 1) == 1;
    }

    internal bool IsCooling(long now) => Volatile.Read(ref _cooldownUntil) > now;

    internal TimeSpan CooldownLeft(long now) => TimeSpan.FromTicks(Math.Max(0, Volatile.Read(ref _cooldownUntil) - now));

    /// <summary>Requests and tokens of the minute that <paramref name="now"/> belongs to.</summary>
    internal (long Requests, long Tokens) Used(long now)
    {
        lock (_gate)
        {
            Roll(now);
            return (_requests, _tokens);
        }
    }

    /// <summary>A call failed in this minute.</summary>
    internal bool HasFailed(long now)
    {
        lock (_gate)
        {
            Roll(now);
            return _failures > 0;
        }
    }

    /// <summary>Mean latency in ticks: of whole calls per output token, or of first tokens when streaming; null when unknown.</summary>
    internal double? MeanLatency(long now, TimeSpan ttl, bool streaming)
    {
        lock (_gate)
        {
            return streaming ? _firstToken.Mean(now, ttl) : _latency.Mean(now, ttl);
        }
    }

    private void Roll(long now)
    {
        // Only forward: a caller whose clock reading is a little older must not empty a minute that has begun.
        var minute = RoutingClock.MinuteOf(now);
        if (minute > _minute)
        {
            _minute = minute;
            _requests = 0;
            _tokens = 0;
            _successes = 0;
            _failures = 0;
            Array.Clear(_failuresByClass);
        }
    }
}

/// <summary>How the current minute of a deployment stands.</summary>
/// <param name="Successes">Calls that gave an answer.</param>
/// <param name="Failures">Calls that failed through the deployment's own fault.</param>
/// <param name="OfClass">Failures of the class just recorded; zero when it has no class.</param>
internal readonly record struct MinuteOutcome(int Successes, int Failures, int OfClass);
