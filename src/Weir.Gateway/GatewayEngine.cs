using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Keys;
using Weir.Gateway.Admin;
using Weir.Gateway.Audit;
using Weir.Gateway.Budgets;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Reload;
using Weir.Gateway.Endpoints;
using Weir.Gateway.Endpoints.Health;
using Weir.Gateway.Endpoints.Info;
using Weir.Gateway.Endpoints.OpenAI;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Gateway.Pipeline.Realtime;
using Weir.Gateway.Pipeline.Spending;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Gateway.RateLimits;
using Weir.Gateway.Routing;
using Weir.Gateway.Routing.Health;
using Weir.Gateway.Telemetry;
using Weir.Gateway.Telemetry.Metrics;
using Weir.Gateway.Telemetry.Tracing;
using Weir.Providers;
using Weir.Providers.Credentials;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Gateway;

/// <summary>
/// The engine, put together: every room is made here and handed what it needs. One per process; <see cref="Reload"/> swaps the
/// configuration under running requests.
/// </summary>
public sealed class GatewayEngine : IDisposable
{
    private readonly GatewayParts _parts;
    private readonly OutboundConnector _connector;
    private readonly EntraSignIn _signIn;
    private readonly AwsSignIn _aws;
    private readonly GoogleSignIn _google;
    private readonly RoutingState _routing;
    private readonly HealthBoard _board;
    private readonly IdSecret _idSecret;
    private readonly KnownKeys _keys;
    private readonly NamedParties _parties;
    private readonly DirectoryWatch _watch;
    private readonly SnapshotHolder _snapshots;
    private readonly GatewayStatus _status;
    private readonly ILogger _log;
    private readonly GatewayMetrics _metrics;
    private readonly CallObserver _observer;
    private readonly OtlpSettings? _otlp;
    private readonly OtlpExport? _export;
    private readonly PassThroughCalls _passing;
    private readonly IReadOnlyList<GatewayRoute> _routes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly BudgetDesk? _desk;

    /// <summary>Puts the engine together and compiles <paramref name="config"/>.</summary>
    public GatewayEngine(GatewayConfig config, GatewayParts parts)
    {
        _parts = parts;
        _status = new GatewayStatus(parts.Version);
        _log = parts.Logs.CreateLogger("Weir.Gateway");
        _metrics = new GatewayMetrics(parts.Version);
        _observer = new CallObserver(_metrics);
        _connector = new OutboundConnector(parts.Outbound);
        _otlp = config.Telemetry.OpenTelemetry ? OtlpSettings.FromEnvironment(parts.Variable) : null;
        _signIn = new EntraSignIn(_connector, parts.Time, parts.Variable, fault => _log.SignInTrouble(fault.Message));
        _aws = new AwsSignIn(_connector, parts.Time, parts.Variable, fault => _log.SignInTrouble(fault.Message));
        _google = new GoogleSignIn(_connector, parts.Time, parts.Variable, fault => _log.SignInTrouble(fault.Message));
        _routing = new RoutingState(parts.Time);
        _board = new HealthBoard(parts.Time);
        _idSecret = new IdSecret(parts.Variable);
        _keys = new KnownKeys(new CallerReader(parts.Directory), parts.Time);
        _parties = new NamedParties(parts.Directory);
        _watch = new DirectoryWatch(parts.Directory, [_keys, _parties], parts.Time, parts.Logs.CreateLogger<DirectoryWatch>());
        _snapshots = new SnapshotHolder(Compile(config));
        Audit = new MaskedAuditTrail(parts.Audit, () => _snapshots.Current.Config.Audit.Arguments);

        var caps = StreamCaps.Default;
        var picker = new DeploymentPicker(_routing.Clock, parts.Random);
        var attempt = new UpstreamAttempt(parts.Time, caps);
        var shelf = new KeptShelf(parts.Kept, parts.Logs.CreateLogger<KeptShelf>());
        var kept = new KeptAttempt(attempt, shelf, parts.Time, caps);
        _desk = parts.Budgets is { } budgets
            ? new BudgetDesk(budgets, new BudgetDeskOptions(parts.Replica, parts.Ledger.FlushAsync), parts.Time, parts.Logs.CreateLogger<BudgetDesk>()) { Calendar = new BudgetCalendar(config.Budgets.Zone) }
            : null;
        var spender = new Spender(_desk, parts.Ledger, parts.Time, parts.Logs.CreateLogger<Spender>());
        var kinds = new AttemptKinds(attempt, kept, new RealtimeAttempt(parts.Time), new PassThroughAttempt(parts.Time, caps));
        var attempts = new AttemptLoop(spender, kinds, picker, new RetryPlanner(picker, parts.Random), _observer, parts.Time);
        var uploads = new UploadReader(new UploadFolder(config.Request.UploadFolder ?? parts.UploadFolder), parts.Logs.CreateLogger<UploadReader>());
        var relay = new AnswerRelay(spender, new RealtimeRelay(spender, _observer, parts.Time, _stopping.Token), _observer, parts.Time);
        var pipeline = new GatewayPipeline(_snapshots, _parties, uploads, new KeptRequests(uploads), new KeptList(shelf, kept, spender, parts.Time), attempts, relay, parts.Ledger, new SpeedLimiter(new LocalWindows(parts.Time)), spender, _observer, parts.Time,
            parts.Logs.CreateLogger<GatewayPipeline>());
        Prober = new BackgroundProber(() => _snapshots.Current.Routes, new DeploymentProbe(caps), _board, parts.Time, parts.Logs.CreateLogger<BackgroundProber>());
        _passing = new PassThroughCalls(pipeline, _snapshots);
        _routes = EndpointMap.Build(new EndpointParts(_snapshots, pipeline, _passing,
            new HealthEndpoints(_snapshots, Prober, _board, _status, parts.Ledger),
            new ModelList(_snapshots), new ModelInfo(_snapshots), new TokenCounterEndpoint(_snapshots), new MetricsEndpoint(_snapshots, _metrics).WriteAsync,
            AdminRoutes.Build(_snapshots, new Desk(parts.Directory, _watch, SpendOf(parts, config), parts.Time), new AdminAudit(Audit, parts.Time))));
        _metrics.ObserveConnections(() => _connector.OpenConnections);
        _metrics.ObserveDeployments(ReadDeployments);
        if (_otlp is not null)
        {
            _export = OtlpExport.Start(_otlp, _connector.Invoker(TlsTrust.Default), parts.Version, () => _metrics.CallbackFailed("otel"));
        }
    }

    /// <summary>Probes deployments in the background; the roof starts and stops it.</summary>
    internal BackgroundProber Prober { get; }

    /// <summary>Where rooms write down what must be provable; arguments are masked on the way.</summary>
    internal IAuditTrail Audit { get; }

    /// <summary>Connections to upstreams that are open now.</summary>
    public int OpenUpstreamConnections => _connector.OpenConnections;

    /// <summary>Requests in the pipeline now.</summary>
    public int RequestsInFlight => _observer.InFlight;

    /// <summary>Calls of deployments that were begun and not ended.</summary>
    internal int AttemptsInFlight => _snapshots.Current.Routes.Deployments.Sum(static deployment => deployment.State.InFlight);

    /// <summary>Puts <paramref name="config"/> in force for new requests. Runtime state of deployments is kept.</summary>
    public void Reload(GatewayConfig config)
    {
        var compiled = Compile(config);

        // Before it counts: what it protects less than the one in force is then in the journal.
        AuditConfig("config.reload", AuditState.Executed, config.SourcePath, string.Join(' ', PolicyComparison.Weakens(_snapshots.Current.Config, config)));
        _snapshots.Swap(compiled);
        _routing.Keep(_snapshots.Current.Routes);
        _board.Keep(_snapshots.Current.Routes);
        if (_desk is not null && !_desk.Calendar.Zone.Equals(config.Budgets.Zone))
        {
            _desk.Calendar = new BudgetCalendar(config.Budgets.Zone);
        }
        _status.ReloadFailedAt = null;
    }

    /// <summary>A reload failed: the old configuration stays, and readiness and a metric say so.</summary>
    public void ReloadFailed()
    {
        _status.ReloadFailedAt = _parts.Time.GetUtcNow();
        _metrics.ConfigRefused();
        AuditConfig("config.reload", AuditState.Failed, _snapshots.Current.Config.SourcePath, "");
    }

    /// <summary>Where metrics find the journal's backlog: rows and bytes.</summary>
    public void ObserveJournal(Func<(long Rows, long Bytes)> read) => _metrics.ObserveJournal(read);

    /// <summary>Starts what runs in the background.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        AuditConfig("config.start", AuditState.Executed, _snapshots.Current.Config.SourcePath, "");
        _desk?.Start();
        await _watch.StartAsync(cancellationToken);
        await Prober.StartAsync(cancellationToken);
    }

    /// <summary>Once no request is served any more: hands back what was borrowed of budgets. The ledger must still be open.</summary>
    public ValueTask CloseBudgetsAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Renews and hands back what is borrowed of budgets, as the background does from time to time.</summary>
    internal Task KeepBudgetsAsync(CancellationToken cancellationToken) => _desk?.KeepAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Stops what runs in the background, and tells realtime sessions to end.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Prober.StopAsync(CancellationToken.None);
        await _watch.StopAsync(CancellationToken.None);
    }

    /// <summary>From now on readiness fails, so that no new work is sent here; requests are still served.</summary>
    public void Drain()
    {
        _status.Draining = true;
        _log.Draining(_observer.InFlight);
    }

    /// <summary>Adds the engine's routes to <paramref name="endpoints"/>.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var route in _routes)
        {
            var mapped = endpoints.MapMethods(route.Path, route.IsSocket ? [route.Method, HttpMethods.Connect] : [route.Method], route.Handler);
            if (route.GivesWay)
            {
                mapped.Add(static builder => ((RouteEndpointBuilder)builder).Order = 1);
            }
        }
        var known = _routes.Select(r => r.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        endpoints.MapFallback("{**path}", _passing.Otherwise(http => known.Contains(http.Request.Path.Value ?? "")
            ? ErrorWriter.WriteDetailAsync(http, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed")
            : NotFoundAsync(http)));
    }

    /// <summary>Whether a port for metrics alone serves <paramref name="path"/>: metrics, and the health of the process.</summary>
    public static bool IsForMetricsPort(PathString path) =>
        path.Equals("/metrics", StringComparison.OrdinalIgnoreCase) || EndpointMap.Probes.Any(probe => path.Equals(probe, StringComparison.OrdinalIgnoreCase));

    /// <summary>Answers as for a path that does not exist.</summary>
    public static Task NotFoundAsync(HttpContext http) => ErrorWriter.WriteDetailAsync(http, StatusCodes.Status404NotFound, "Not Found");

    /// <inheritdoc/>
    public void Dispose()
    {
        Prober.Dispose();
        _watch.Dispose();
        _export?.Dispose();
        _connector.Dispose();
        _stopping.Dispose();
    }

    /// <summary>
    /// Writes down what became of a configuration. It is in the journal when this returns; nobody waits for a disk. A full journal is told and
    /// stops nothing: a new configuration may be what helps.
    /// </summary>
    private void AuditConfig(string action, AuditState state, string file, string weakened) =>
        _ = AuditAsync(new AuditEvent { At = _parts.Time.GetUtcNow(), Kind = AuditKind.Config, Action = action, State = state, Target = file, Rule = weakened });

    private async Task AuditAsync(AuditEvent what)
    {
        try
        {
            await Audit.AppendAsync(what, CancellationToken.None);
        }
        catch (Exception error)
        {
            // A boundary: it may run on a timer, where nobody else would see it.
            _log.NotAudited(what.Action, error.Message);
        }
    }

    private static ISpendView SpendOf(GatewayParts parts, GatewayConfig config) => parts.Budgets is { } budgets
        ? new BudgetSpend(budgets, new BudgetCalendar(config.Budgets.Zone), parts.Ledger.FlushAsync, parts.Time)
        : new NoSpend();

    private GatewaySnapshot Compile(GatewayConfig config)
    {
        var routes = RoutingTable.Build(config, _routing, (entry, state) => Compile(config, entry, state));
        UpstreamDeployment[] files = [.. config.FileAccounts.Select(entry => Compile(config, entry, _routing.Get(entry.Id)))];
        var passing = CompilePassThrough(config);
        _connector.NameHosts(routes.Deployments.OfType<UpstreamDeployment>().Concat(files).Concat(passing.Accounts).Concat(passing.Endpoints.Select(e => e.Target).OfType<UpstreamDeployment>()).Select(d => d.NamedHost)
            .Concat(_otlp?.Hosts ?? []).OfType<Uri>());
        _metrics.ConfigApplied(config, _parts.Time.GetUtcNow());
        foreach (var rejected in config.Rejected)
        {
            _log.DeploymentRejected(rejected.ModelGroup, rejected.LiteLlmModel, rejected.Origin, rejected.Reason);
        }
        foreach (var unpriced in routes.Deployments.OfType<UpstreamDeployment>().Where(d => d.FixedModel is { Price: null }))
        {
            _log.PriceUnknown(unpriced.Provider.Name, unpriced.Config.UpstreamModel, unpriced.Id);
        }
        var ids = _idSecret.For(config.Access, out var lasting);
        if (!lasting)
        {
            _log.IdsEndWithProcess();
        }
        return new GatewaySnapshot(config, new Authenticator(config.Access, _keys, _parts.Time, _parts.OtherCallers), routes, ids) { FileAccounts = files, PassThrough = passing };
    }

    private UpstreamDeployment Compile(GatewayConfig config, DeploymentConfig entry, DeploymentState state)
    {
        var provider = ProviderCatalog.Find(entry.Provider)
            ?? throw new InvalidOperationException($"{entry.Origin}: the provider '{entry.Provider}' is not in the catalog; the configuration should have left this entry out.");
        var trust = new TlsTrust(entry.VerifyTls && config.Request.VerifyTls, entry.CaFile ?? config.Request.CaFile);
        return new UpstreamDeployment(entry, state, provider, new UpstreamHttp(_connector.Invoker(trust)), CredentialOf(entry, provider), _parts.Prices, _metrics.Deployment(entry));
    }

    private PassThroughTable CompilePassThrough(GatewayConfig config)
    {
        var endpoints = config.PassThrough.Endpoints.OrderByDescending(static endpoint => endpoint.Path.Length).Select(endpoint =>
        {
            var entry = PassThroughUpstream.AsDeployment(endpoint);
            var http = new UpstreamHttp(_connector.Invoker(new TlsTrust(config.Request.VerifyTls, config.Request.CaFile)));
            return PassThroughRoute.Of(endpoint, new UpstreamDeployment(
                entry, _routing.Get(entry.Id), new PassThroughUpstream(endpoint), http, NoCredential.Instance, _parts.Prices, _metrics.Deployment(entry)));
        });
        return new PassThroughTable([.. endpoints], [.. config.PassThrough.Accounts.Select(entry => Compile(config, entry, _routing.Get(entry.Id)))]);
    }

    private ICredential CredentialOf(DeploymentConfig entry, IProvider provider)
    {
        if (entry.ApiKey is { } key)
        {
            return new ApiKeyCredential(provider.KeyHeaderAt(new ProviderAddress(entry.ApiBase, entry.ApiVersion, entry.UpstreamModel)), key);
        }
        if (entry.Aws is { } aws)
        {
            var role = AwsIdentityChoice.Choose(aws, _parts.Variable, out var missing);
            return role is null ? throw new InvalidOperationException($"{entry.Origin}: {missing}") : _aws.Credential(role, aws.Region, "bedrock");
        }
        if (entry.Google is { } google)
        {
            return _google.Credential(google);
        }
        if (entry.Entra is not { } entra)
        {
            return NoCredential.Instance;
        }
        if (entra.StaticToken is { } token)
        {
            return new ApiKeyCredential("Authorization", "Bearer ", token);
        }
        var identity = entra.AssertionFile is not null || entra.Assertion is not null
            ? EntraIdentity.Federated(entra.TenantId, entra.ClientId, entra.AssertionFile, entra.Assertion, _parts.Variable, out var problem)
            : EntraIdentity.From(entra.TenantId, entra.ClientId, entra.ClientSecret, entra.ClientCertificatePath, _parts.Variable, out problem);
        return identity is null
            ? throw new InvalidOperationException($"{entry.Origin}: {problem}")
            : _signIn.Credential(identity, identity.Scope(new ProviderAddress(entry.ApiBase, entry.ApiVersion, entry.UpstreamModel), entra.Scope, _parts.Variable));
    }

    private IEnumerable<DeploymentReading> ReadDeployments()
    {
        foreach (var deployment in _snapshots.Current.Routes.Deployments.OfType<UpstreamDeployment>())
        {
            var state = deployment.State.Snapshot();
            var down = state.CooldownRemaining > TimeSpan.Zero || _board.Find(deployment.Id) is { Healthy: false };
            yield return new DeploymentReading(deployment.Series, down ? 2 : state.Failures > 0 ? 1 : 0);
        }
    }
}
