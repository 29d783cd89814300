using Weir.Gateway.Access;

namespace Weir.Gateway.RateLimits;

/// <summary>Limits of speed of one process: fixed minutes, counted exactly, all limits of a request under one lock.</summary>
internal sealed class LocalWindows(TimeProvider time) : IRateWindows
{
    // Requests of one size in a minute up to which the tokens of each are counted.
    private const int CountedUpTo = 4096;
    private const int MostBeforeSweep = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(Scope Scope, string? Model), RateCount> _counts = [];
    private int _sweepAbove = MostBeforeSweep;

    /// <inheritdoc/>
    public ValueTask<RateRefusal?> TakeAsync(RatePermit permit, IReadOnlyList<RateLimit> limits, RateNeed need, CancellationToken cancellationToken)
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (_gate)
        {
            for (var i = 0; i < limits.Count; i++)
            {
                if (Refusal(limits[i], CountOf(limits[i], minute), need, minute) is { } refusal)
                {
                    return ValueTask.FromResult<RateRefusal?>(refusal);
                }
            }
            for (var i = 0; i < limits.Count; i++)
            {
                Take(permit, limits[i], CountOf(limits[i], minute), need, minute);
            }
        }
        return default;
    }

    /// <inheritdoc/>
    public ValueTask SettleAsync(RatePermit permit, long tokens)
    {
        lock (_gate)
        {
            foreach (var part in permit.Parts)
            {
                part.Count.Parallel--;
                if (part.Count.Minute == part.Minute)
                {
                    part.Count.Tokens += tokens - part.Tokens;
                }
            }
            permit.Parts.Clear();
        }
        return default;
    }

    private RateRefusal? Refusal(RateLimit limit, RateCount count, RateNeed need, long minute)
    {
        var now = time.GetUtcNow();
        var resets = DateTimeOffset.FromUnixTimeSeconds((minute + 1) * 60);
        return limit.Parallel is { } parallel && count.Parallel >= parallel ? new RateRefusal(limit, RateKind.Parallel, parallel, now, TimeSpan.FromSeconds(1))
            : limit.Requests is { } requests && count.Requests >= requests ? new RateRefusal(limit, RateKind.Requests, requests, resets, resets - now)
            : limit.Tokens is { } tokens ? TokenRefusal(tokens) : null;

        RateRefusal? TokenRefusal(long max)
        {
            var whole = need.Of(max);
            if (count.Tokens + (need.Coarse ? whole - need.Input : whole) > max)
            {
                return new RateRefusal(limit, RateKind.Tokens, max, resets, resets - now);
            }
            // So few requests fit into the minute that counting each costs nothing, and what is set aside is exact; else far from the end bytes do.
            return need.Coarse && (whole > max / CountedUpTo || count.Tokens + whole > max / 4 * 3)
                ? new RateRefusal(limit, RateKind.Tokens, max, resets, resets - now, CountFirst: true)
                : null;
        }
    }

    private static void Take(RatePermit permit, RateLimit limit, RateCount count, RateNeed need, long minute)
    {
        var tokens = limit.Tokens is { } most ? need.Of(most) : 0;
        count.Parallel++;
        count.Requests++;
        count.Tokens += tokens;
        permit.Parts.Add(new RatePermit.Part(limit, count, minute, tokens));
        long? requestsLeft = limit.Requests - count.Requests;
        long? tokensLeft = limit.Tokens - count.Tokens;
        if (requestsLeft is { } r && (permit.Requests is not { } known || r < known.Left))
        {
            permit.Requests = (limit.Requests!.Value, r); // It has one: something is left of it.
        }
        if (tokensLeft is { } t && (permit.Tokens is not { } told || t < told.Left))
        {
            permit.Tokens = (limit.Tokens!.Value, t); // As above.
        }
        if (limit.Scope.Kind == ScopeKind.KeyModel || limit.Model is not null)
        {
            permit.OfModel = (requestsLeft, tokensLeft);
        }
    }

    private RateCount CountOf(RateLimit limit, long minute)
    {
        if (!_counts.TryGetValue((limit.Scope, limit.Model), out var count))
        {
            Sweep(minute);
            _counts.Add((limit.Scope, limit.Model), count = new RateCount { Minute = minute });
        }
        if (count.Minute != minute)
        {
            (count.Minute, count.Requests, count.Tokens) = (minute, 0, 0);
        }
        return count;
    }

    /// <summary>End users and tags come and go: counters of a minute that is over are forgotten when there are many.</summary>
    private void Sweep(long minute)
    {
        if (_counts.Count < _sweepAbove)
        {
            return;
        }
        foreach (var (key, count) in _counts)
        {
            if (count.Parallel == 0 && count.Minute != minute)
            {
                _counts.Remove(key);
            }
        }
        _sweepAbove = Math.Max(MostBeforeSweep, _counts.Count * 2);
    }
}
