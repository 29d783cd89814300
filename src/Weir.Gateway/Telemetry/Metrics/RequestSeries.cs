using System.Collections.Concurrent;
using System.Globalization;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>
/// Every series that a request of one caller, deployment, requested model and route moves, resolved once. After that a request is a
/// dozen interlocked additions.
/// </summary>
internal sealed class RequestSeries
{
    private readonly MetricFamilies _families;
    private readonly CallerLabels _caller;
    private readonly DeploymentLabels _deployment;
    private readonly string _model;
    private readonly string _route;
    private readonly CounterSeries _ok;
    private readonly ConcurrentDictionary<int, CounterSeries> _byStatus = new();
    private readonly CounterSeries _requests;
    private readonly CounterSeries _spend;
    private readonly CounterSeries _total;
    private readonly CounterSeries _input;
    private readonly CounterSeries _output;
    private readonly CounterSeries _cached;
    private readonly CounterSeries _cacheWrite;
    private readonly CounterSeries _reasoning;
    private readonly HistogramSeries _duration;
    private readonly HistogramSeries _upstream;
    private readonly HistogramSeries _overhead;
    private readonly HistogramSeries _perToken;
    private readonly CounterSeries _priceUnknown;
    private readonly CounterSeries _estimated;

    // Only streams have one: made when the first comes, so that others leave no empty histogram.
    private HistogramSeries? _firstToken;

    internal RequestSeries(MetricFamilies families, CallerLabels caller, DeploymentLabels deployment, string model, string route)
    {
        (_families, _caller, _deployment, _model, _route) = (families, caller, deployment, model, route);
        _ok = ByStatus(200);
        const string none = MetricFamily.NoValue;
        _requests = families.Requests.With(none, caller.KeyHash, caller.KeyAlias, deployment.Model, caller.Team, caller.TeamAlias, caller.User, caller.UserEmail, deployment.ModelId, deployment.Provider);
        _spend = families.Spend.With(none, caller.KeyHash, caller.KeyAlias, deployment.Model, caller.Team, caller.TeamAlias, caller.User, caller.UserEmail, deployment.ModelId, deployment.Provider);
        _total = Tokens(families.TotalTokens);
        _input = Tokens(families.InputTokens);
        _output = Tokens(families.OutputTokens);
        _cached = Tokens(families.CachedTokens);
        _cacheWrite = Tokens(families.CacheWriteTokens);
        _reasoning = Tokens(families.ReasoningTokens);
        _duration = families.TotalLatency.With(none, caller.KeyHash, caller.KeyAlias, model, caller.Team, caller.TeamAlias, caller.User, deployment.Model, deployment.ModelId);
        _upstream = Upstream(families.UpstreamLatency);
        _overhead = families.Overhead.With(deployment.Group, deployment.Provider, deployment.ApiBase, deployment.Model, caller.KeyHash, caller.KeyAlias, deployment.ModelId);
        _perToken = families.LatencyPerToken.With(deployment.Model, deployment.ModelId, deployment.ApiBase, deployment.Provider, caller.KeyHash, caller.KeyAlias, caller.Team, caller.TeamAlias);
        _priceUnknown = families.PriceUnknown.With(deployment.Group, deployment.ModelId);
        _estimated = families.UsageEstimated.With(deployment.Group, deployment.ModelId);
    }

    internal void Add(in RequestSample sample, bool picked)
    {
        (sample.Status == 200 ? _ok : ByStatus(sample.Status)).Increment();
        _duration.Observe(sample.Duration);
        if (sample.ErrorClass is { } error)
        {
            var status = Text(sample.Status);
            _families.Failed.With(MetricFamily.NoValue, _caller.KeyHash, _caller.KeyAlias, _model, _caller.Team, _caller.TeamAlias, _caller.User, _caller.UserEmail, status, error, _route, _deployment.ModelId).Increment();
        }

        if (!picked)
        {
            return;
        }

        // A request that failed late may still have used tokens and cost money.
        _requests.Increment();
        _spend.Add(sample.Cost.Nanos);
        var usage = sample.Usage;
        _total.Add(Math.Max(usage.Total, usage.Prompt + usage.Completion));
        _input.Add(usage.Prompt);
        _output.Add(usage.Completion);
        _cached.Add(usage.CachedPrompt);
        _cacheWrite.Add(usage.CacheWrite);
        _reasoning.Add(usage.Reasoning);
        _overhead.Observe(sample.Overhead);
        if (!sample.CostKnown)
        {
            _priceUnknown.Increment();
        }

        if (usage.Estimated)
        {
            _estimated.Increment();
        }

        if (sample.ErrorClass is null)
        {
            var upstream = sample.Duration - sample.Overhead;
            _upstream.Observe(upstream);
            if (usage.Completion > 0)
            {
                _perToken.Observe(upstream / usage.Completion);
            }

            if (sample is { Streamed: true, TimeToFirstToken: { } first })
            {
                (_firstToken ??= Upstream(_families.FirstToken)).Observe(first);
            }
        }
    }

    private CounterSeries ByStatus(int status) => _byStatus.TryGetValue(status, out var known) ? known : _byStatus.GetOrAdd(
        status,
        _families.TotalRequests.With(MetricFamily.NoValue, _caller.KeyHash, _caller.KeyAlias, _model, _caller.Team, _caller.TeamAlias, _caller.User, Text(status), _caller.UserEmail, _route, _deployment.ModelId));

    private CounterSeries Tokens(CounterFamily family) =>
        family.With(MetricFamily.NoValue, _caller.KeyHash, _caller.KeyAlias, _deployment.Model, _caller.Team, _caller.TeamAlias, _caller.User, _caller.UserEmail, _model, _deployment.ModelId);

    private HistogramSeries Upstream(HistogramFamily family) =>
        family.With(_deployment.Model, _caller.KeyHash, _caller.KeyAlias, _caller.Team, _caller.TeamAlias, _model, MetricFamily.NoValue, _caller.User, _deployment.ModelId);

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
