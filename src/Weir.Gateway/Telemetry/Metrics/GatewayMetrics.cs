using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Weir.Gateway.Config;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>A deployment's health when the page is written.</summary>
/// <param name="Deployment">Which.</param>
/// <param name="State">0 healthy, 1 partly failing, 2 cooling down or found down.</param>
internal readonly record struct DeploymentReading(DeploymentSeries Deployment, int State);

/// <summary>
/// What <c>/metrics</c> shows. Lives as long as the process: counters survive a reload. The record calls may come from any thread,
/// allocate nothing once a label set was seen, and never wait.
/// </summary>
internal sealed class GatewayMetrics
{
    /// <summary>Stands for a caller whose key is not known.</summary>
    internal static readonly CallerSeries UnknownCaller = new(new CallerLabels());

    private static readonly DeploymentSeries NoDeployment = new(DeploymentLabels.None);

    private readonly MetricFamilies _families = new();
    private readonly MetricFamily[] _gauges;
    private readonly ConcurrentDictionary<CallerLabels, CallerSeries> _callers = new();
    private readonly ConcurrentDictionary<DeploymentLabels, DeploymentSeries> _deployments = new();
    private readonly ConcurrentDictionary<RequestKey, RequestSeries> _requests = new();
    private readonly ConcurrentDictionary<AttemptKey, AttemptSeries> _attempts = new();
    private readonly CounterSeries _clientAborts;
    private FrozenSet<string> _models = FrozenSet<string>.Empty;
    private Func<IEnumerable<DeploymentReading>> _readDeployments = static () => [];
    private Func<(long Rows, long Bytes)> _readJournal = static () => default;
    private Func<long> _readConnections = static () => 0;
    private int _inFlight;
    private int _rejected;
    private long _reloadedAt;
    private int _reloadFailed;

    internal GatewayMetrics(string version)
    {
        _gauges =
        [
            new GaugeFamily("litellm_in_flight_requests", "Requests being served.", [], sink => sink.Add(Volatile.Read(ref _inFlight))),
            new GaugeFamily("litellm_deployment_state", "0 healthy, 1 partly failing, 2 out.", MetricFamilies.DeploymentLabelNames, WriteDeployments),
            new GaugeFamily("weir_journal_pending_rows", "Rows in the journal that the store has not taken yet.", [], sink => sink.Add(_readJournal().Rows)),
            new GaugeFamily("weir_journal_pending_bytes", "Bytes in the journal that the store has not taken yet.", [], sink => sink.Add(_readJournal().Bytes)),
            new GaugeFamily("weir_upstream_open_connections", "Sockets open to upstreams.", [], sink => sink.Add(_readConnections())),
            new GaugeFamily("weir_rejected_deployments", "Deployments of the configuration in force that were left out.", [], sink => sink.Add(Volatile.Read(ref _rejected))),
            new GaugeFamily("weir_config_last_reload_successful", "1 when the configuration in force is the one last read, 0 when that one was refused.", [], sink => sink.Add(1 - Volatile.Read(ref _reloadFailed))),
            new GaugeFamily("weir_config_last_reload_success_timestamp_seconds", "When the configuration in force was read.", [], sink => sink.Add(Volatile.Read(ref _reloadedAt) / 1000.0)),
            new GaugeFamily("weir_build_info", "Always 1.", ["version"], sink => sink.Add(1, version)),
        ];
        _clientAborts = _families.ClientAborts.With();
        _families.Reloads.With("applied");
        _families.Reloads.With("refused");
    }

    /// <summary>The caller with those labels; the same object each time. Keep it with the key.</summary>
    internal CallerSeries Caller(CallerLabels labels) => _callers.GetOrAdd(labels, static l => new CallerSeries(l));

    /// <summary>The deployment's labels; the same object for the same entry across reloads. Keep it with the deployment.</summary>
    internal DeploymentSeries Deployment(DeploymentConfig config) => _deployments.GetOrAdd(DeploymentLabels.Of(config), static l => new DeploymentSeries(l));

    /// <summary>A configuration is in force: its groups and aliases are the values that <c>requested_model</c> may take.</summary>
    internal void ConfigApplied(GatewayConfig config, DateTimeOffset at)
    {
        _models = config.Deployments.Select(static d => d.ModelGroup).Concat(config.Router.Aliases.Keys).ToFrozenSet(StringComparer.Ordinal);
        Volatile.Write(ref _rejected, config.Rejected.Length);
        Volatile.Write(ref _reloadedAt, at.ToUnixTimeMilliseconds());
        Volatile.Write(ref _reloadFailed, 0);
        _families.Reloads.With("applied").Increment();
    }

    /// <summary>A configuration was read and refused; the one in force stays.</summary>
    internal void ConfigRefused()
    {
        Volatile.Write(ref _reloadFailed, 1);
        _families.Reloads.With("refused").Increment();
    }

    /// <summary>Where the page finds the deployments' health.</summary>
    internal void ObserveDeployments(Func<IEnumerable<DeploymentReading>> read) => _readDeployments = read;

    /// <summary>Where the page finds the journal's backlog.</summary>
    internal void ObserveJournal(Func<(long Rows, long Bytes)> read) => _readJournal = read;

    /// <summary>Where the page finds the number of open upstream sockets.</summary>
    internal void ObserveConnections(Func<long> read) => _readConnections = read;

    /// <summary>A request came in.</summary>
    internal void Began() => Interlocked.Increment(ref _inFlight);

    /// <summary>A request is over; exactly one for each <see cref="Began"/>.</summary>
    internal void Ended() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Counts a finished request.</summary>
    internal void Recorded(in RequestSample sample)
    {
        var key = new RequestKey(sample.Caller, sample.Deployment ?? NoDeployment, ModelLabel(sample.RequestedModel, sample.Group), sample.Route);
        var series = _requests.TryGetValue(key, out var known) ? known
            : _requests.GetOrAdd(key, static (k, families) => new RequestSeries(families, k.Caller.Labels, k.Deployment.Labels, k.Model, k.Route), _families);
        series.Add(sample, picked: sample.Deployment is not null);
        if (sample.ClientGone)
        {
            _clientAborts.Increment();
        }
    }

    /// <summary>Counts an attempt at a deployment; <paramref name="fault"/> is null when it answered.</summary>
    internal void Attempted(CallerSeries caller, DeploymentSeries deployment, string requestedModel, string group, FaultKind? fault, int status)
    {
        var key = new AttemptKey(caller, deployment, ModelLabel(requestedModel, group));
        var series = _attempts.TryGetValue(key, out var known) ? known
            : _attempts.GetOrAdd(key, static (k, families) => new AttemptSeries(families, k.Caller.Labels, k.Deployment.Labels, k.Model), _families);
        series.Add(fault, status);
    }

    /// <summary>Counts a member that an upstream's format could not carry. <paramref name="param"/> is one of a closed list of words.</summary>
    internal void Dropped(string param, DeploymentSeries deployment) => _families.Dropped.With(param, deployment.Labels.Provider).Increment();

    /// <summary>Counts the start of a cooldown.</summary>
    internal void CooledDown(DeploymentSeries deployment, int status)
    {
        var d = deployment.Labels;
        _families.CooledDown.With(d.Model, d.ModelId, d.ApiBase, d.Provider, Status(status)).Increment();
    }

    /// <summary>Counts a fallback to another group, and whether that group answered.</summary>
    /// <param name="caller">Who called.</param>
    /// <param name="requestedModel">The model that the caller named.</param>
    /// <param name="from">The group that failed.</param>
    /// <param name="to">The group that was tried instead.</param>
    /// <param name="deployment">The deployment of <paramref name="to"/> that was tried last; null when none could be picked.</param>
    /// <param name="cause">What made the first group fail.</param>
    /// <param name="status">Its HTTP status, 0 for none.</param>
    /// <param name="answered">Whether <paramref name="to"/> answered.</param>
    internal void FellBack(CallerSeries caller, string requestedModel, string from, string to, DeploymentSeries? deployment, FaultKind cause, int status, bool answered)
    {
        var c = caller.Labels;
        var family = answered ? _families.FallbackSuccess : _families.FallbackFailure;
        family.With(ModelLabel(requestedModel, from), ModelLabel(to, to), c.KeyHash, c.KeyAlias, c.Team, c.TeamAlias, Status(status), ExceptionClass.Of(cause), (deployment ?? NoDeployment).Labels.ModelId).Increment();
    }

    /// <summary>Counts a failed send to a telemetry receiver (<c>otel</c>).</summary>
    internal void CallbackFailed(string callback) => _families.CallbackFailures.With(callback).Increment();

    /// <summary>Writes the page; its type is <see cref="Exposition.ContentType"/>.</summary>
    internal void Write(IBufferWriter<byte> output)
    {
        var page = new Exposition(output);
        foreach (var family in _families.All.Concat(_gauges))
        {
            family.Write(page);
        }
    }

    /// <summary>What may stand as <c>requested_model</c>: the name itself when the configuration has it, else the group that it matched.</summary>
    private string ModelLabel(string requested, string? group) =>
        _models.TryGetValue(requested, out var known) ? known
        : group is not null && _models.TryGetValue(group, out var matched) ? matched
        : MetricFamily.OtherValue;

    private void WriteDeployments(GaugeFamily.Sink sink)
    {
        // Two entries alike in every way share an id and a line: a page with the same line twice is refused whole.
        foreach (var same in _readDeployments().GroupBy(static reading => reading.Deployment))
        {
            var d = same.Key.Labels;
            sink.Add(same.Max(static reading => reading.State), d.Model, d.ModelId, d.ApiBase, d.Provider);
        }
    }

    private static string Status(int status) => status == 0 ? MetricFamily.NoValue : status.ToString(CultureInfo.InvariantCulture);

    private readonly record struct RequestKey(CallerSeries Caller, DeploymentSeries Deployment, string Model, string Route);

    private readonly record struct AttemptKey(CallerSeries Caller, DeploymentSeries Deployment, string Model);
}
